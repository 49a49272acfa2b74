//! `/_testkit/...`: what a test in another process says to the testkit. Unsigned; the port is on loopback alone.
//!
//! Bodies are JSON; so are answers, `{"error": "..."}` where something was wrong.
//!
//! | request | does |
//! |---|---|
//! | `POST /_testkit/faults` | adds a fault, or a list of them |
//! | `DELETE /_testkit/faults` | removes all faults |
//! | `GET /_testkit/requests` | counts of requests by operation and outcome |
//! | `DELETE /_testkit/requests` | counts from nothing again |
//! | `GET /_testkit/objects[?bucket=B][&prefix=P]` | keys and sizes, by bucket |
//! | `POST /_testkit/keys` | `{"access_key_id": "...", "action": "disable" \| "enable" \| "rotate"}` |
//! | `POST /_testkit/policies` | sets or, with `"document": null`, detaches a policy |
//! | `POST /_testkit/clock` | `{"advance_seconds": N}`: sessions get that much older |
//! | `POST /_testkit/propagation` | `{"seconds": N}`: changes in IAM are seen so much later |
//! | `DELETE /_testkit/buckets/NAME` | removes a bucket with all that it holds |

mod change;

use http::{Method, Response, StatusCode};
use s3s::Body;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind};
use crate::fault::Fault;
use crate::front::Front;
use crate::query;
use change::{ClockChange, KeyChange, PolicyChange, PropagationChange};

/// `command` is the path behind `/_testkit/`.
pub(crate) fn answer(
    front: &Front,
    method: &Method,
    command: &str,
    query: Option<&str>,
    body: &[u8],
) -> Response<Body> {
    let result = match (method.as_str(), command) {
        ("POST", "faults") => add_faults(front, body),
        ("DELETE", "faults") => Ok(json!({ "removed": front.faults.clear() })),
        ("GET", "requests") => Ok(json!({ "requests": front.requests.counts() })),
        ("DELETE", "requests") => {
            front.requests.reset();
            Ok(json!({}))
        }
        ("GET", "objects") => Ok(objects(front, query)),
        ("POST", "keys") => parse::<KeyChange>(body).and_then(|change| Ok(change.make(&front.world)?)),
        ("POST", "policies") => parse::<PolicyChange>(body).and_then(|change| Ok(change.make(&front.world)?)),
        ("POST", "clock") => parse::<ClockChange>(body).map(|change| change.make(&front.world)),
        ("POST", "propagation") => parse::<PropagationChange>(body).map(|change| change.make(&front.world)),
        ("DELETE", command) if command.starts_with("buckets/") => remove_bucket(front, command),
        _ => Err(Refusal(
            StatusCode::NOT_FOUND,
            format!("there is no `{method} /_testkit/{command}`"),
        )),
    };
    match result {
        Ok(value) => json_answer(StatusCode::OK, &value),
        Err(Refusal(status, message)) => json_answer(status, &json!({ "error": message })),
    }
}

struct Refusal(StatusCode, String);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = if error.kind() == ErrorKind::NotFound {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::BAD_REQUEST
        };
        Self(status, error.to_string())
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))
}

fn add_faults(front: &Front, body: &[u8]) -> Result<Value, Refusal> {
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let faults: Vec<Fault> = if is_list { parse(body)? } else { vec![parse(body)?] };
    let added = faults.len();
    for fault in faults {
        front.faults.add(fault);
    }
    Ok(json!({ "added": added }))
}

fn objects(front: &Front, query: Option<&str>) -> Value {
    let (bucket, prefix) = (
        query::value(query, "bucket"),
        query::value(query, "prefix").unwrap_or_default(),
    );
    let names = bucket.map_or_else(|| front.world.buckets(), |name| vec![name]);
    let listed = names.into_iter().map(|name| {
        let mut objects = front.world.objects(&name);
        objects.retain(|object| object.key.starts_with(&prefix));
        (name, json!(objects))
    });
    json!({ "buckets": listed.collect::<serde_json::Map<_, _>>() })
}

fn remove_bucket(front: &Front, command: &str) -> Result<Value, Refusal> {
    let name = command.trim_start_matches("buckets/");
    match front.world.remove_bucket(name) {
        true => Ok(json!({})),
        false => Err(Refusal(
            StatusCode::NOT_FOUND,
            format!("there is no bucket `{name}`"),
        )),
    }
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}
