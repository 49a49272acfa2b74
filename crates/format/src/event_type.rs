//! Names of event types.
//! Knows their grammar alone, not which types exist.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};

/// The dotted name of an event type, such as `users.messages.email.Open`.
///
/// Segments of ASCII letters, digits and `_`, joined by dots; 1 to [`EventType::MAX_LEN`] bytes. It is a segment of object keys
/// and the name of a schema's folder, so nothing in it needs quoting in either. Cloning is cheap.
///
/// ```
/// use bucketline_format::EventType;
///
/// let open: EventType = "users.messages.email.Open".parse()?;
/// assert_eq!(open.as_str(), "users.messages.email.Open");
/// assert_eq!(open.last_segment(), "Open");
/// assert!("users..Open".parse::<EventType>().is_err());
/// assert!("users/Open".parse::<EventType>().is_err());
/// # Ok::<(), bucketline_format::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventType(Arc<str>);

impl EventType {
    /// The longest name, in bytes.
    pub const MAX_LEN: usize = 128;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as shared text, for holders that keep many of them.
    #[must_use]
    pub fn to_shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// What follows the last dot: the name of the Avro record.
    #[must_use]
    pub fn last_segment(&self) -> &str {
        self.0.rsplit_once('.').map_or(&self.0, |(_, last)| last)
    }

    /// The segments, in order; at least one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }
}

pub(crate) fn is_segment(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl FromStr for EventType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            let shown: String = text.chars().take(Self::MAX_LEN).collect();
            Err(Error::new(
                ErrorKind::InvalidEventType,
                format!("`{}` is not an event type: {why}", shown.escape_debug()),
            ))
        };
        if text.len() > Self::MAX_LEN {
            return refuse("it is longer than 128 bytes");
        }
        if !text.split('.').all(is_segment) {
            return refuse("it must be segments of letters, digits and `_`, joined by dots");
        }
        Ok(Self(Arc::from(text)))
    }
}

impl TryFrom<&str> for EventType {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EventType {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for EventType {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_dotted_name() {
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "a/b",
            "ä",
            "a\n",
            "a-b",
            &"x".repeat(129),
        ] {
            let error = text.parse::<EventType>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidEventType, "{text:?}");
        }
        assert_eq!("x".repeat(128).parse::<EventType>().unwrap().as_str().len(), 128);
    }
}
