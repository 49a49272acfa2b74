//! The external ID that guards a role. Knows nothing of who may assume it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The value that a trust policy compares with `sts:ExternalId`.
///
/// 2 to 1,224 of `[A-Za-z0-9_+=,.@:/-]`, as [AssumeRole] takes it. AWS does not treat it as a secret (whoever may
/// read the role sees it), so neither do we: what protects is that the *vendor* makes one for each grant and never
/// takes it from the customer, who could otherwise enter another customer's role and ID.
///
/// [AssumeRole]: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
///
/// ```
/// use bucketline_auth::ExternalId;
///
/// let id: ExternalId = "bl:0192f3b4-acme".parse()?;
/// assert_eq!(id.as_str(), "bl:0192f3b4-acme");
/// assert!("".parse::<ExternalId>().is_err());
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

impl ExternalId {
    /// The ID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for ExternalId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
        if let Some(bad) = text.chars().find(|&c| !allowed(c)) {
            return Err(
                Error::invalid(format!("external ID `{text}` has a {bad:?} in it"))
                    .with_remedy("use letters, digits and `_+=,.@:/-` alone"),
            );
        }
        if !(2..=1224).contains(&text.len()) {
            return Err(Error::invalid(format!(
                "external ID has {} characters, AWS takes 2 to 1,224",
                text.len()
            ))
            .with_remedy("use the one that was made for this grant"));
        }
        Ok(Self(text))
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
