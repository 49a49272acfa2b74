//! Points in time as policies write them: the W3C profiles of ISO 8601, or seconds since 1970.

/// Nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(i128);

const SECOND: i128 = 1_000_000_000;

impl Instant {
    /// `2026`, `2026-11`, `2026-11-23`, `2026-11-23T18:30Z`, `2026-11-23T18:30:00.5+01:00`
    /// (<https://www.w3.org/TR/NOTE-datetime>), or epoch seconds. Four digits are a year. A time without an offset counts
    /// as UTC.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_ascii() {
            Self::iso(text).or_else(|| Self::epoch(text))
        } else {
            None
        }
    }

    /// Instants around these: each of them, one between any two neighbours, one before and one after all.
    pub(crate) fn around(known: &[Self]) -> Vec<Self> {
        let mut known: Vec<i128> = known.iter().map(|instant| instant.0).collect();
        known.sort_unstable();
        known.dedup();
        let mut all = Vec::new();
        if let (Some(first), Some(last)) = (known.first(), known.last()) {
            all.extend([first - SECOND, first - 1, last + SECOND, last + 1]);
        }
        for pair in known.windows(2) {
            if let [low, high] = pair {
                let middle = low + (high - low) / 2;
                let whole = middle - middle.rem_euclid(SECOND);
                all.extend([middle, whole].into_iter().filter(|at| low < at && at < high));
            }
        }
        all.extend(known);
        all.into_iter().map(Self).collect()
    }

    /// In seconds since 1970, as policies can write it.
    pub(crate) fn to_epoch(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        let (seconds, nanos) = (all / SECOND.unsigned_abs(), all % SECOND.unsigned_abs());
        // Four digits alone would be a year.
        if nanos == 0 && seconds > 9_999 {
            return format!("{sign}{seconds}");
        }
        let fraction = format!("{nanos:09}");
        let fraction = fraction.trim_end_matches('0');
        format!(
            "{sign}{seconds}.{}",
            if fraction.is_empty() { "0" } else { fraction }
        )
    }

    /// Whether the text is one of seconds since 1970 rather than a date.
    pub(crate) fn is_epoch(text: &str) -> bool {
        Self::iso(text).is_none() && Self::epoch(text).is_some()
    }

    fn epoch(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits
            .split_once('.')
            .map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let seconds = number(whole, 1..=15)?;
        let value = i128::from(seconds) * SECOND + fraction.map_or(Some(0), nanos)?;
        Some(Self(if negative { -value } else { value }))
    }

    fn iso(text: &str) -> Option<Self> {
        let (date, time) = text
            .split_once('T')
            .map_or((text, None), |(date, time)| (date, Some(time)));
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4..=4)?;
        let month = parts.next().map_or(Some(1), |text| number(text, 2..=2))?;
        let day = parts.next().map_or(Some(1), |text| number(text, 2..=2))?;
        if parts.next().is_some() || (time.is_some() && date.len() != 10) {
            return None;
        }
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        let midnight = i128::from(days_from_epoch(year, month, day)) * 86_400 * SECOND;
        Some(Self(midnight + time.map_or(Some(0), time_of_day)?))
    }
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    (digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The digits after a decimal point, in nanoseconds; more than nine are cut off.
fn nanos(text: &str) -> Option<i128> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = text.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |value, digit| value * 10 + i128::from(digit - b'0')))
}

/// `18:30`, `18:30:00`, `18:30:00.25`, each with `Z`, `+01:00`, `+0100` or nothing; in nanoseconds of UTC.
fn time_of_day(text: &str) -> Option<i128> {
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, "Z"),
    };
    let (clock, fraction) = clock
        .split_once('.')
        .map_or((clock, None), |(clock, rest)| (clock, Some(rest)));
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2..=2)?;
    let minute = number(parts.next()?, 2..=2)?;
    let second = parts.next().map_or(Some(0), |text| number(text, 2..=2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = hour * 3_600 + minute * 60 + second - offset_seconds(offset)?;
    Some(i128::from(seconds) * SECOND + fraction.map_or(Some(0), nanos)?)
}

fn offset_seconds(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let (hours, minutes) = (number(hours, 2..=2)?, number(minutes, 2..=2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar since 1970-01-01, by counting 400-year eras that begin in March.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn the_same_moment_in_all_its_forms() {
        let parse = |text| Instant::parse(text).unwrap_or_else(|| panic!("{text}"));
        for text in [
            "2012-10-17T00:00:00Z",
            "2012-10-17T00:00Z",
            "2012-10-17",
            "2012-10-17T02:00:00+02:00",
            "2012-10-16T19:30:00.000-04:30",
            "2012-10-17T01:00:00+0100",
            "1350432000",
            "1350432000.0",
        ] {
            assert_eq!(parse(text), parse("2012-10-17T00:00:00Z"), "{text}");
        }
        assert_eq!(parse("2020"), parse("2020-01-01"));
        assert_eq!(parse("1970-01-01"), parse("0"));
        assert_eq!(parse("1969-12-31T23:59:59Z"), parse("-1"));
        assert_eq!(parse("2000-03-01"), parse("951868800"));
        assert!(parse("2012-10-17T00:00:00.5Z") > parse("2012-10-17T00:00:00.499999Z"));
        for bad in [
            "",
            "not a date",
            "2012-13",
            "2012-02-30",
            "2012-10-17T",
            "2012-10T00:00Z",
            "2012-10-17T24:00Z",
            "-",
            "1.",
            "20121017T000000Z",
            "2030-02-31",
            "2030-01-01T24:00:00Z",
            "+99999999999",
        ] {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
        for text in [
            "2012-10-17T00:00:00Z",
            "1970-01-01",
            "2000",
            "1969-12-31T23:59:59.25Z",
            "1970-01-01T00:00:07Z",
        ] {
            let instant = Instant::parse(text).unwrap();
            assert_eq!(Instant::parse(&instant.to_epoch()), Some(instant), "{text}");
        }
        assert!(Instant::is_epoch("1795372800") && !Instant::is_epoch("2026") && !Instant::is_epoch("later"));
    }
}
