//! The name of a session, which the customer reads in CloudTrail. Knows nothing of roles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The longest session name that STS takes.
const MAX: usize = 64;

/// The name of an assumed role's session.
///
/// 2 to 64 of `[A-Za-z0-9_+=,.@-]`, as [AssumeRole] takes it. It stands in the customer's CloudTrail and in the
/// session's ARN, and a trust policy may ask for it (`sts:RoleSessionName`): keep it the same for one connector,
/// easy to search for, and free of personal data.
///
/// [AssumeRole]: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
///
/// ```
/// use bucketline_auth::SessionName;
///
/// let name: SessionName = "bucketline-5f1e0c2ab7d94e00a1b2c3d4".parse()?;
/// assert_eq!(name.as_str().len(), 35);
/// assert!("two words".parse::<SessionName>().is_err());
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionName(String);

impl SessionName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `bucketline`, which says in a trail at least who it was.
impl Default for SessionName {
    fn default() -> Self {
        Self("bucketline".to_owned())
    }
}

impl FromStr for SessionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for SessionName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if let Some(bad) = text.chars().find(|&c| !allowed(c)) {
            return Err(
                Error::invalid(format!("session name `{text}` has a {bad:?} in it"))
                    .with_remedy("use letters, digits and `_+=,.@-` alone"),
            );
        }
        if !(2..=MAX).contains(&text.len()) {
            return Err(Error::invalid(format!(
                "session name `{text}` has {} characters, AWS takes 2 to {MAX}",
                text.len()
            ))
            .with_remedy("choose another name"));
        }
        Ok(Self(text))
    }
}

impl From<SessionName> for String {
    fn from(name: SessionName) -> Self {
        name.0
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
