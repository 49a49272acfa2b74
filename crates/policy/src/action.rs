//! The name of an API action as a request carries it. Patterns over actions belong to documents, not here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// One action, `service:Name`, without wildcards. Both halves compare without regard to case.
///
/// ```
/// use bucketline_policy::ActionName;
/// let action: ActionName = "S3:putobject".parse()?;
/// assert_eq!(action, "s3:PutObject".parse()?);
/// assert!("s3:Put*".parse::<ActionName>().is_err());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionName {
    text: Box<str>,
    /// Kept so that evaluating never folds case again.
    lower: Box<str>,
}

const MAX_BYTES: usize = 256;

impl ActionName {
    /// The action as it was spelt.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service prefix, in lower case.
    pub fn service(&self) -> &str {
        self.lower.split_once(':').map_or("", |(service, _)| service)
    }

    /// The name after the colon, as it was spelt.
    pub fn name(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, name)| name)
    }

    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }
}

impl FromStr for ActionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let valid = text.len() <= MAX_BYTES
            && text.split_once(':').is_some_and(|(service, name)| {
                !service.is_empty()
                    && !name.is_empty()
                    && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            });
        if !valid {
            let shown: String = text.chars().take(80).collect();
            return Err(Error::name(format!(
                "`{shown}` is not an action: `service:Name` is needed"
            )));
        }
        Ok(Self {
            text: text.into(),
            lower: text.to_ascii_lowercase().into(),
        })
    }
}

impl PartialEq for ActionName {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl Eq for ActionName {}

impl PartialOrd for ActionName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ActionName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.lower.cmp(&other.lower)
    }
}

impl std::hash::Hash for ActionName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.lower.hash(state);
    }
}

impl TryFrom<String> for ActionName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ActionName> for String {
    fn from(action: ActionName) -> Self {
        action.text.into()
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActionName({})", self.text)
    }
}
