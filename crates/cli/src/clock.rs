//! How long a command has been running, and the time of day: the one place of the program that reads a clock.

use std::time::{Duration, Instant, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Started when it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "what a person is shown of time is read here"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The time of day so long ago, as RFC 3339 has it, in whole seconds.
pub(crate) fn ago(since: Duration) -> String {
    let then = OffsetDateTime::from(wall() - since);
    let then = then.replace_nanosecond(0).unwrap_or(then);
    then.format(&Rfc3339).unwrap_or_default()
}

/// The time of day, for lines of the log.
#[expect(clippy::disallowed_methods, reason = "what is told carries the time of day")]
pub(crate) fn wall() -> SystemTime {
    SystemTime::now()
}
