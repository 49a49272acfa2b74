//! Durations as people write them: a whole number and one unit, `48h`, `5m`, `30s`, `2d`, `250ms`.

use std::time::Duration;

/// A text that is not a duration, with what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADuration;

impl std::fmt::Display for NotADuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a duration: write a whole number and a unit (ms, s, m, h, d), as in `48h`")
    }
}

impl std::error::Error for NotADuration {}

/// Reads a duration. Zero is one; anything over what fits in 64 bits of milliseconds is not.
///
/// # Errors
/// [`NotADuration`] for anything else than digits followed by a unit.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or(NotADuration)?;
    let number: u64 = number.parse().map_err(|_| NotADuration)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(NotADuration),
    };
    number
        .checked_mul(millis)
        .map(Duration::from_millis)
        .ok_or(NotADuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (text, millis) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("5m", 300_000),
            ("48h", 172_800_000),
            ("2d", 172_800_000),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "48",
            "h",
            "48 h",
            "1.5h",
            "-1h",
            "48H",
            "1h30m",
            "99999999999999999999s",
            "999999999999999999d",
        ] {
            assert_eq!(parse(text), Err(NotADuration), "{text}");
        }
    }
}
