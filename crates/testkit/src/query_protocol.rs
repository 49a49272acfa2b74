//! The query protocol, as a route of s3s: forms posted to the root, XML in answer. STS and IAM share it.
//!
//! s3s has checked the signature; whose it is is found here, and what they may do, by each operation.

mod parameters;
mod xml;

use http::{Extensions, HeaderMap, Method, StatusCode, Uri};
use s3s::route::S3Route;
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::access::{Gate, identify};
use crate::call::Call;
use crate::ids::RequestIds;
use crate::operation::Operation;
use crate::service;
use crate::sts;
use crate::world::Caller;
pub(crate) use parameters::{Constraint, Parameters, violated};
pub(crate) use xml::{Xml, escape};

/// The route.
#[derive(Debug)]
pub(crate) struct QueryProtocol {
    pub(crate) gate: Gate,
}

#[async_trait::async_trait]
impl S3Route for QueryProtocol {
    fn is_match(&self, method: &Method, uri: &Uri, headers: &HeaderMap, _: &mut Extensions) -> bool {
        service::is_form(method, uri, headers)
    }

    async fn check_access(&self, request: &mut S3Request<Body>) -> S3Result<()> {
        // The one call that nobody signs.
        let operation = request.extensions.get::<Call>().map(|call| call.operation);
        let Some(credentials) = &request.credentials else {
            if operation.is_some_and(sts::is_unsigned) {
                request.extensions.insert(Caller::Anonymous);
                return Ok(());
            }
            return Err(refuse(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ));
        };
        let service = request.extensions.get::<Call>().map(|call| call.service.as_str());
        if request.service.as_deref() != service {
            let service = service.unwrap_or("sts");
            let message = format!("Credential should be scoped to correct service: '{service}'.");
            return Err(refuse(403, "SignatureDoesNotMatch", message));
        }
        let key_id = credentials.access_key.clone();
        let caller = identify(&self.gate.world, Some(&key_id), &request.headers, &request.uri)?;
        request.extensions.insert(caller);
        Ok(())
    }

    async fn call(&self, mut request: S3Request<Body>) -> S3Result<S3Response<Body>> {
        let body = request.input.store_all_limited(usize::MAX).await;
        let body = body.map_err(|_| refuse(400, "MalformedInput", "the body cannot be read"))?;
        let parameters = Parameters::read(&body);
        let Some(call) = request.extensions.get::<Call>() else {
            return Err(refuse(500, "InternalFailure", "the request was not read"));
        };
        let asked = Asked {
            gate: &self.gate,
            caller: request.extensions.get::<Caller>().unwrap_or(&Caller::Anonymous),
            parameters: &parameters,
        };
        let result = match call.operation {
            Operation::AssumeRole => sts::assume_role(&asked)?,
            Operation::GetCallerIdentity => sts::caller_identity(asked.caller),
            _ => {
                let action = parameters.get("Action").unwrap_or_default();
                let version = parameters.get("Version").unwrap_or_default();
                let message = format!("Could not find operation {action} for version {version}");
                return Err(refuse(400, "InvalidAction", message));
            }
        };
        let request_id = request
            .extensions
            .get::<RequestIds>()
            .map(|ids| ids.request_id.as_str())
            .unwrap_or_default();
        let name = call.operation.as_str();
        let document = Xml::new()
            .nested(&format!("{name}Result"), result)
            .nested("ResponseMetadata", Xml::new().text("RequestId", request_id))
            .document(&format!("{name}Response"), call.service.namespace());
        let mut response = S3Response::new(Body::from(document));
        response.headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("text/xml"),
        );
        Ok(response)
    }
}

/// One call of the query protocol, as an operation sees it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) gate: &'a Gate,
    pub(crate) caller: &'a Caller,
    pub(crate) parameters: &'a Parameters,
}

/// An error of the query protocol's own.
pub(crate) fn refuse(status: u16, code: &'static str, message: impl Into<String>) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message.into());
    error.set_status_code(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    error
}
