//! The query protocol, as a route of s3s: forms posted to the root, XML in answer. STS and IAM share it.
//!
//! s3s has checked the signature; whose it is is found here, and what they may do, by each operation.

mod parameters;
mod xml;

use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Response, StatusCode, Uri};
use s3s::route::S3Route;
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::access::{Gate, identify};
use crate::answer;
use crate::call::Call;
use crate::iam;
use crate::ids::RequestIds;
use crate::operation::Operation;
use crate::service::{self, Service};
use crate::signature::Signed;
use crate::sts;
use crate::world::Caller;
pub(crate) use parameters::{Constraint, Parameters, violated};
pub(crate) use xml::{Xml, escape};

/// The route.
#[derive(Debug, Clone)]
pub(crate) struct QueryProtocol {
    pub(crate) gate: Gate,
}

#[async_trait::async_trait]
impl S3Route for QueryProtocol {
    fn is_match(&self, method: &Method, uri: &Uri, headers: &HeaderMap, _: &mut Extensions) -> bool {
        service::is_form(method, uri, headers)
    }

    async fn check_access(&self, request: &mut S3Request<Body>) -> S3Result<()> {
        let Some(credentials) = &request.credentials else {
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
        let Some(call) = request.extensions.get::<Call>() else {
            return Err(refuse(500, "InternalFailure", "the request was not read"));
        };
        let caller = request.extensions.get::<Caller>().unwrap_or(&Caller::Anonymous);
        let ids = request.extensions.get::<RequestIds>();
        let request_id = ids.map(|ids| ids.request_id.as_str()).unwrap_or_default();
        let document = self.answer(call, caller, &body, request_id)?;
        let mut response = S3Response::new(Body::from(document));
        response.headers.insert(http::header::CONTENT_TYPE, XML);
        Ok(response)
    }
}

const XML: http::HeaderValue = http::HeaderValue::from_static("text/xml");

impl QueryProtocol {
    /// A request for a service whose signatures s3s does not check: all of the way.
    pub(crate) fn serve(
        &self,
        request: &Parts,
        body: &[u8],
        call: &Call,
        ids: &RequestIds,
    ) -> Response<Body> {
        let signer = match call.operation {
            // Who presents a token has no key to sign with.
            Operation::AssumeRoleWithWebIdentity => Ok(Caller::Anonymous),
            _ => self.signer(request, body, call),
        };
        let answered = signer.and_then(|caller| self.answer(call, &caller, body, &ids.request_id));
        let answered = answered.map(|document| {
            let mut response = Response::new(Body::from(document));
            response.headers_mut().insert(http::header::CONTENT_TYPE, XML);
            response
        });
        answered
            .or_else(|error| error.to_http_response())
            .unwrap_or_else(|_| answer::error(500, "InternalFailure", None))
    }

    fn signer(&self, request: &Parts, body: &[u8], call: &Call) -> S3Result<Caller> {
        let signed = Signed::read(request).ok_or_else(|| {
            refuse(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            )
        })?;
        if signed.service != call.service.as_str() {
            let message = format!(
                "Credential should be scoped to correct service: '{}'.",
                call.service.as_str()
            );
            return Err(refuse(403, "SignatureDoesNotMatch", message));
        }
        let caller = identify(
            &self.gate.world,
            Some(signed.key_id),
            &request.headers,
            &request.uri,
        )?;
        let secret = self.gate.world.secret(signed.key_id);
        if secret.is_some_and(|secret| signed.is_by(secret.expose(), request, body)) {
            return Ok(caller);
        }
        Err(refuse(403, "SignatureDoesNotMatch", ""))
    }

    fn answer(&self, call: &Call, caller: &Caller, body: &[u8], request_id: &str) -> S3Result<String> {
        let parameters = Parameters::read(body);
        let asked = Asked {
            gate: &self.gate,
            caller,
            parameters: &parameters,
        };
        let result = match call.operation {
            Operation::AssumeRole => Some(sts::assume_role(&asked)?),
            Operation::AssumeRoleWithWebIdentity => Some(sts::with_web_identity(&asked)?),
            Operation::GetCallerIdentity => Some(sts::caller_identity(asked.caller)),
            operation if operation.service() == Some(Service::Iam) => iam::answer(operation, &asked)?,
            _ => {
                let action = parameters.get("Action").unwrap_or_default();
                let version = parameters.get("Version").unwrap_or_default();
                let message = format!("Could not find operation {action} for version {version}");
                return Err(refuse(400, "InvalidAction", message));
            }
        };
        let name = call.operation.as_str();
        let document = match result {
            Some(result) => Xml::new().nested(&format!("{name}Result"), result),
            // What only changes something has no result.
            None => Xml::new(),
        };
        Ok(document
            .nested("ResponseMetadata", Xml::new().text("RequestId", request_id))
            .document(&format!("{name}Response"), call.service.namespace()))
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
