//! The external ID that guards a role. Knows nothing of who may assume it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::driver::random_bytes;

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
    /// The ID that 128 random bits are for one grant of a tenant: `<tenant>-<32 hex digits>`.
    ///
    /// The tenant in front binds it for people to see; the bits keep it from being guessed. It is made by the vendor and
    /// shown to the customer, never taken from there.
    ///
    /// ```
    /// use bucketline_auth::ExternalId;
    ///
    /// let id = ExternalId::generate("acme", [0x5f; 16])?;
    /// assert_eq!(id.as_str(), "acme-5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f");
    /// # Ok::<(), bucketline_auth::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where the tenant's name has characters that no external ID has.
    pub fn generate(tenant: &str, random: [u8; 16]) -> Result<Self, Error> {
        format!("{tenant}-{:032x}", u128::from_be_bytes(random)).parse()
    }

    /// Another ID for a grant of a tenant, by the operating system's randomness.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate); [`Unexpected`](crate::ErrorKind::Unexpected) on a machine without randomness.
    pub fn new_for(tenant: &str) -> Result<Self, Error> {
        Self::generate(tenant, random_bytes()?)
    }

    /// Whether it is this text, in a time that does not tell how far they agree.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), text.as_bytes());
        let differs = ours
            .iter()
            .zip(theirs)
            .fold(0, |differs, (a, b)| differs | (a ^ b));
        ours.len() == theirs.len() && std::hint::black_box(differs) == 0
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another_and_bound_to_its_tenant() {
        let (one, other) = (
            ExternalId::new_for("acme").unwrap(),
            ExternalId::new_for("acme").unwrap(),
        );
        assert_ne!(one, other);
        assert!(
            one.as_str().starts_with("acme-") && one.as_str().len() == 37,
            "{one}"
        );
        assert!(ExternalId::new_for("acme corp").is_err());
    }

    #[test]
    fn only_the_whole_text_matches() {
        let id: ExternalId = "acme-1".parse().unwrap();
        assert!(id.matches("acme-1"));
        for other in ["", "acme-", "acme-11", "acme-2", "Acme-1"] {
            assert!(!id.matches(other), "{other}");
        }
    }
}
