//! The testkit's clock: the system's, plus whatever a test has moved it on by.
//!
//! The only module that reads the system's clock; everything else is told what time it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// As far as it can be moved on, a thousand years: nothing overflows, however often a test moves it.
const FURTHEST: u64 = 1000 * 366 * 24 * 3600 * 1000;

/// The time by which sessions expire and objects are dated.
///
/// It runs with the system's clock, so that signatures made by ordinary clients are fresh, and can be moved on by a
/// test that wants to see a session expire. Signatures themselves are always judged by the system's clock.
///
/// ```
/// use std::time::Duration;
/// use bucketline_testkit::Clock;
///
/// let clock = Clock::default();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert!(clock.now() >= before + Duration::from_secs(3600));
/// ```
#[derive(Debug, Default)]
pub struct Clock {
    ahead_millis: AtomicU64,
}

impl Clock {
    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this module is where the clock is read")]
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed))
    }

    /// Moves the clock on, for everyone who asks it from now on. It never goes back.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let _ = self
            .ahead_millis
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |ahead| {
                Some(ahead.saturating_add(millis).min(FURTHEST))
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_on_without_end_it_stands_still_and_never_goes_back() {
        let clock = Clock::default();
        clock.advance(Duration::MAX);
        let far = clock.now();
        clock.advance(Duration::from_secs(1));
        assert!(clock.now() >= far);
    }
}
