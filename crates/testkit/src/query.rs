//! Percent-encoded text: paths, query strings and form bodies.
//!
//! Knows nothing of what the names mean.

/// The decoded text of a path. What is not UTF-8 after decoding is replaced, as it will match no name.
pub(crate) fn decode_path(path: &str) -> String {
    decode(path, false)
}

/// The decoded pairs of a query string or form body, in order.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name, true), decode(value, true))
    })
}

/// The first value of `name` in a query string.
pub(crate) fn value(query: Option<&str>, name: &str) -> Option<String> {
    pairs(query?)
        .find(|(found, _)| found == name)
        .map(|(_, value)| value)
}

/// Percent-encodes all but the characters that S3 leaves alone with `encoding-type=url`.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'*' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            // Writing to a String cannot fail.
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn decode(text: &str, plus_is_space: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let mut ahead = bytes.clone();
                match (ahead.next().and_then(hex), ahead.next().and_then(hex)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        bytes = ahead;
                    }
                    _ => out.push(byte),
                }
            }
            b'+' if plus_is_space => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_their_plus_and_forms_do_not() {
        assert_eq!(decode_path("/b/a+b%20c%2Fd"), "/b/a+b c/d");
        let pairs: Vec<_> = pairs("Action=AssumeRole&Name=a+b%2B&Empty").collect();
        assert_eq!(
            pairs,
            [
                ("Action".into(), "AssumeRole".into()),
                ("Name".into(), "a b+".into()),
                ("Empty".into(), String::new())
            ]
        );
    }

    #[test]
    fn a_broken_escape_stays_as_it_is() {
        assert_eq!(decode_path("a%2"), "a%2");
        assert_eq!(decode_path("a%zzb"), "a%zzb");
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        let key = "currents/date=2026-11-23-18/a b+c%~é.avro";
        assert_eq!(decode(&encode(key), true), key);
    }
}
