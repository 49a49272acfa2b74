//! The finish of an answer: request ids on every one, and the parts of AWS's error documents that s3s leaves out.
//!
//! STS and IAM write their errors in another form than S3, and name a few differently.

use http::{HeaderMap, HeaderValue, Response, StatusCode};
use s3s::{Body, S3Error, S3ErrorCode};

use crate::call::Call;
use crate::ids::RequestIds;
use crate::query_protocol::{Xml, escape};
use crate::service::Service;

/// An error answer as s3s would write it.
pub(crate) fn error(status: u16, code: &str, message: Option<&str>) -> Response<Body> {
    let mut error = S3Error::with_message(
        S3ErrorCode::Custom(code.into()),
        message.unwrap_or(code).to_owned(),
    );
    error.set_status_code(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    error.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Completes an answer; also how it is counted: its status, and the error code if it is an error.
pub(crate) fn finish(
    mut response: Response<Body>,
    call: &Call,
    ids: &RequestIds,
) -> (Response<Body>, String) {
    let code = complete_error(&mut response, call, ids);
    let status = response.status();
    let outcome = code.map_or_else(
        || status.as_str().to_owned(),
        |code| format!("{} {code}", status.as_str()),
    );
    let RequestIds { request_id, host_id } = ids;
    let headers = response.headers_mut();
    if call.service != Service::S3 {
        set(headers, "x-amzn-requestid", request_id);
    } else {
        set(headers, "x-amz-request-id", request_id);
        set(headers, "x-amz-id-2", host_id);
        set(headers, "server", "AmazonS3");
    }
    (response, outcome)
}

/// Writes the document of an error answer anew; its code, if it is an error.
fn complete_error(response: &mut Response<Body>, call: &Call, ids: &RequestIds) -> Option<String> {
    if response.status().is_success() {
        return None;
    }
    let text = String::from_utf8(response.body().bytes()?.to_vec()).ok()?;
    let mut found = Found::read(&text);
    let document = if call.service != Service::S3 {
        found = for_query(found, response);
        query_document(&found, response.status(), call.service, ids)
    } else if response.status() == StatusCode::NOT_MODIFIED {
        // It has no body; hyper leaves out that of an answer to HEAD.
        String::new()
    } else {
        s3_document(&found, call, response.headers(), ids)
    };
    *response.body_mut() = Body::from(document);
    Some(found.code).filter(|code| !code.is_empty())
}

/// What an error document says, still escaped as it was.
struct Found {
    code: String,
    message: String,
}

impl Found {
    fn read(text: &str) -> Self {
        let code = between(text, "Code").to_owned();
        let message = match (between(text, "Message"), code.as_str()) {
            ("", "SignatureDoesNotMatch") => {
                "The request signature we calculated does not match the signature you provided. Check your key and signing method."
            }
            ("", _) => &code,
            (message, _) => message,
        };
        Self {
            message: message.to_owned(),
            code,
        }
    }
}

/// The query protocol's names for what s3s found wrong with a signature.
///
/// Source: "Common errors", STS API reference.
fn for_query(found: Found, response: &mut Response<Body>) -> Found {
    let (code, message) = match found.code.as_str() {
        "InvalidAccessKeyId" | "InvalidToken" => (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        "ExpiredToken" => (
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
        "RequestTimeTooSkewed" => (
            "SignatureDoesNotMatch",
            "Signature expired: the request's time is too far from now",
        ),
        _ => return found,
    };
    *response.status_mut() = StatusCode::FORBIDDEN;
    Found {
        code: code.into(),
        message: message.into(),
    }
}

fn s3_document(found: &Found, call: &Call, headers: &HeaderMap, ids: &RequestIds) -> String {
    let RequestIds { request_id, host_id } = ids;
    let Found { code, message } = found;
    let region = headers
        .get("x-amz-bucket-region")
        .and_then(|value| value.to_str().ok());
    let bucket = call.bucket.as_deref().unwrap_or_default();
    let extra = match (code.as_str(), region) {
        ("AuthorizationHeaderMalformed", Some(region)) => format!("<Region>{region}</Region>"),
        ("PermanentRedirect", Some(region)) => {
            let bucket = escape(bucket);
            format!("<Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket>")
        }

        ("NoSuchBucket", _) => format!("<BucketName>{}</BucketName>", escape(bucket)),
        ("NoSuchKey", _) => format!("<Key>{}</Key>", escape(call.key.as_deref().unwrap_or_default())),
        _ => String::new(),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{extra}<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
    )
}

fn query_document(found: &Found, status: StatusCode, service: Service, ids: &RequestIds) -> String {
    let at_fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let error = Xml::new()
        .text("Type", at_fault)
        .text("Code", unescape(&found.code))
        .text("Message", unescape(&found.message));
    Xml::new()
        .nested("Error", error)
        .text("RequestId", &ids.request_id)
        .document("ErrorResponse", service.namespace())
}

/// What s3s escaped, as it was.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn between<'a>(text: &'a str, element: &str) -> &'a str {
    let inner = text.split_once(&format!("<{element}>")).map(|(_, rest)| rest);
    inner
        .and_then(|rest| rest.split_once(&format!("</{element}>")))
        .map_or("", |(inner, _)| inner)
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
