//! From a request to an answer. Each request but that of a download link says whose it is by a bearer key, and sees what is that
//! workspace's alone: of another's there is nothing to see.

use std::time::Duration;

use bucketline_export::{
    ApiAnswer, ApiRequest, Cancelled, ErrorKind, JobId, JobRecord, JobState, Link, WorkspaceId,
};
use bucketline_notify::{Clock as _, SystemClock};
use http::header::{ALLOW, AUTHORIZATION, HOST, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::answer::{json as answered, refused, with};
use super::body::Body;
use super::download::{Claimed, link};
use super::driver::PATIENCE;
use super::keys::SigningKey;
use super::{Front, driver};
use crate::chain;

/// The longest request that is read, in bytes.
const LONGEST: usize = 256 << 10;

/// Whose request it is.
struct Asker<'a> {
    workspace: &'a WorkspaceId,
    signing: &'a SigningKey,
}

pub(super) async fn answer(front: &Front, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path: Vec<&str> = parts.uri.path().split('/').skip(1).collect();
    match (&parts.method, path.as_slice()) {
        (&Method::GET, ["healthz"]) => return answered(StatusCode::OK, &json!({ "message": "success" })),
        (&Method::GET, ["downloads", id]) => return download(front, &parts, id).await,
        _ => {}
    }
    let Some(asker) = asker(front, &parts.headers) else {
        let answer = refused(
            StatusCode::UNAUTHORIZED,
            "send the workspace's key, as in `Authorization: Bearer ...`",
        );
        return with(answer, WWW_AUTHENTICATE, "Bearer");
    };
    match (&parts.method, path.as_slice()) {
        (&Method::POST, ["users", "export", "segment"]) => match read(body).await {
            Ok(body) => segment(front, &asker, &parts, &body).await,
            Err(answer) => answer,
        },
        (&Method::GET, ["exports"]) => list(front, &asker).await,
        (&Method::GET, ["exports", id]) => match own(front, &asker, id).await {
            Ok(record) => answered(StatusCode::OK, &shown(front, &asker, &parts, &record)),
            Err(answer) => answer,
        },
        (&Method::DELETE, ["exports", id]) => cancel(front, &asker, id).await,
        (_, ["users", "export", "segment"]) => not_allowed("POST"),
        (_, ["exports"]) => not_allowed("GET"),
        (_, ["exports", _]) => not_allowed("GET, DELETE"),
        _ => refused(StatusCode::NOT_FOUND, "there is nothing of this name"),
    }
}

fn not_allowed(methods: &'static str) -> Response<Body> {
    let answer = refused(StatusCode::METHOD_NOT_ALLOWED, &format!("this takes {methods}"));
    with(answer, ALLOW, methods)
}

fn asker<'a>(front: &'a Front, headers: &HeaderMap) -> Option<Asker<'a>> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (workspace, signing) = front.keys.workspace_of(key.trim())?;
    Some(Asker { workspace, signing })
}

async fn read(body: Incoming) -> Result<Vec<u8>, Response<Body>> {
    let whole = tokio::time::timeout(PATIENCE, Limited::new(body, LONGEST).collect());
    let Ok(read) = whole.await else {
        return Err(refused(
            StatusCode::REQUEST_TIMEOUT,
            "the request did not come to its end in time",
        ));
    };
    match read {
        Ok(whole) => Ok(whole.to_bytes().to_vec()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            &format!("a request has at most {LONGEST} bytes"),
        )),
        Err(_) => Err(refused(StatusCode::BAD_REQUEST, "the request broke off")),
    }
}

