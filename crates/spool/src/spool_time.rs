//! `SpoolTime`: the log's own clock, in which ages and retention are counted.
//! It must not know wall time, nor read any clock.

use std::fmt;
use std::time::Duration;

/// Milliseconds that a program has been running over this spool, over all its openings.
///
/// It advances with the monotonic clock while the program runs, stands still while it does not, and is logged in
/// every frame's header. A wall clock that jumps therefore never makes an event older or younger. The driver adds
/// the time since it opened the spool to [`Recovered::last_time`](crate::Recovered).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpoolTime(u64);

impl SpoolTime {
    /// The spool's first moment.
    pub const ZERO: Self = Self(0);

    /// A time in milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// This time in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero where it was not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The time `duration` later, to the whole millisecond; stays at the largest value rather than wrapping.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)),
        )
    }
}

impl fmt::Display for SpoolTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}
