//! The front door: reads a request whole, lets a fault have its way with it, and hands it to s3s.
//!
//! Reading first means that a request which breaks off has no effect, and that a refusal never meets a client that
//! is still sending. Knows HTTP, but no sockets.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming};
use s3s::Body;
use s3s::service::S3Service;

use crate::call::Call;
use crate::driver;
use crate::fault::{FaultEffect, Faults};
use crate::ids::RequestIds;
use crate::operation::Operation;
use crate::query_protocol::QueryProtocol;
use crate::requests::{Arrived, Requests};
use crate::service::Service;
use crate::world::World;
use crate::{admin, answer};

/// What a testkit's connections share.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    pub(crate) requests: Requests,
    pub(crate) service: S3Service,
    pub(crate) query: QueryProtocol,
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(crate) struct Closed;

/// The most bytes to set aside before they have come.
const RESERVE: usize = 64 << 20;

impl Front {
    pub(crate) async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let (parts, body) = request.into_parts();
        let length = parts
            .headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let body = read(body, length).await?;
        if let Some(command) = parts.uri.path().strip_prefix("/_testkit/") {
            return Ok(admin::answer(
                &self,
                &parts.method,
                command,
                parts.uri.query(),
                &body,
            ));
        }
        // A request that was read whole is carried out, whether its client waits for the answer or not: hyper drops
        // what it waits for itself when a connection closes.
        driver::detached(self.carry_out(parts, body))
            .await
            .unwrap_or(Err(Closed))
    }

    async fn carry_out(self: Arc<Self>, parts: Parts, body: Bytes) -> Result<Response<Body>, Closed> {
        let call = Call::read(&parts.method, &parts.uri, &parts.headers, &body);
        let ids = self.world.ids().request();
        let arrived = Arrived::read(&call, &parts, &body);
        let mut request = Request::from_parts(parts, Body::from(body));
        request.extensions_mut().insert(call.clone());
        request.extensions_mut().insert(ids.clone());
        match self.faults.strike(&call) {
            None => Ok(self.answer(request, &call, &ids, arrived).await),
            Some(FaultEffect::DelayMs(delay)) => {
                driver::sleep(Duration::from_millis(delay)).await;
                Ok(self.answer(request, &call, &ids, arrived).await)
            }
            Some(FaultEffect::Error {
                code,
                status,
                message,
            }) => {
                let response = answer::error(status, &code, message.as_deref());
                Ok(self.finish(response, &call, &ids, arrived))
            }
            Some(FaultEffect::ReplyLost) => {
                self.serve_unseen(request, arrived, "reply_lost").await;
                Err(Closed)
            }
            Some(FaultEffect::LateMs(delay)) => {
                driver::spawn(async move {
                    driver::sleep(Duration::from_millis(delay)).await;
                    self.serve_unseen(request, arrived, "late").await;
                });
                Err(Closed)
            }
            Some(FaultEffect::ConnectionClosed) => {
                self.requests.add(arrived, "connection_closed".into());
                Err(Closed)
            }
            Some(FaultEffect::ReplyCut) => {
                self.requests.add(arrived, "reply_cut".into());
                let response = self.call(request).await;
                let (response, _) = answer::finish(response, &call, &ids);
                Ok(cut(response).await)
            }
        }
    }

    async fn answer(
        &self,
        request: Request<Body>,
        call: &Call,
        ids: &RequestIds,
        arrived: Arrived,
    ) -> Response<Body> {
        let response = self.call(request).await;
        self.finish(response, call, ids, arrived)
    }

    fn finish(
        &self,
        response: Response<Body>,
        call: &Call,
        ids: &RequestIds,
        arrived: Arrived,
    ) -> Response<Body> {
        let (response, outcome) = answer::finish(response, call, ids);
        self.requests.add(arrived, outcome);
        response
    }

    async fn serve_unseen(&self, request: Request<Body>, arrived: Arrived, outcome: &str) {
        drop(self.call(request).await);
        self.requests.add(arrived, outcome.to_owned());
    }

    async fn call(&self, request: Request<Body>) -> Response<Body> {
        // s3s checks the signatures of S3 and STS alone, and takes nothing that nobody signed.
        let is_ours = |call: &Call| {
            call.service == Service::Iam || call.operation == Operation::AssumeRoleWithWebIdentity
        };
        if let Some(call) = request.extensions().get::<Call>().cloned().filter(is_ours) {
            let (parts, mut body) = request.into_parts();
            let body = body.store_all_limited(usize::MAX).await.unwrap_or_default();
            let ids = parts.extensions.get::<RequestIds>().cloned();
            return match ids {
                Some(ids) => self.query.serve(&parts, &body, &call, &ids),
                None => answer::error(500, "InternalFailure", None),
            };
        }
        match self.service.call(request).await {
            Ok(response) => response,
            Err(_) => answer::error(500, "InternalError", None),
        }
    }
}

/// The body, whole; a client that goes away in the middle has asked for nothing.
async fn read(mut body: Incoming, length: Option<usize>) -> Result<Bytes, Closed> {
    let mut all = BytesMut::with_capacity(length.unwrap_or_default().min(RESERVE));
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| Closed)?.into_data() {
            all.extend_from_slice(&data);
        }
    }
    Ok(all.freeze())
}

/// An answer that promises its whole body and breaks off in the middle of it.
async fn cut(response: Response<Body>) -> Response<Body> {
    let (mut parts, mut body) = response.into_parts();
    let whole = body.store_all_limited(usize::MAX).await.unwrap_or_default();
    parts
        .headers
        .insert(http::header::CONTENT_LENGTH, whole.len().into());
    let half = Some(whole.slice(..whole.len() / 2));
    Response::from_parts(parts, Body::http_body(CutBody { half, flushed: false }))
}

/// Half of a body, then an error, upon which hyper closes the connection.
#[derive(Debug)]
struct CutBody {
    half: Option<Bytes>,
    flushed: bool,
}

impl hyper::body::Body for CutBody {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if !self.flushed {
            // hyper sends what it has when a body has nothing ready; upon an error it would throw that away.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Closed)))
    }
}
