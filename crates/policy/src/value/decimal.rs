//! Decimal numbers, compared exactly.

use std::fmt;

/// A decimal of up to 18 digits before and 18 after the point, as an integer of 10^-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const FRACTION_DIGITS: usize = 18;

impl Decimal {
    /// Numbers around these: each of them, one between any two neighbours, one below and one above all. Between them
    /// nothing changes for who compares with these alone.
    pub(crate) fn around(known: &[Self]) -> Vec<Self> {
        const ONE: i128 = 1_000_000_000_000_000_000;
        let mut known: Vec<i128> = known.iter().map(|number| number.0).collect();
        known.sort_unstable();
        known.dedup();
        let mut all = Vec::new();
        if let (Some(first), Some(last)) = (known.first(), known.last()) {
            all.extend([first - ONE, first - 1, last + ONE, last + 1]);
        }
        for pair in known.windows(2) {
            if let [low, high] = pair {
                let middle = low + (high - low) / 2;
                let whole = middle - middle.rem_euclid(ONE);
                all.extend([middle, whole].into_iter().filter(|at| low < at && at < high));
            }
        }
        all.extend(known);
        all.into_iter().map(Self).collect()
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() && fraction.is_empty()
            || digits.ends_with('.')
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 18 || fraction.len() > FRACTION_DIGITS {
            return None;
        }
        let mut value: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            value = value * 10 + i128::from(digit - b'0');
        }
        for _ in fraction.len()..FRACTION_DIGITS {
            value *= 10;
        }
        Some(Self(if negative { -value } else { value }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:019}", self.0.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len() - FRACTION_DIGITS);
        let sign = if self.0 < 0 { "-" } else { "" };
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn decimals_compare_by_value() {
        let parse = |text| Decimal::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(parse("1000"), parse("+1000.000"));
        assert_eq!(parse("0"), parse("-0"));
        for text in [
            "0",
            "-1.5",
            "0.05",
            "1000",
            "-999999999999999999.000000000000000001",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
        let around = Decimal::around(&[parse("1"), parse("2"), parse("9")]);
        for text in ["0", "1", "1.5", "2", "5", "9", "10"] {
            assert!(around.contains(&parse(text)), "{text}");
        }
        assert!(parse("-1.5") < parse("-1.25"));
        assert!(parse("0.1") < parse(".11"));
        assert!(parse("999999999999999999") > parse("999999999999999998.9"));
        for bad in [
            "",
            "-",
            ".",
            "1.",
            "1e3",
            "abc",
            "1,000",
            "1 ",
            "0x10",
            "1000000000000000000",
        ] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }
}
