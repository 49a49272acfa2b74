//! The vendor's labels in an object's key, cluster and zone. Knows nothing of the key around them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A cluster or a zone, as it stands in the keys of objects: 1 to 63 characters of `a-z 0-9 -`.
///
/// ```
/// use bucketline_connector::Label;
///
/// assert_eq!("prod-01".parse::<Label>()?.as_str(), "prod-01");
/// assert!("Prod 1".parse::<Label>().is_err());
/// # Ok::<(), bucketline_connector::InvalidLabel>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Arc<str>);

impl Label {
    /// The longest label, in bytes.
    pub const MAX_LENGTH: usize = 63;

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        let plain = text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && plain {
            Ok(Self(text.into()))
        } else {
            Err(InvalidLabel {
                found: text.chars().take(80).collect(),
            })
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({})", self.0)
    }
}

/// A text that is no [`Label`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no cluster or zone: expected 1 to 63 characters of `a-z 0-9 -`")]
pub struct InvalidLabel {
    found: String,
}
