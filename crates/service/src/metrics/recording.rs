//! What is counted as it happens: objects, refused lines, flushes, calls to stores and to STS. Where nobody keeps metrics, it costs
//! next to nothing.

use std::time::Duration;

use async_trait::async_trait;
use bucketline_auth::{AssumeRoleRequest, AssumedRole, CallerIdentity, Sts, WebIdentityRequest};
use bucketline_connector::{Delivered, Meter};
use bucketline_sink::layer::{Observation, Observe, Outcome};
use bucketline_sink::{ErrorKind, Operation, Sink};
use bucketline_spool::{Learnt, Rejects};
use metrics::{counter, histogram};
use tokio::time::Instant;

use super::names;

/// Counts what a multiplexer does.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Recording;

impl Meter for Recording {
    fn delivered(&self, delivery: &Delivered) {
        let how = match delivery.learnt {
            Learnt::Answered => "answered",
            Learnt::Verified => "verified",
            Learnt::Adopted => "adopted",
            _ => "resolved",
        };
        let connector = || delivery.connector.clone();
        counter!(names::OBJECTS, "connector" => connector(), "how" => how).increment(1);
        counter!(names::OBJECT_BYTES, "connector" => connector()).increment(delivery.bytes);
        histogram!(names::DELIVERY_DELAY).record(delivery.delay);
    }

    fn refused(&self, rejects: &Rejects) {
        for line in &rejects.lines {
            // Codes are a closed set.
            counter!(names::EVENTS_REJECTED, "reason" => line.reason.clone()).increment(1);
        }
    }

    fn flushed(&self, took: Duration) {
        histogram!(names::FSYNC_DURATION).record(took);
    }
}

/// A store whose calls are counted.
pub(crate) fn measured<S: Sink>(sink: S) -> Observe<S> {
    let started = Instant::now();
    Observe::new(sink, move || started.elapsed(), called)
}

fn called(call: &Observation<'_>) {
    let operation = match call.operation {
        Operation::Put => "put",
        Operation::Head => "head",
        Operation::Get => "get",
        Operation::List => "list",
        Operation::Delete => "delete",
        _ => "upload",
    };
    let outcome = match call.outcome {
        Outcome::Done => "done",
        Outcome::PreconditionFailed => "taken",
        Outcome::Dropped => "dropped",
        Outcome::Failed(error) => match error.kind() {
            ErrorKind::Throttled => "throttled",
            ErrorKind::TimedOut => "timed_out",
            kind if kind.is_transient() => "failed",
            _ => "refused",
        },
    };
    counter!(names::S3_REQUESTS, "op" => operation, "outcome" => outcome).increment(1);
    histogram!(names::S3_REQUEST_DURATION, "op" => operation).record(call.duration);
}

/// An STS whose calls are counted.
#[derive(Debug)]
pub(crate) struct MeasuredSts<S>(pub(crate) S);

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sts> Sts for MeasuredSts<S> {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, bucketline_auth::Error> {
        asked("assume_role", self.0.assume_role(request)).await
    }

    async fn assume_role_with_web_identity(
        &self,
        request: &WebIdentityRequest,
    ) -> Result<AssumedRole, bucketline_auth::Error> {
        asked(
            "assume_role_with_web_identity",
            self.0.assume_role_with_web_identity(request),
        )
        .await
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, bucketline_auth::Error> {
        asked("get_caller_identity", self.0.caller_identity()).await
    }
}

async fn asked<T>(
    operation: &'static str,
    call: impl Future<Output = Result<T, bucketline_auth::Error>>,
) -> Result<T, bucketline_auth::Error> {
    let started = Instant::now();
    let answer = call.await;
    let outcome = match &answer {
        Ok(_) => "done",
        Err(error) => match error.kind() {
            bucketline_auth::ErrorKind::Throttled => "throttled",
            bucketline_auth::ErrorKind::TimedOut => "timed_out",
            kind if kind.is_transient() => "failed",
            _ => "refused",
        },
    };
    counter!(names::STS_REQUESTS, "op" => operation, "outcome" => outcome).increment(1);
    histogram!(names::STS_REQUEST_DURATION, "op" => operation).record(started.elapsed());
    answer
}
