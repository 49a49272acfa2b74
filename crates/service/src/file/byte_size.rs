//! Sizes as people write them: a whole number and one unit, `256MB`, `80GB`, `64MiB`. Knows nothing of what they are for.

/// A text that is not a size, with what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotASize;

impl std::fmt::Display for NotASize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a size: write a whole number and a unit (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB), as in `256MB`")
    }
}

impl std::error::Error for NotASize {}

/// Reads a size in bytes. Zero is one; anything over what fits in 64 bits is not.
///
/// # Errors
/// [`NotASize`] for anything else than digits followed by a unit.
pub(crate) fn parse(text: &str) -> Result<u64, NotASize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or(NotASize)?;
    let number: u64 = number.parse().map_err(|_| NotASize)?;
    let bytes: u64 = match unit {
        "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(NotASize),
    };
    number.checked_mul(bytes).ok_or(NotASize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (text, bytes) in [
            ("0B", 0),
            ("512B", 512),
            ("256MB", 256_000_000),
            ("80GB", 80_000_000_000),
            ("64MiB", 67_108_864),
            ("1TiB", 1_099_511_627_776),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "256",
            "MB",
            "256 MB",
            "1.5GB",
            "-1MB",
            "256mb",
            "256M",
            "99999999999TB",
        ] {
            assert_eq!(parse(text), Err(NotASize), "{text}");
        }
    }
}
