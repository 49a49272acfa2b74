//! How long a command has been running, and the time of day: the one place of the program that reads a clock.

use std::time::{Duration, Instant, SystemTime};

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

/// The time of day, for lines of the log.
#[expect(clippy::disallowed_methods, reason = "what is told carries the time of day")]
pub(crate) fn wall() -> SystemTime {
    SystemTime::now()
}
