//! Who stands behind a session, for the customer's trail. Knows nothing of roles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The source identity of a session: the name that CloudTrail keeps through every role that is assumed after it.
///
/// 2 to 64 of `[A-Za-z0-9_+=,.@-]`, and not beginning with `aws:`, as [AssumeRole] takes it. It cannot be changed within the
/// session, and the customer's trust policy has to allow `sts:SetSourceIdentity`.
///
/// [AssumeRole]: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceIdentity(String);

impl SourceIdentity {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SourceIdentity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for SourceIdentity {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        // A colon is not among the characters, so nothing that begins with `aws:` passes.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if let Some(bad) = text.chars().find(|&c| !allowed(c)) {
            return Err(
                Error::invalid(format!("source identity `{text}` has a {bad:?} in it"))
                    .with_remedy("use letters, digits and `_+=,.@-` alone"),
            );
        }
        if !(2..=64).contains(&text.len()) {
            return Err(Error::invalid(format!(
                "source identity `{text}` has {} characters, AWS takes 2 to 64",
                text.len()
            ))
            .with_remedy("choose another name"));
        }
        Ok(Self(text))
    }
}

impl From<SourceIdentity> for String {
    fn from(name: SourceIdentity) -> Self {
        name.0
    }
}

impl fmt::Display for SourceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
