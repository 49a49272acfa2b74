//! `Hour`: the UTC hour in which an event was queued, as it stands in an object's key.
//! It must not read a clock: admission stamps it once.

use std::fmt;
use std::str::FromStr;

const HOURS_PER_DAY: u32 = 24;
const SECONDS_PER_HOUR: u64 = 3_600;

/// A UTC hour, counted from 1970-01-01T00.
///
/// Displayed as the `date=` of an object's key has it:
///
/// ```
/// use bucketline_spool::Hour;
///
/// let hour = Hour::from_unix_seconds(1_795_457_640);
/// assert_eq!(hour.to_string(), "2026-11-23-18");
/// assert_eq!("2026-11-23-18".parse::<Hour>()?, hour);
/// # Ok::<(), bucketline_spool::HourError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(u32);

impl Hour {
    /// The hour that many hours after 1970-01-01T00 UTC.
    #[must_use]
    pub const fn new(hours: u32) -> Self {
        Self(hours)
    }

    /// Hours since 1970-01-01T00 UTC.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The hour that holds this Unix time; the last hour that can be counted for a time beyond it.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(u32::try_from(seconds / SECONDS_PER_HOUR).unwrap_or(u32::MAX))
    }

    /// Unix time of the hour's first second.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        u64::from(self.0) * SECONDS_PER_HOUR
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0 / HOURS_PER_DAY);
        write!(f, "{year:04}-{month:02}-{day:02}-{:02}", self.0 % HOURS_PER_DAY)
    }
}

impl FromStr for Hour {
    type Err = HourError;

    /// Reads `YYYY-MM-DD-HH`, with exactly these digits, from 1970 on.
    fn from_str(text: &str) -> Result<Self, HourError> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Option<u32> {
            let part = parts.next()?;
            let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse().ok() } else { None }
        };
        let fields = (number(4), number(2), number(2), number(2));
        let (Some(year), Some(month), Some(day), Some(hour)) = fields else {
            return Err(HourError(()));
        };
        if parts.next().is_some() || year < 1970 || hour >= HOURS_PER_DAY {
            return Err(HourError(()));
        }
        let days = days_from_civil(year, month, day).ok_or(HourError(()))?;
        // A day that the month does not have comes back as another one.
        if civil_from_days(days) != (year, month, day) {
            return Err(HourError(()));
        }
        Ok(Self(days * HOURS_PER_DAY + hour))
    }
}

/// A text that is not an hour of the form `YYYY-MM-DD-HH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an hour of the form `YYYY-MM-DD-HH` from 1970 on")]
pub struct HourError(());

/// The proleptic Gregorian date of a day counted from 1970-01-01, by the usual reckoning in eras of 400 years that
/// begin on the first of March.
fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil_from_days`] for years from 1970 to 9999; a month or day out of range gives `None` or the
/// number of another date.
fn days_from_civil(year: u32, month: u32, day: u32) -> Option<u32> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hours() {
        for (hours, text) in [
            (0, "1970-01-01-00"),
            (24 * 59 - 1, "1970-02-28-23"),
            (24 * 59, "1970-03-01-00"),
            (24 * 789, "1972-02-29-00"),
            (24 * 11_016, "2000-02-29-00"),
            (24 * 11_017, "2000-03-01-00"),
            (498_738, "2026-11-23-18"),
        ] {
            assert_eq!(Hour::new(hours).to_string(), text);
            assert_eq!(text.parse(), Ok(Hour::new(hours)));
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in 0..146_097 {
            let hour = Hour::new(day * 24 + day % 24);
            assert_eq!(hour.to_string().parse(), Ok(hour));
        }
    }

    #[test]
    fn refuses_what_is_no_hour() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23-24",
            "2026-13-01-00",
            "2026-02-29-00",
            "2026-00-10-00",
            "2026-04-31-00",
            "1969-12-31-23",
            "2026-1-23-18",
            "+026-11-23-18",
            "2026-11-23-18-",
            "2026-11-23-18-00",
            "1970-01-00-00",
        ] {
            assert_eq!(text.parse::<Hour>(), Err(HourError(())), "{text}");
        }
    }
}
