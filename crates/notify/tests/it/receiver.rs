//! An HTTP server that keeps what is posted to it, and answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A status, and the value of a header that belongs to it.
type Answer = (u16, Option<&'static str>);

#[derive(Clone, Default)]
pub(crate) struct Receiver {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

impl Receiver {
    /// A server, and its address. It answers 204 where it was not told otherwise.
    pub(crate) async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook/secret-part", listener.local_addr().unwrap());
        let server = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| server.clone().answer(request));
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        (receiver, address)
    }

    /// Answers the next request like this; with a `Retry-After` or `Location` if there is one.
    pub(crate) fn then(&self, status: u16, header: Option<&'static str>) {
        self.answers.lock().unwrap().push_back((status, header));
    }

    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let headers = parts.headers;
        self.received.lock().unwrap().push(Received { headers, body });
        let (status, header) = self.answers.lock().unwrap().pop_front().unwrap_or((204, None));
        let mut response = Response::builder().status(status);
        if let Some(value) = header {
            let name = if status / 100 == 3 {
                "location"
            } else {
                "retry-after"
            };
            response = response.header(name, value);
        }
        Ok(response.body(Full::default()).unwrap())
    }
}
