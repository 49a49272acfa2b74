//! The listener that a Prometheus server asks: `/metrics`, `/healthz`, `/readyz`. A driver: it has tasks and sockets. It knows no
//! metric by name.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bucketline_connector::Multiplexer;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Metrics, snapshot};
use crate::{Error, Problem};

/// How many connections are served at a time; others wait.
const CONNECTIONS: usize = 16;
/// How long a client may take to ask, and a connection stay without a question.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is served, until this is dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    /// Given up when dropped.
    _tasks: JoinSet<()>,
}

impl Served {
    /// Where: the port that was given, where any would do.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

struct Site {
    metrics: Metrics,
    multiplexer: Multiplexer,
    spool: PathBuf,
}

/// Serves the metrics of a multiplexer over the spool in this folder.
///
/// # Errors
///
/// The address cannot be listened at.
///
/// # Cancel safety
///
/// Safe.
pub async fn serve(
    address: SocketAddr,
    metrics: Metrics,
    multiplexer: Multiplexer,
    spool: PathBuf,
) -> Result<Served, Error> {
    let unusable = |error: std::io::Error| {
        Error::configuration(
            Problem::new(format!("metrics cannot be served at `{address}`: {error}"))
                .at("--metrics")
                .advice("choose another address; port 0 takes any that is free"),
        )
    };
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let site = Arc::new(Site {
        metrics,
        multiplexer,
        spool,
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(listen(listener, site));
    Ok(Served {
        address,
        _tasks: tasks,
    })
}

async fn listen(listener: TcpListener, site: Arc<Site>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(place) = Arc::clone(&room).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let site = Arc::clone(&site);
                connections.spawn(async move {
                    // Who asks is gone, or asked nothing that could be answered: theirs to see.
                    let _ = tokio::time::timeout(PATIENCE, converse(stream, site)).await;
                    drop(place);
                });
            }
            // Out of descriptors, perhaps: it passes.
            #[expect(clippy::disallowed_methods, reason = "a driver module")]
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn converse(stream: TcpStream, site: Arc<Site>) -> Result<(), hyper::Error> {
    let answer = service_fn(move |request| {
        let answer = site.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    hyper::server::conn::http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), answer)
        .await
}

impl Site {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            let methods = hyper::header::HeaderValue::from_static("GET, HEAD");
            answer.headers_mut().insert(ALLOW, methods);
            return answer;
        }
        match request.uri().path() {
            "/metrics" => {
                #[expect(clippy::disallowed_methods, reason = "a driver module")]
                let now = SystemTime::now();
                snapshot::take(&self.multiplexer, &self.spool, now);
                text(StatusCode::OK, self.metrics.render())
            }
            "/healthz" => text(StatusCode::OK, "ok\n"),
            // Customers in trouble are no reason to send events elsewhere.
            "/readyz" => match self.multiplexer.failure() {
                None => text(StatusCode::OK, "ready\n"),
                // Whoever may ask this is not told what the spool's errors name.
                Some(_) => text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "events are not accepted; the run's log says why\n",
                ),
            },
            _ => text(
                StatusCode::NOT_FOUND,
                "there are /metrics, /healthz and /readyz\n",
            ),
        }
    }
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
