//! The testkit's clock: the system's, plus whatever a test has moved it on by.
//!
//! The only module that reads the system's clock; everything else is told what time it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

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
        self.ahead_millis.fetch_add(millis, Ordering::Relaxed);
    }
}
