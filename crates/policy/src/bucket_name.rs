//! The name of a general purpose bucket. Knows the naming rules, not where the bucket is or whose.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Arn, Error, Partition};

/// The name of a general purpose S3 bucket: 3 to 63 of `a-z`, `0-9`, `.` and `-`, beginning and ending with a letter
/// or digit, not shaped like an IP address, and without the prefixes and suffixes that S3 reserves
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
///
/// Directory buckets (`--x-s3`), table buckets and access point aliases are other things and are refused.
///
/// ```
/// use bucketline_policy::BucketName;
/// let bucket: BucketName = "acme-events".parse()?;
/// assert_eq!(bucket.arn(&Default::default()).as_str(), "arn:aws:s3:::acme-events");
/// assert!("Acme".parse::<BucketName>().is_err());
/// assert!("192.168.5.4".parse::<BucketName>().is_err());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BucketName(Box<str>);

// `amzn-s3-demo-` is reserved too, but AWS's own examples use it, and a policy copied from them must be readable.
const RESERVED_PREFIXES: [&str; 2] = ["xn--", "sthree-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

impl BucketName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ARN of the bucket itself (bucket ARNs carry neither region nor account).
    pub fn arn(&self, partition: &Partition) -> Arn {
        Arn::known(format!("arn:{partition}:s3:::{self}"))
    }
}

fn broken_rule(name: &str) -> Option<&'static str> {
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !(3..=63).contains(&name.len()) {
        return Some("it must have 3 to 63 characters");
    }
    if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
    {
        return Some("only lower-case letters, digits, `.` and `-` are allowed");
    }
    if !edge(name.bytes().next()) || !edge(name.bytes().next_back()) {
        return Some("it must begin and end with a letter or a digit");
    }
    if name.contains("..") {
        return Some("two dots may not stand side by side");
    }
    if name.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some("it may not look like an IP address");
    }
    if RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("it begins with a prefix that S3 reserves");
    }
    if RESERVED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        return Some("it ends with a suffix that S3 reserves for other kinds of bucket");
    }
    None
}

impl FromStr for BucketName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match broken_rule(text) {
            None => Ok(Self(text.into())),
            Some(rule) => Err(Error::name(format!("`{text}` is not a bucket name: {rule}"))),
        }
    }
}

impl TryFrom<String> for BucketName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<BucketName> for String {
    fn from(bucket: BucketName) -> Self {
        bucket.0.into()
    }
}

impl AsRef<str> for BucketName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
