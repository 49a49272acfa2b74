//! The clocks: the wall's, for the hour of an event, and the log's, for everything else.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bucketline_spool::SpoolTime;
use tokio::time::Instant;

/// Where the hours of events come from.
pub trait WallClock: fmt::Debug + Send + Sync + 'static {
    /// Seconds since 1970-01-01T00:00:00Z. May jump; an event is stamped once, when it is admitted.
    fn unix_seconds(&self) -> u64;
}

/// The system's clock.
#[derive(Debug)]
pub(super) struct SystemClock;

impl WallClock for SystemClock {
    fn unix_seconds(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "a driver module")]
        let now = SystemTime::now();
        now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

/// The log's time, counted on by the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpoolClock {
    base: SpoolTime,
    started: Instant,
}

impl SpoolClock {
    pub(super) fn starting_at(base: SpoolTime) -> Self {
        Self {
            base,
            started: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> SpoolTime {
        self.base.plus(self.started.elapsed())
    }

    /// How long it has been counting.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The moment of a time of the log, for a timer.
    pub(super) fn instant(&self, time: SpoolTime) -> Instant {
        // Times are whole milliseconds, so a timer a moment too early would find nothing to do and be set again.
        self.started + time.since(self.base) + Duration::from_millis(1)
    }
}

/// The fast-moving part of the wall clock.
pub(super) fn nanoseconds() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "a driver module")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos())
}
