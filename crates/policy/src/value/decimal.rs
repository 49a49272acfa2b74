//! Decimal numbers, compared exactly.

/// A decimal of up to 18 digits before and 18 after the point, as an integer of 10^-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const FRACTION_DIGITS: usize = 18;

impl Decimal {
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

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn decimals_compare_by_value() {
        let parse = |text| Decimal::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(parse("1000"), parse("+1000.000"));
        assert_eq!(parse("0"), parse("-0"));
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
