//! Counts of what was asked and how it was answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::call::Operation;

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

/// The counts of a running testkit: a cheap handle.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    counts: Arc<Mutex<BTreeMap<(Operation, String), u64>>>,
}

impl Requests {
    /// All counts, by operation and outcome.
    #[must_use]
    pub fn counts(&self) -> Vec<RequestCount> {
        let count = |((operation, outcome), count): (&(Operation, String), &u64)| RequestCount {
            operation: *operation,
            outcome: outcome.clone(),
            count: *count,
        };
        self.lock().iter().map(count).collect()
    }

    /// How many requests for an operation there were, whatever became of them.
    #[must_use]
    pub fn of(&self, operation: Operation) -> u64 {
        self.lock()
            .iter()
            .filter(|((found, _), _)| *found == operation)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many requests for an operation had this outcome, e.g. `200` or `403 AccessDenied`.
    #[must_use]
    pub fn with_outcome(&self, operation: Operation, outcome: &str) -> u64 {
        self.lock()
            .get(&(operation, outcome.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    /// Starts from nothing.
    pub fn reset(&self) {
        self.lock().clear();
    }

    pub(crate) fn add(&self, operation: Operation, outcome: String) {
        *self.lock().entry((operation, outcome)).or_default() += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Operation, String), u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
