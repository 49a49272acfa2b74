//! What was asked and how it was answered: counts of all, and the last requests themselves. Keeps no signature and no token.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use http::request::Parts;
use serde::Serialize;

use crate::call::Call;
use crate::operation::Operation;
use crate::query;
use crate::service::Service;

/// How often an operation ended in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestCount {
    /// The operation.
    pub operation: Operation,
    /// The status, with AWS's error code where there is one (`200`, `412 PreconditionFailed`), or what a fault did to
    /// the connection: `reply_lost`, `reply_cut`, `late`, `connection_closed`.
    pub outcome: String,
    /// How many requests.
    pub count: u64,
}

/// A request as it came, without what signs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation.
    pub operation: Operation,
    /// Its bucket, if it is for one.
    pub bucket: Option<String>,
    /// Its key, decoded.
    pub key: Option<String>,
    /// Its headers, but for those that sign it; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The parameters of its address, or of its form.
    pub parameters: Vec<(String, String)>,
    /// As counted.
    pub outcome: String,
}

impl RecordedRequest {
    /// The first parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How many requests are kept: a test looks at the last few.
const KEPT: usize = 1000;

/// Headers and parameters that hold what a request is signed with.
const SIGNING: [&str; 6] = [
    "authorization",
    "x-amz-security-token",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "WebIdentityToken",
];

/// The requests to a running testkit: a cheap handle.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<(Operation, String), u64>,
    last: VecDeque<RecordedRequest>,
}

/// A request that has no outcome yet.
#[derive(Debug)]
pub(crate) struct Arrived(RecordedRequest);

impl Arrived {
    pub(crate) fn read(call: &Call, parts: &Parts, body: &[u8]) -> Self {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter();
        let form = match call.service {
            Service::S3 => parts.uri.query().unwrap_or_default(),
            _ => std::str::from_utf8(body).unwrap_or_default(),
        };
        Self(RecordedRequest {
            operation: call.operation,
            bucket: call.bucket.clone(),
            key: call.key.clone(),
            headers: headers
                .filter(|(name, _)| !SIGNING.contains(&name.as_str()))
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            parameters: query::pairs(form)
                .filter(|(name, _)| !SIGNING.contains(&name.as_str()))
                .collect(),
            outcome: String::new(),
        })
    }
}

impl Requests {
    /// The last requests, in the order in which they were answered: 1,000 at most.
    #[must_use]
    pub fn recorded(&self) -> Vec<RecordedRequest> {
        self.lock().last.iter().cloned().collect()
    }

    /// All counts, by operation and outcome.
    #[must_use]
    pub fn counts(&self) -> Vec<RequestCount> {
        let count = |((operation, outcome), count): (&(Operation, String), &u64)| RequestCount {
            operation: *operation,
            outcome: outcome.clone(),
            count: *count,
        };
        self.lock().counts.iter().map(count).collect()
    }

    /// How many requests for an operation there were, whatever became of them.
    #[must_use]
    pub fn of(&self, operation: Operation) -> u64 {
        self.lock()
            .counts
            .iter()
            .filter(|((found, _), _)| *found == operation)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many requests for an operation had this outcome, e.g. `200` or `403 AccessDenied`.
    #[must_use]
    pub fn with_outcome(&self, operation: Operation, outcome: &str) -> u64 {
        self.lock()
            .counts
            .get(&(operation, outcome.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    /// Starts from nothing.
    pub fn reset(&self) {
        *self.lock() = Seen::default();
    }

    pub(crate) fn add(&self, Arrived(mut request): Arrived, outcome: String) {
        let mut seen = self.lock();
        *seen
            .counts
            .entry((request.operation, outcome.clone()))
            .or_default() += 1;
        request.outcome = outcome;
        if seen.last.len() == KEPT {
            seen.last.pop_front();
        }
        seen.last.push_back(request);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
