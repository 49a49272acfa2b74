//! The name of an object in a store. It must not know which store.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The name of an object: 1 to 1,024 bytes of UTF-8, in segments joined by `/`.
///
/// No segment is empty, `.` or `..`, and no character is a control character. S3 would take most of what is
/// refused here (a leading or doubled `/`, for one), but not every store behind the same API keeps such names
/// apart, a console cannot show them, and a folder on disk cannot hold them. The length limit is
/// [S3's](https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html), counted in bytes.
///
/// ```
/// use bucketline_sink::ObjectKey;
///
/// let key: ObjectKey = "currents/event_type=a/part+0001.avro".parse()?;
/// assert_eq!(key.as_str().len(), 36);
/// assert!("/currents/a".parse::<ObjectKey>().is_err());
/// assert!("currents/../a".parse::<ObjectKey>().is_err());
/// assert!("currents/".parse::<ObjectKey>().is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The longest key that S3 takes, in bytes.
    pub const MAX_LEN: usize = 1024;

    /// Checks `text` and makes it a key.
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
                Err(Error::invalid(format!("`{shown}` is not an object key: {fault}")))
            }
        }
    }

    /// The key as the store sees it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts between the slashes, in order; never empty.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

fn fault_of(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > ObjectKey::MAX_LEN {
        return Some("it is longer than 1024 bytes");
    }
    if text.chars().any(char::is_control) {
        return Some("it has a control character");
    }
    if text.starts_with('/') {
        return Some("it begins with `/`");
    }
    if text.ends_with('/') {
        return Some("it ends with `/`");
    }
    text.split('/').find_map(|segment| match segment {
        "" => Some("it has an empty segment"),
        "." | ".." => Some("it has a segment `.` or `..`"),
        _ => None,
    })
}

impl FromStr for ObjectKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ObjectKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for ObjectKey {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl AsRef<str> for ObjectKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ObjectKey> for String {
    fn from(key: ObjectKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_bytes_not_characters() {
        assert!(ObjectKey::parse("é".repeat(512)).is_ok());
        assert!(ObjectKey::parse("é".repeat(513)).is_err());
        assert!(ObjectKey::parse("a".repeat(1024)).is_ok());
        assert!(ObjectKey::parse("a".repeat(1025)).is_err());
    }

    #[test]
    fn each_refusal_says_why() {
        for (text, why) in [
            ("", "it is empty"),
            ("/a", "it begins with `/`"),
            ("a/", "it ends with `/`"),
            ("a//b", "it has an empty segment"),
            ("a/./b", "it has a segment `.` or `..`"),
            ("..", "it has a segment `.` or `..`"),
            ("a\nb", "it has a control character"),
            ("a\u{7f}", "it has a control character"),
        ] {
            let error = ObjectKey::parse(text).unwrap_err();
            assert!(error.to_string().ends_with(why), "{text:?}: {error}");
        }
    }

    #[test]
    fn dots_within_a_segment_are_fine() {
        for text in ["a/..b", "a/b..", "...", ".hidden/x", "a+b=c%20/d e"] {
            assert_eq!(ObjectKey::parse(text).unwrap().as_str(), text);
        }
    }
}
