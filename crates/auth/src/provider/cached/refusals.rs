//! An interceptor of the SDK's clients that tells a cache which of its keys AWS refuses. Decides nothing but that: what
//! the cache does about it is the cache's.

use std::fmt;

use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use super::Cached;

/// Codes after which another key, or the same one fetched anew, may do. `SignatureDoesNotMatch` is among them since a
/// file whose secret was replaced may have been read between its two halves.
const REFUSED: [&str; 8] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

pub(super) fn watching<P: ProvideCredentials + 'static>(cached: Cached<P>) -> SharedInterceptor {
    SharedInterceptor::new(Refusals { cached })
}

struct Refusals<P> {
    cached: Cached<P>,
}

impl<P: ProvideCredentials + 'static> Intercept for Refusals<P> {
    fn name(&self) -> &'static str {
        "BucketlineRefusals"
    }

    /// The request is gone once it was sent.
    fn read_after_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(key) = signer(context.request()) {
            cfg.interceptor_state().store_put(Signer(key.to_owned()));
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(response), Some(Signer(key))) = (context.response(), cfg.load::<Signer>())
            && response.status().is_client_error()
            && code(response).is_some_and(|code| REFUSED.contains(&code))
        {
            self.cached.reject(key);
        }
        Ok(())
    }
}

/// The id of the access key that signed the attempt.
#[derive(Debug)]
struct Signer(String);

impl Storable for Signer {
    type Storer = StoreReplace<Self>;
}

impl<P> fmt::Debug for Refusals<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusals").finish_non_exhaustive()
    }
}

/// The code in an error's body, which is XML for the services that are asked here; each has its own type for an error,
/// so that it cannot be had from the SDK whatever the operation.
fn code(response: &HttpResponse) -> Option<&str> {
    let body = std::str::from_utf8(response.body().bytes()?).ok()?;
    let (_, rest) = body.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0.trim())
}

/// The access key that signed: `Credential=AKIA.../20261123/...`.
fn signer(request: &HttpRequest) -> Option<&str> {
    let (_, rest) = request
        .headers()
        .get("authorization")?
        .split_once("Credential=")?;
    Some(rest.split_once('/')?.0)
}
