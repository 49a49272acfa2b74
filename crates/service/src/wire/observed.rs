//! What a store was asked and answered, as events of the log: in words of a closed list, without keys' contents or secrets. Decides
//! nothing; the one module of the wiring that reads a clock, and that only to tell how long a call took.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bucketline_sink::Sink;
use bucketline_sink::layer::{Observation, Observe, Outcome};

/// A store whose every call ends in an event of the log: what was asked, what came of it, how many bytes, how long.
pub(super) fn observed<S: Sink>(store: S, holder: &str) -> Observe<S> {
    let span = tracing::error_span!("connector", connector = holder);
    Observe::new(store, since_the_first, move |call| span.in_scope(|| tell(call)))
}

fn tell(call: &Observation<'_>) {
    let outcome = match call.outcome {
        Outcome::Done => "done",
        Outcome::PreconditionFailed => "taken",
        Outcome::Failed(_) => "failed",
        Outcome::Dropped => "given up",
    };
    let why = match call.outcome {
        Outcome::Failed(error) => Some(error.kind().to_string()),
        _ => None,
    };
    tracing::debug!(
        call = %call.operation,
        outcome,
        why,
        bytes = call.bytes,
        ms = u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
        "a call on a store ended"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a call took is told; nothing is decided by it"
)]
fn since_the_first() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let now = Instant::now();
    now.duration_since(*FIRST.get_or_init(|| now))
}
