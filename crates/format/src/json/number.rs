//! JSON numbers as integers and as floating-point values.
//! Every rule about rounding and range is here.

use super::Cursor;
use crate::mismatch::MismatchReason;

impl<'a> Cursor<'a> {
    /// A whole number of at most 64 bits. A fraction or an exponent makes it another type, even where it comes out whole (`1.0`).
    pub(crate) fn integer(&mut self) -> Result<i64, MismatchReason> {
        let token = self.number()?;
        let (negative, digits) = match token.split_first() {
            Some((b'-', digits)) => (true, digits),
            _ => (false, token),
        };
        // Most numbers are times and counts: up to 18 digits cannot overflow.
        if digits.len() <= 18 {
            let mut value = 0i64;
            for &digit in digits {
                if !digit.is_ascii_digit() {
                    return Err(MismatchReason::WrongType);
                }
                value = value * 10 + i64::from(digit - b'0');
            }
            return Ok(if negative { -value } else { value });
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(MismatchReason::WrongType);
        }
        ascii(token).parse().map_err(|_| MismatchReason::OutOfRange)
    }

    /// The nearest 32-bit value (ties to even), rounded once from the decimal text.
    pub(crate) fn float(&mut self) -> Result<f32, MismatchReason> {
        let value: f32 = ascii(self.number()?)
            .parse()
            .map_err(|_| MismatchReason::NotJson)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(MismatchReason::OutOfRange)
        }
    }

    /// The nearest 64-bit value (ties to even).
    pub(crate) fn double(&mut self) -> Result<f64, MismatchReason> {
        let value: f64 = ascii(self.number()?)
            .parse()
            .map_err(|_| MismatchReason::NotJson)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(MismatchReason::OutOfRange)
        }
    }

    /// A number's text by JSON's grammar, which has no `+`, no leading zeros, no bare points and no words.
    fn number(&mut self) -> Result<&'a [u8], MismatchReason> {
        let rest = self.rest();
        let mut at = usize::from(rest.first() == Some(&b'-'));
        let whole = digits(rest, at);
        if whole == 0 || (whole > 1 && rest.get(at) == Some(&b'0')) {
            return Err(MismatchReason::NotJson);
        }
        at += whole;
        if rest.get(at) == Some(&b'.') {
            let fraction = digits(rest, at + 1);
            if fraction == 0 {
                return Err(MismatchReason::NotJson);
            }
            at += 1 + fraction;
        }
        if matches!(rest.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(rest.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(rest, at);
            if exponent == 0 {
                return Err(MismatchReason::NotJson);
            }
            at += exponent;
        }
        self.at += at;
        Ok(rest.get(..at).unwrap_or_default())
    }
}

fn digits(bytes: &[u8], from: usize) -> usize {
    bytes
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

fn ascii(token: &[u8]) -> &str {
    // INVARIANT: a number's token is ASCII, by the grammar above; the empty text parses as no number.
    str::from_utf8(token).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let cases = [
            ("0", 0),
            ("-0", 0),
            ("7", 7),
            ("-42", -42),
            ("999999999999999999", 999_999_999_999_999_999),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ];
        for (json, value) in cases {
            assert_eq!(Cursor::new(json).integer(), Ok(value), "{json}");
        }
        for json in ["1.0", "1e2", "1E2", "12345678901234567890.5"] {
            assert_eq!(
                Cursor::new(json).integer(),
                Err(MismatchReason::WrongType),
                "{json}"
            );
        }
        for json in [
            "9223372036854775808",
            "-9223372036854775809",
            "1000000000000000000000",
        ] {
            assert_eq!(
                Cursor::new(json).integer(),
                Err(MismatchReason::OutOfRange),
                "{json}"
            );
        }
    }

    #[test]
    fn floats_are_rounded_once_and_never_infinite() {
        assert_eq!(Cursor::new("9.99").float(), Ok(9.99));
        assert_eq!(
            Cursor::new("-0.0").float().map(f32::to_bits),
            Ok((-0.0f32).to_bits())
        );
        assert_eq!(
            Cursor::new("-0").float().map(f32::to_bits),
            Ok((-0.0f32).to_bits())
        );
        assert_eq!(Cursor::new("16777217").float(), Ok(16_777_216.0));
        // Through 64 bits this would be a tie, and come out one step lower.
        assert_eq!(Cursor::new("1.00000005960464477540").float(), Ok(1.000_000_1));
        assert_eq!(Cursor::new("1e-60").float(), Ok(0.0));
        assert_eq!(Cursor::new("3.4028235e38").float(), Ok(f32::MAX));
        assert_eq!(Cursor::new("3.5e38").float(), Err(MismatchReason::OutOfRange));
        assert_eq!(Cursor::new("-1e999").double(), Err(MismatchReason::OutOfRange));
        assert_eq!(Cursor::new("1.7976931348623157e308").double(), Ok(f64::MAX));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for json in [
            "",
            "-",
            "+1",
            "01",
            "-01",
            ".5",
            "1.",
            "1.e1",
            "1e",
            "1e+",
            "NaN",
            "Infinity",
            "-Infinity",
            "0x1",
        ] {
            let mut cursor = Cursor::new(json);
            assert!(cursor.float().and_then(|_| cursor.end()).is_err(), "{json}");
        }
    }
}
