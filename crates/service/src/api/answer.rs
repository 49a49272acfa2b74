//! Answers: a status and JSON. What is refused says what, and what to do.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::body::Body;

/// An answer of JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // INVARIANT: names, numbers and texts alone: there is nothing in it that JSON cannot write.
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::whole(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

/// An answer that says why not.
pub(super) fn refused(status: StatusCode, why: &str) -> Response<Body> {
    json(status, &json!({ "message": why }))
}

/// The same, with a header.
pub(super) fn with(mut response: Response<Body>, name: HeaderName, value: &'static str) -> Response<Body> {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
    response
}
