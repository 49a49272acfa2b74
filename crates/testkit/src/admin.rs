//! `/_testkit/...`: what a test in another process says to the testkit. Unsigned; the port is on loopback alone.

use http::{Method, Response, StatusCode};
use s3s::Body;
use serde::Serialize;
use serde_json::json;

use crate::fault::Fault;
use crate::front::Front;

pub(crate) fn answer(front: &Front, method: &Method, command: &str, body: &[u8]) -> Response<Body> {
    let result = match (method.as_str(), command) {
        ("POST", "faults") => add_faults(front, body),
        ("DELETE", "faults") => Ok(json!({ "removed": front.faults.clear() })),
        ("GET", "requests") => Ok(json!({ "requests": front.requests.counts() })),
        ("DELETE", "requests") => {
            front.requests.reset();
            Ok(json!({}))
        }
        _ => Err((
            StatusCode::NOT_FOUND,
            format!("there is no `{method} /_testkit/{command}`"),
        )),
    };
    match result {
        Ok(value) => json_answer(StatusCode::OK, &value),
        Err((status, message)) => json_answer(status, &json!({ "error": message })),
    }
}

type Outcome = Result<serde_json::Value, (StatusCode, String)>;

/// One fault, or a list of them.
fn add_faults(front: &Front, body: &[u8]) -> Outcome {
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let faults = if is_list {
        serde_json::from_slice(body)
    } else {
        serde_json::from_slice(body).map(|one| vec![one])
    };
    let faults: Vec<Fault> = faults.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let added = faults.len();
    for fault in faults {
        front.faults.add(fault);
    }
    Ok(json!({ "added": added }))
}

fn json_answer(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}