/// `POST /users/export/segment`.
async fn segment(front: &Front, asker: &Asker<'_>, parts: &Parts, body: &[u8]) -> Response<Body> {
    let request: ApiRequest = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            return refused(
                StatusCode::BAD_REQUEST,
                &format!("the request cannot be read: {error}"),
            );
        }
    };
    let segments = front.installation.segments.iter();
    let rows = segments
        .filter(|segment| segment.workspace.as_str() == asker.workspace.as_str())
        .find(|segment| segment.id.as_str() == request.segment_id);
    let Some(rows) = rows.map(|segment| segment.rows.to_words()) else {
        let why = format!("there is no segment `{}`", request.segment_id.escape_debug());
        return refused(StatusCode::NOT_FOUND, &why);
    };
    let taken = match request.into_job(asker.workspace.clone()) {
        Ok(job) => front.exporter.take(job.rows(rows)).await,
        Err(error) => Err(error),
    };
    let claimed = match taken {
        Ok(claimed) => claimed,
        Err(error) => return failed(&error),
    };
    let record = claimed.record().clone();
    let exporter = front.exporter.clone();
    front.running.start(async move {
        let id = claimed.record().id();
        match exporter.run(claimed).await {
            Ok(record) => tracing::info!(%id, state = record.state.name(), "an export has ended"),
            Err(error) => tracing::warn!(%id, error = error.chain(), "an export is left to be gone on with"),
        }
    });
    let url = download_link(front, asker, parts, &record);
    answered(StatusCode::ACCEPTED, &ApiAnswer::taken(&record, url))
}

/// `GET /exports`.
async fn list(front: &Front, asker: &Asker<'_>) -> Response<Body> {
    match front.exporter.jobs().list().await {
        Ok(records) => {
            let own = records
                .iter()
                .filter(|record| record.taken.job.workspace() == asker.workspace);
            let exports: Vec<Value> = own.map(summary).collect();
            answered(
                StatusCode::OK,
                &json!({ "message": "success", "exports": exports }),
            )
        }
        Err(error) => failed(&error),
    }
}

/// `DELETE /exports/ID`.
async fn cancel(front: &Front, asker: &Asker<'_>, id: &str) -> Response<Body> {
    let record = match own(front, asker, id).await {
        Ok(record) => record,
        Err(answer) => return answer,
    };
    match front.exporter.cancel(record.id()).await {
        Ok(Cancelled::EndedBefore(state)) => {
            let why = format!("it is {} already, and stays so", state.name());
            refused(StatusCode::CONFLICT, &why)
        }
        Ok(_) => answered(StatusCode::ACCEPTED, &json!({ "message": "success" })),
        Err(error) => failed(&error),
    }
}

/// `GET /downloads/ID`: to the store where that signs links, else the file itself.
async fn download(front: &Front, parts: &Parts, id: &str) -> Response<Body> {
    let unknown = || {
        refused(
            StatusCode::NOT_FOUND,
            "there is no such download, or its link has ended",
        )
    };
    let claimed = parts.uri.query().and_then(Claimed::parse);
    let (Ok(id), Some(claimed)) = (id.parse::<JobId>(), claimed) else {
        return unknown();
    };
    let Ok(record) = front.exporter.jobs().get(id).await else {
        return unknown();
    };
    let now = SystemClock::default().now();
    let mut keys = front.keys.signing_keys(record.taken.job.workspace());
    if !keys.any(|key| claimed.is_good(id, key, now)) || record.delivery.link != Link::InAnswer {
        return unknown();
    }
    match record.state {
        JobState::Running => {
            let answer = refused(StatusCode::CONFLICT, "the export is not ready yet");
            return with(answer, RETRY_AFTER, "5");
        }
        JobState::Completed => {}
        state => {
            let why = format!("the export is {}: it has no file", state.name());
            return refused(StatusCode::GONE, &why);
        }
    }
    let Some(link) = front.exporter.link(&record).await else {
        let answer = refused(StatusCode::SERVICE_UNAVAILABLE, "no link can be made just now");
        return with(answer, RETRY_AFTER, "30");
    };
    if link.contains("://") {
        return match HeaderValue::from_str(&link) {
            Ok(location) => {
                let mut answer = answered(StatusCode::FOUND, &json!({ "message": "success" }));
                answer.headers_mut().insert(LOCATION, location);
                answer
            }
            Err(_) => refused(StatusCode::SERVICE_UNAVAILABLE, "no link can be made just now"),
        };
    }
    match driver::file(link.as_ref()).await {
        Ok(body) => {
            let mut answer = Response::new(body);
            let headers = answer.headers_mut();
            headers.insert("content-type", HeaderValue::from_static("application/zip"));
            headers.insert("cache-control", HeaderValue::from_static("no-store"));
            answer
        }
        Err(_) => refused(StatusCode::GONE, "the file is not there any more"),
    }
}

