//! The public half of an access key. Knows nothing of the secret half.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The id of an access key: not a secret, and shown in full wherever a key is spoken of.
///
/// 3 to 128 of `[A-Za-z0-9_-]`. AWS's own are longer and begin with `AKIA` or `ASIA`, see
/// [`looks_like_aws`](Self::looks_like_aws); other stores have shorter ones, so that is no rule.
///
/// ```
/// use bucketline_auth::AccessKeyId;
///
/// let id: AccessKeyId = "AKIAIOSFODNN7EXAMPLE".parse()?;
/// assert!(id.looks_like_aws());
/// assert!(!"minioadmin".parse::<AccessKeyId>()?.looks_like_aws());
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is shaped like an id that AWS made: `AKIA` (a user's) or `ASIA` (temporary) and 16 or more of
    /// `[A-Z0-9]`. One that is not is worth a warning where the store is AWS.
    #[must_use]
    pub fn looks_like_aws(&self) -> bool {
        self.0
            .strip_prefix("AKIA")
            .or_else(|| self.0.strip_prefix("ASIA"))
            .is_some_and(|rest| {
                rest.len() >= 16 && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
    }

    /// Whether it is the id of temporary credentials (`ASIA`), which are worth nothing without their session token.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with("ASIA") && self.looks_like_aws()
    }
}

impl FromStr for AccessKeyId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for AccessKeyId {
    type Error = Error;

    /// The value is never repeated in the error: what stands in the wrong place is quite often the secret.
    fn try_from(text: String) -> Result<Self, Error> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (3..=128).contains(&text.len()) && text.bytes().all(allowed) && !looks_like_secret(&text) {
            return Ok(Self(text));
        }
        let remedy = if text.len() == 40 {
            "this may be the secret access key: the access key id is the one that begins with `AKIA`"
        } else if text.contains(char::is_whitespace) {
            "there is whitespace in it: copy it again"
        } else {
            "an access key id has 3 to 128 letters, digits, `_` and `-`, like `AKIAIOSFODNN7EXAMPLE`"
        };
        Err(Error::invalid("access key id is malformed").with_remedy(remedy))
    }
}

/// AWS's secrets have 40 characters of both cases; no id that is known has.
fn looks_like_secret(text: &str) -> bool {
    let both =
        text.contains(|c: char| c.is_ascii_lowercase()) && text.contains(|c: char| c.is_ascii_uppercase());
    text.len() == 40 && both
}

impl From<AccessKeyId> for String {
    fn from(id: AccessKeyId) -> Self {
        id.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
