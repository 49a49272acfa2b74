//! STS as a route of s3s: AssumeRole and GetCallerIdentity.

use http::{Extensions, HeaderMap, Method, Uri};
use s3s::route::S3Route;
use s3s::{Body, S3Request, S3Response, S3Result, s3_error};

use crate::access::Gate;
use crate::call;

/// The route: forms posted to the root.
#[derive(Debug)]
pub(crate) struct Sts {
    pub(crate) gate: Gate,
}

#[async_trait::async_trait]
impl S3Route for Sts {
    fn is_match(&self, method: &Method, uri: &Uri, headers: &HeaderMap, _: &mut Extensions) -> bool {
        call::is_sts_request(method, uri, headers)
    }

    async fn call(&self, _request: S3Request<Body>) -> S3Result<S3Response<Body>> {
        Err(s3_error!(NotImplemented))
    }
}