/// An export of the asker's workspace: another's is as if it were not there.
async fn own(front: &Front, asker: &Asker<'_>, id: &str) -> Result<JobRecord, Response<Body>> {
    let unknown = || refused(StatusCode::NOT_FOUND, "there is no such export");
    let id = id.parse::<JobId>().map_err(|_| unknown())?;
    match front.exporter.jobs().get(id).await {
        Ok(record) if record.taken.job.workspace() == asker.workspace => Ok(record),
        Ok(_) => Err(unknown()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(unknown()),
        Err(error) => Err(failed(&error)),
    }
}

/// One export, in the list.
fn summary(record: &JobRecord) -> Value {
    let job = &record.taken.job;
    let mut shown = json!({
        "id": record.id().to_string(),
        "kind": job.kind().name(),
        "state": record.state.name(),
        "started": record.taken.started.to_string(),
    });
    if let Value::Object(members) = &mut shown {
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        add(
            "segment_id",
            job.kind().segment().map(|segment| json!(segment.as_str())),
        );
        add("object_prefix", record.object_prefix().map(Value::from));
        add("ended", record.ended.map(|ended| json!(ended.to_string())));
        add("rows", record.totals().map(|totals| json!(totals.rows)));
        add("files", record.totals().map(|totals| json!(totals.files)));
        add("bytes", record.totals().map(|totals| json!(totals.bytes)));
        add("failure", record.failure.clone().map(Value::from));
    }
    shown
}

/// One export, by itself.
fn shown(front: &Front, asker: &Asker<'_>, parts: &Parts, record: &JobRecord) -> Value {
    let mut shown = summary(record);
    let url = download_link(front, asker, parts, record).filter(|_| record.state == JobState::Completed);
    if let (Value::Object(members), Some(url)) = (&mut shown, url) {
        members.insert("url".to_owned(), url.into());
    }
    shown
}

/// A link to an export's file on the address that the client itself used; none where there is a storage integration.
fn download_link(front: &Front, asker: &Asker<'_>, parts: &Parts, record: &JobRecord) -> Option<String> {
    if record.delivery.link != Link::InAnswer {
        return None;
    }
    let host = parts.headers.get(HOST)?.to_str().ok()?;
    let lifetime: Duration = front.installation.exports.link_lifetime;
    let link = link(record.id(), asker.signing, SystemClock::default().now(), lifetime)?;
    // What speaks TLS stands before this listener, and says so.
    let forwarded = parts.headers.get("x-forwarded-proto").map(HeaderValue::as_bytes);
    let scheme = if forwarded == Some(b"https") {
        "https"
    } else {
        "http"
    };
    Some(format!("{scheme}://{host}{link}"))
}

/// What the library says, as a status.
fn failed(error: &bucketline_export::Error) -> Response<Body> {
    match error.kind() {
        ErrorKind::Busy => {
            let answer = refused(StatusCode::TOO_MANY_REQUESTS, &chain(error));
            with(answer, RETRY_AFTER, "60")
        }
        ErrorKind::Invalid => refused(StatusCode::BAD_REQUEST, &chain(error)),
        _ => {
            tracing::warn!(error = chain(error), "a request to the API failed");
            let answer = refused(
                StatusCode::SERVICE_UNAVAILABLE,
                "it cannot be done just now; the operator's log says why",
            );
            with(answer, RETRY_AFTER, "60")
        }
    }
}
