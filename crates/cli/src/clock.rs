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

/// 2020-01-01: this program is younger.
const BEFORE_US: Duration = Duration::from_secs(1_577_836_800);

/// What to say of a clock that was never set, if it was not: a machine without a battery begins in 1970 or in its firmware's year.
pub(crate) fn never_set(now: SystemTime) -> Option<String> {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since < BEFORE_US).then(|| {
        let year = 1970 + since.as_secs() / 31_556_952;
        format!(
            "this machine's clock says {year}: stores refuse requests signed at such a time, and objects are named by the hour in which \
             their events came; set it, and keep it so by NTP"
        )
    })
}

/// The time of day, for lines of the log.
#[expect(clippy::disallowed_methods, reason = "what is told carries the time of day")]
pub(crate) fn wall() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_2020_was_never_set() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(never_set(at(0)).unwrap().contains("says 1970"));
        assert!(never_set(at(1_546_300_801)).unwrap().contains("says 2019"));
        assert!(never_set(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).is_some());
        assert_eq!(never_set(at(1_577_836_800)), None);
    }
}
