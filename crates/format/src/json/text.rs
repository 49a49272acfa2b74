//! JSON strings: finding their end, and undoing their escapes.
//! Knows nothing of what a string is for.

use super::Cursor;
use crate::mismatch::MismatchReason;

/// What stands between the quotes of a string.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    /// Exactly the string's bytes.
    Plain(&'a [u8]),
    /// The string's bytes with escapes in them, not yet checked.
    Escaped(&'a [u8]),
}

impl<'a> Cursor<'a> {
    /// A string, from behind its opening quote to behind its closing one.
    pub(crate) fn text(&mut self) -> Result<Text<'a>, MismatchReason> {
        let rest = self.rest();
        let mut len = plain_len(rest);
        let mut escaped = false;
        loop {
            match rest.get(len) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    // Whatever follows the backslash belongs to the escape, a quote included.
                    len += 2;
                    len += plain_len(rest.get(len..).unwrap_or_default());
                }
                // A bare control character, or no closing quote.
                _ => return Err(MismatchReason::NotJson),
            }
        }
        self.at += len + 1;
        let inner = rest.get(..len).unwrap_or_default();
        Ok(if escaped {
            Text::Escaped(inner)
        } else {
            Text::Plain(inner)
        })
    }
}

const ONES: u64 = u64::MAX / 0xff;

/// How many bytes come before the first quote, backslash or control character.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    let mut len = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The classic "has a zero byte" test. A borrow may mark bytes above the first hit, never below it, so the lowest is right.
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let hits = ((quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word))
            & (ONES << 7);
        if hits != 0 {
            return len + (hits.trailing_zeros() / 8) as usize;
        }
        len += 8;
    }
    len + tail
        .iter()
        .take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20))
        .count()
}

/// Appends a string's bytes with its escapes undone.
pub(crate) fn unescape(escaped: &[u8], out: &mut Vec<u8>) -> Result<(), MismatchReason> {
    let mut rest = escaped;
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(plain);
        let (&code, after) = match escape {
            [_, code, after @ ..] => (code, after),
            _ => return Err(MismatchReason::NotJson),
        };
        rest = after;
        out.push(match code {
            b'"' | b'\\' | b'/' => code,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let scalar = scalar(&mut rest)?;
                out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return Err(MismatchReason::NotJson),
        });
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// The character of a `\u` escape, with the second half of a surrogate pair where there is one.
fn scalar(rest: &mut &[u8]) -> Result<char, MismatchReason> {
    let first = unit(rest)?;
    let code = match first {
        0xd800..0xdc00 => {
            *rest = rest.strip_prefix(b"\\u").ok_or(MismatchReason::InvalidText)?;
            let second = unit(rest)?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(MismatchReason::InvalidText);
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        }
        _ => first,
    };
    char::from_u32(code).ok_or(MismatchReason::InvalidText)
}

/// Four hexadecimal digits.
fn unit(rest: &mut &[u8]) -> Result<u32, MismatchReason> {
    let (digits, after) = rest.split_first_chunk::<4>().ok_or(MismatchReason::NotJson)?;
    *rest = after;
    digits.iter().try_fold(0, |code, &digit| {
        let digit = char::from(digit).to_digit(16).ok_or(MismatchReason::NotJson)?;
        Ok(code << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<String, MismatchReason> {
        let mut cursor = Cursor::new(json);
        assert_eq!(cursor.next(), Ok(b'"'));
        let mut out = Vec::new();
        match cursor.text()? {
            Text::Plain(bytes) => out.extend_from_slice(bytes),
            Text::Escaped(bytes) => unescape(bytes, &mut out)?,
        }
        cursor.end()?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn strings_end_at_their_own_quote_wherever_it_falls() {
        for len in 0..40 {
            for special in ["", "\\\"", "\\\\", "é", "\u{1f600}"] {
                let inner = format!("{}{special}{}", "a".repeat(len), "b".repeat(len % 9));
                let expected = inner.replace("\\\"", "\"").replace("\\\\", "\\");
                assert_eq!(read(&format!("\"{inner}\"")).unwrap(), expected);
            }
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            read(r#""\"\\\/\b\f\n\r\t\u00e9\u0000\ud83d\ude00\uD83D\uDE00""#).unwrap(),
            "\"\\/\u{8}\u{c}\n\r\té\0😀😀"
        );
    }

    #[test]
    fn what_is_not_a_string_is_refused() {
        use MismatchReason::{InvalidText, NotJson};
        let cases = [
            ("\"", NotJson),
            ("\"abc", NotJson),
            ("\"abc\\", NotJson),
            ("\"abc\\\"", NotJson),
            ("\"a\nb\"", NotJson),
            ("\"aaaaaaaaaaaaaaa\u{1f}\"", NotJson),
            (r#""\x""#, NotJson),
            (r#""\u12""#, NotJson),
            (r#""\u+123""#, NotJson),
            (r#""\u12g4""#, NotJson),
            (r#""\ud83d""#, InvalidText),
            (r#""\ud83dx""#, InvalidText),
            (r#""\ud83d\n""#, InvalidText),
            (r#""\ud83d\ud83d""#, InvalidText),
            (r#""\ude00""#, InvalidText),
        ];
        for (json, reason) in cases {
            assert_eq!(read(json), Err(reason), "{json:?}");
        }
    }
}
