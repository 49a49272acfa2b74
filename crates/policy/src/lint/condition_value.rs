//! Texts that condition operators understand: dates, numbers, address ranges, base64. Compares nothing.

use std::net::IpAddr;

pub(super) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(part)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Seconds since 1970; four digits are a year.
pub(super) fn is_epoch(text: &str) -> bool {
    text.len() > 4 && is_number(text)
}

/// The profiles of ISO 8601 that the W3C lists (<https://www.w3.org/TR/NOTE-datetime>): `YYYY` to
/// `YYYY-MM-DDThh:mm:ss.s` with a zone.
pub(super) fn is_date(text: &str) -> bool {
    let (day, time) = text
        .split_once('T')
        .map_or((text, None), |(day, time)| (day, Some(time)));
    let mut parts = day.split('-');
    let year = parts.next().is_some_and(|year| year.len() == 4 && digits(year));
    let month = parts.next().is_none_or(|month| within(month, 1, 12));
    let day = parts.next().map(|day| within(day, 1, 31));
    let whole = year && month && day != Some(false) && parts.next().is_none();
    match time {
        None => whole,
        Some(time) => whole && day == Some(true) && is_time(time),
    }
}

fn within(text: &str, low: u8, high: u8) -> bool {
    text.len() == 2 && digits(text) && text.parse::<u8>().is_ok_and(|n| (low..=high).contains(&n))
}

fn is_time(text: &str) -> bool {
    let clock = match text.strip_suffix('Z') {
        Some(clock) => clock,
        // A zone may be left out: AWS reads such a time as one of UTC.
        None => match text.find(['+', '-']).map(|at| text.split_at(at)) {
            Some((clock, zone)) => {
                let zone: String = zone.chars().filter(char::is_ascii_digit).collect();
                let (hours, minutes) = zone.split_at(zone.len().min(2));
                if !within(hours, 0, 23) || !within(minutes, 0, 59) {
                    return false;
                }
                clock
            }
            None => text,
        },
    };
    let mut parts = clock.split(':');
    let hour = parts.next().is_some_and(|hour| within(hour, 0, 24));
    let minute = parts.next().is_some_and(|minute| within(minute, 0, 59));
    let second = parts.next().is_none_or(|second| {
        let (second, part) = second.split_once('.').unwrap_or((second, "0"));
        within(second, 0, 60) && digits(part)
    });
    hour && minute && second && parts.next().is_none()
}

pub(super) fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    text.len().is_multiple_of(4)
        && padding <= 2
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

/// An address with the number of its leading bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    address: IpAddr,
    bits: u8,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(a, bits)| (a, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if digits(bits) => bits.parse().ok().filter(|bits| *bits <= most)?,
            Some(_) => return None,
        };
        Some(Self { address, bits })
    }

    /// With the bits that do not count set to nought.
    pub(super) fn trimmed(self) -> Self {
        let address = match self.address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                IpAddr::V4((v4.to_bits() & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                IpAddr::V6((v6.to_bits() & mask).into())
            }
        };
        Self { address, ..self }
    }

    /// Whether every address of it is private: never seen by a service as a caller's.
    pub(super) fn is_private(self) -> bool {
        const PRIVATE: [&str; 6] = [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fc00::/7",
        ];
        PRIVATE
            .iter()
            .filter_map(|text| Self::parse(text))
            .any(|private| {
                private.bits <= self.bits
                    && private.address.is_ipv4() == self.address.is_ipv4()
                    && (Self {
                        bits: private.bits,
                        ..self
                    })
                    .trimmed()
                    .address
                        == private.address
            })
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, is_base64, is_date, is_epoch, is_number};

    #[test]
    fn dates_are_told_from_epochs() {
        for date in [
            "2026",
            "2026-11",
            "2026-11-23",
            "2026-11-23T18:00Z",
            "2026-11-23T18:00:00.5+01:00",
            "2026-11-23T18:00:00",
        ] {
            assert!(is_date(date) && !is_epoch(date), "{date}");
        }
        for other in [
            "",
            "20261123",
            "2026-13",
            "23.11.2026",
            "2026-11-23T",
            "tomorrow",
            "2026-11T18:00Z",
            "2026-11-23T18:00+1",
        ] {
            assert!(!is_date(other), "{other}");
        }
        assert!(is_epoch("1795372800") && !is_epoch("2026-11-23"));
    }

    #[test]
    fn numbers_and_bytes() {
        assert!(is_number("-3.5") && is_number("100"));
        assert!(!is_number("") && !is_number("1e3") && !is_number("ten") && !is_number("1."));
        assert!(is_base64("QUJD") && is_base64("QUI="));
        assert!(!is_base64("QUI") && !is_base64("no base64"));
    }

    #[test]
    fn ranges() {
        let range = |text: &str| Range::parse(text).unwrap();
        assert_eq!(range("203.0.113.7/24").trimmed().to_string(), "203.0.113.0/24");
        assert_eq!(range("2001:db8::1/32").trimmed().to_string(), "2001:db8::/32");
        assert_eq!(range("8.8.8.8/0").trimmed().to_string(), "0.0.0.0/0");
        assert!(range("10.1.2.3").is_private() && range("fd00::/8").is_private());
        assert!(
            !range("10.0.0.0/7").is_private()
                && !range("11.0.0.0/8").is_private()
                && !range("0.0.0.0/0").is_private()
        );
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/",
            "host",
            "10.0.0.0/+8",
        ] {
            assert!(Range::parse(wrong).is_none(), "{wrong}");
        }
    }
}
