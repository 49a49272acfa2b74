//! A moment, in milliseconds of UTC, written as RFC 3339. Reads no clock.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The last moment that RFC 3339 can write: the end of the year 9999.
const MAX_MILLIS: u64 = 253_402_300_799_999;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. `Display` and serde write RFC 3339 in UTC, to the second.
///
/// ```
/// use bucketline_notify::Timestamp;
///
/// assert_eq!(Timestamp::from_millis(1_793_491_200_750).to_string(), "2026-11-01T00:00:00Z");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Takes milliseconds since 1970; what lies behind the year 9999 becomes its end.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis.min(MAX_MILLIS))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, as `webhook-timestamp` has them.
    #[must_use]
    pub fn as_seconds(self) -> u64 {
        self.0 / 1_000
    }

    /// The moment `later` from this one.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        let millis = u64::try_from(later.as_millis()).unwrap_or(u64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// How long it is from `earlier` to this moment; nothing if that lies behind it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// A time before 1970 becomes 1970.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self::default().after(since)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.as_seconds()).map_err(|_| fmt::Error)?;
        let date = OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| fmt::Error)?;
        f.write_str(&date.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = OffsetDateTime::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)?;
        let millis = date.unix_timestamp_nanos() / 1_000_000;
        Ok(Self::from_millis(u64::try_from(millis).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_and_read_as_rfc_3339() {
        let at = Timestamp::from_millis(1_793_491_200_000);
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-11-01T00:00:00Z\"");
        let read: Timestamp = serde_json::from_str("\"2026-11-01T02:00:00+02:00\"").unwrap();
        assert_eq!(read, at);
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }

    #[test]
    fn no_moment_is_too_late_to_be_written() {
        assert_eq!(
            Timestamp::from_millis(u64::MAX).to_string(),
            "9999-12-31T23:59:59Z"
        );
        let end = Timestamp::from_millis(u64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
    }
}
