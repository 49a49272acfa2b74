//! An encryption as one line of text that can be kept and read again. It must not be shown to a store.

use std::fmt::Write as _;

use crate::encryption::{Encryption, Kms};

impl Encryption {
    /// One line that [`from_text`](Self::from_text) reads again: `none`, `aes256`, or `kms:` and the key, with the
    /// options that were set behind it. It does not change between versions of this crate.
    #[must_use]
    pub fn to_text(&self) -> String {
        let kms = match self {
            Self::BucketDefault => return "none".to_owned(),
            Self::Aes256 => return "aes256".to_owned(),
            Self::Kms(kms) => kms,
        };
        let mut text = format!("kms:{}", kms.key_id);
        if let Some(used) = kms.bucket_key {
            let _ = write!(text, " bucket-key={used}");
        }
        if kms.dsse {
            text.push_str(" dsse");
        }
        for (name, value) in &kms.context {
            let _ = write!(text, " context:{}={}", escaped(name), escaped(value));
        }
        text
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` if it is something else, or from a newer version.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "none" => return Some(Self::BucketDefault),
            "aes256" => return Some(Self::Aes256),
            _ => {}
        }
        let mut words = text.strip_prefix("kms:")?.split(' ');
        let mut kms = Kms::new(words.next()?);
        for word in words {
            kms = match word {
                "bucket-key=true" => kms.bucket_key(true),
                "bucket-key=false" => kms.bucket_key(false),
                "dsse" => kms.dsse(true),
                other => {
                    let (name, value) = other.strip_prefix("context:")?.split_once('=')?;
                    kms.context(unescaped(name)?, unescaped(value)?)
                }
            };
        }
        Some(Self::Kms(kms))
    }
}

/// Letters and digits of ASCII stay; every other byte becomes `%` and two hexadecimal digits.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02x}");
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_comes_back_from_its_text() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
        for (encryption, text) in [
            (Encryption::BucketDefault, "none".to_owned()),
            (Encryption::Aes256, "aes256".to_owned()),
            (Kms::new(key).into(), format!("kms:{key}")),
            (
                Kms::new(key).bucket_key(false).into(),
                format!("kms:{key} bucket-key=false"),
            ),
            (Kms::new(key).dsse(true).into(), format!("kms:{key} dsse")),
            (
                Kms::new(key)
                    .bucket_key(true)
                    .context("a b", "c=é%")
                    .context("t", "x")
                    .into(),
                format!("kms:{key} bucket-key=true context:a%20b=c%3d%c3%a9%25 context:t=x"),
            ),
        ] {
            assert_eq!(encryption.to_text(), text);
            assert_eq!(Encryption::from_text(&text), Some(encryption));
        }
    }

    #[test]
    fn what_a_newer_version_wrote_is_not_guessed_at() {
        for text in [
            "",
            "kms",
            "kms:k new=1",
            "kms:k context:a",
            "kms:k context:a=%4",
            "AES256",
        ] {
            assert_eq!(Encryption::from_text(text), None, "{text}");
        }
    }
}
