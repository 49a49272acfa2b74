//! A destination that is not used, because its check failed: what is to go there is held. Asks nobody.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bucketline_check::{Report, ReportKind, Reports, Verdict};
use bucketline_sink::{
    Effect, Error, ErrorKind, ListPage, ListToken, Object, ObjectInfo, ObjectKey, Operation, Payload,
    PutOptions, PutOutcome, Sink,
};

use super::Opened;

/// Holds what is to go to connectors whose check failed: they take events in and deliver none in this run. How many.
pub fn hold(opened: &mut [Opened], reports: &Reports) -> usize {
    let mut held = 0;
    for report in &reports.0 {
        if report.kind != ReportKind::Connector || report.is_ok() {
            continue;
        }
        for connector in opened.iter_mut().filter(|opened| opened.id == report.id) {
            connector.sink = Arc::new(Held { why: why(report) });
            held += 1;
        }
    }
    held
}

/// The first step that failed, else the first that is open.
pub(crate) fn why(report: &Report) -> String {
    let of = |verdict: Verdict| report.steps.iter().find(|step| step.verdict == verdict);
    match of(Verdict::Fail).or_else(|| of(Verdict::Inconclusive)) {
        Some(step) => format!("its check failed at `{}`: {}", step.step.as_str(), step.what),
        None => "its check failed".to_owned(),
    }
}

#[derive(Debug)]
struct Held {
    why: String,
}

impl Held {
    fn refusal(&self, operation: Operation) -> Error {
        Error::new(operation, ErrorKind::AccessDenied, Effect::NotApplied).with_message(&self.why)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Sink for Held {
    async fn put(&self, _: &ObjectKey, _: Payload, _: &PutOptions) -> Result<PutOutcome, Error> {
        Err(self.refusal(Operation::Put))
    }

    async fn head(&self, _: &ObjectKey) -> Result<ObjectInfo, Error> {
        Err(self.refusal(Operation::Head))
    }

    async fn get(&self, _: &ObjectKey) -> Result<Object, Error> {
        Err(self.refusal(Operation::Get))
    }

    async fn list(&self, _: &str, _: Option<&ListToken>) -> Result<ListPage, Error> {
        Err(self.refusal(Operation::List))
    }

    async fn delete(&self, _: &ObjectKey) -> Result<(), Error> {
        Err(self.refusal(Operation::Delete))
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a destination that is held")
    }
}
