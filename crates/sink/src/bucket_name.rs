//! The name of a bucket. It must not know whether that bucket exists.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::Error;

/// The name of a general purpose bucket, by [AWS's
/// rules](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html); stores behind a
/// custom endpoint are held to the same ones.
///
/// 3 to 63 lower-case letters, digits, `-` and `.`; begins and ends with a letter or digit; no two dots side
/// by side; not shaped like an IPv4 address; none of the reserved prefixes and suffixes. Directory buckets
/// (`--x-s3`) and multi-region access points (`.mrap`) are refused by name: conditional writes or consistency
/// differ there. For access points see [`BucketAddress`](crate::BucketAddress).
///
/// ```
/// use bucketline_sink::BucketName;
///
/// let bucket: BucketName = "acme-events".parse()?;
/// assert_eq!(bucket.as_str(), "acme-events");
/// assert!("Acme_Events".parse::<BucketName>().is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketName(String);

impl BucketName {
    /// Checks `text` and makes it a bucket name.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: the text breaks one of the rules above; the message says which.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        match fault_of(&text) {
            None => Ok(Self(text)),
            Some(fault) => {
                let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
                Err(Error::invalid(format!("`{shown}` is not a bucket name: {fault}")))
            }
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const RESERVED_PREFIXES: [(&str, &str); 3] = [
    ("xn--", "AWS reserves the prefix `xn--`"),
    ("sthree-", "AWS reserves the prefix `sthree-`"),
    (
        "amzn-s3-demo-",
        "`amzn-s3-demo-` marks a placeholder of AWS's documentation; put the bucket's own name",
    ),
];

const RESERVED_SUFFIXES: [(&str, &str); 6] = [
    (
        "-s3alias",
        "it is the alias of an access point, not a bucket's name",
    ),
    (
        "--ol-s3",
        "it is an Object Lambda access point alias; put the bucket's own name",
    ),
    ("--x-s3", "directory buckets are not supported"),
    ("--xa-s3", "access points of directory buckets are not supported"),
    ("--table-s3", "table buckets are not supported"),
    (".mrap", "multi-region access points are not supported"),
];

fn fault_of(text: &str) -> Option<&'static str> {
    if text.starts_with("s3://") {
        return Some("leave out `s3://`");
    }
    if text.starts_with("arn:") {
        return Some("put the bucket's name, not its ARN");
    }
    if !(3..=63).contains(&text.len()) {
        return Some("it has to have 3 to 63 characters");
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    {
        return Some("only lower-case letters, digits, `-` and `.` may occur");
    }
    if text.starts_with(['-', '.']) || text.ends_with(['-', '.']) {
        return Some("it has to begin and end with a letter or digit");
    }
    if text.contains("..") {
        return Some("two dots stand side by side");
    }
    if text.parse::<Ipv4Addr>().is_ok() {
        return Some("it is shaped like an IP address");
    }
    let prefix = RESERVED_PREFIXES
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix));
    let suffix = RESERVED_SUFFIXES
        .iter()
        .find(|(suffix, _)| text.ends_with(suffix));
    prefix.or(suffix).map(|(_, fault)| *fault)
}

impl FromStr for BucketName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<String> for BucketName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for BucketName {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_s3_takes() {
        for name in [
            "abc",
            "acme-events",
            "a.b-c.d",
            "1bucket1",
            &"a".repeat(63),
            "my--bucket",
        ] {
            assert!(BucketName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_s3_refuses() {
        for name in [
            "",
            "ab",
            "Abc",
            "a_b",
            "-abc",
            "abc-",
            "abc.",
            "a..b",
            "192.168.5.4",
            "xn--abc",
            "sthree-abc",
            "amzn-s3-demo-bucket",
            "abc-s3alias",
            "abc--ol-s3",
            "abc--use1-az4--x-s3",
            "abc.mrap",
            "s3://abc",
            "arn:aws:s3:::abc",
            "bücket",
            &"a".repeat(64),
        ] {
            assert!(BucketName::parse(name).is_err(), "{name}");
        }
    }
}
