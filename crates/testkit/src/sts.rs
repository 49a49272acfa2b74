//! STS as a route of s3s: AssumeRole and GetCallerIdentity, in the query protocol of 2011-06-15.
//!
//! s3s has checked the signature; whose it is, and what they may do, is checked here.

mod assume_role;
mod parameters;

use http::{Extensions, HeaderMap, Method, StatusCode, Uri};
use s3s::route::S3Route;
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::access::{Gate, identify};
use crate::answer::escape;
use crate::call::{self, Call, Operation};
use crate::ids::RequestIds;
use crate::world::Caller;
use parameters::Parameters;

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

    async fn check_access(&self, request: &mut S3Request<Body>) -> S3Result<()> {
        let Some(credentials) = &request.credentials else {
            return Err(refuse(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ));
        };
        if request.service.as_deref() != Some("sts") {
            let message = "Credential should be scoped to correct service: 'sts'.";
            return Err(refuse(403, "SignatureDoesNotMatch", message));
        }
        let key_id = credentials.access_key.clone();
        let caller = identify(&self.gate.world, Some(&key_id), &request.headers, &request.uri)?;
        request.extensions.insert(caller);
        Ok(())
    }

    async fn call(&self, mut request: S3Request<Body>) -> S3Result<S3Response<Body>> {
        let operation = request.extensions.get::<Call>().map(|call| call.operation);
        let caller = request
            .extensions
            .get::<Caller>()
            .cloned()
            .unwrap_or(Caller::Anonymous);
        let body = request.input.store_all_limited(usize::MAX).await;
        let body = body.map_err(|_| refuse(400, "MalformedInput", "the body cannot be read"))?;
        let parameters = Parameters::read(&body);
        let result = match operation {
            Some(Operation::AssumeRole) => self.assume_role(&caller, &parameters)?,
            Some(Operation::GetCallerIdentity) => caller_identity(&caller),
            _ => {
                let action = parameters.get("Action").unwrap_or_default();
                let version = parameters.get("Version").unwrap_or_default();
                let message = format!("Could not find operation {action} for version {version}");
                return Err(refuse(400, "InvalidAction", message));
            }
        };
        let name = operation.map(Operation::as_str).unwrap_or_default();
        let request_id = request
            .extensions
            .get::<RequestIds>()
            .map(|ids| ids.request_id.as_str())
            .unwrap_or_default();
        let document = format!(
            "<{name}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{name}Result>{result}</{name}Result>\
             <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
        );
        let mut response = S3Response::new(Body::from(document));
        response.headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("text/xml"),
        );
        Ok(response)
    }
}

/// Needs no permission: AWS answers it even to a caller who is explicitly denied it.
///
/// Source: GetCallerIdentity, STS API reference.
fn caller_identity(caller: &Caller) -> String {
    format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        escape(&caller.arn()),
        escape(&caller.user_id().unwrap_or_default()),
        caller.account().unwrap_or_default()
    )
}

/// An error of STS's own.
fn refuse(status: u16, code: &'static str, message: impl Into<String>) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message.into());
    error.set_status_code(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    error
}
