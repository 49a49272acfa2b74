//! Names and paths as IAM takes them. Knows nothing of what bears them.

use std::fmt;
use std::str::FromStr;

use bucketline_auth::{Error, ErrorKind};

/// The name of a role, a user or an inline policy: 1 to 64 of `[A-Za-z0-9_+=,.@-]`.
///
/// IAM takes 128 for a policy's name; 64, which all of them take, is enough for those we make
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>). Names are unique in an account
/// without regard to case.
///
/// ```
/// use bucketline_provision::IamName;
///
/// assert_eq!("export-acme".parse::<IamName>()?.as_str(), "export-acme");
/// assert!("export/acme".parse::<IamName>().is_err());
/// # Ok::<(), bucketline_provision::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IamName(String);

impl IamName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IamName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if (1..=64).contains(&text.len()) && text.chars().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(
            ErrorKind::InvalidConfig,
            format!("`{text}` is not a name that IAM takes"),
        )
        .with_remedy("use 1 to 64 letters, digits and `_+=,.@-`"))
    }
}

impl fmt::Display for IamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path before a role's or user's name: `/`, or segments of printable ASCII between slashes, up to 512 characters.
///
/// ```
/// use bucketline_provision::IamPath;
///
/// assert_eq!(IamPath::default().as_str(), "/");
/// assert!("/vendors/".parse::<IamPath>().is_ok());
/// assert!("vendors".parse::<IamPath>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IamPath(String);

impl IamPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No path: `/`.
impl Default for IamPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for IamPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let segments_valid = inner.is_some_and(|inner| {
            inner
                .split('/')
                .all(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic()))
        });
        if text == "/" || (segments_valid && text.len() <= 512) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(
            ErrorKind::InvalidConfig,
            format!("`{text}` is not a path that IAM takes"),
        )
        .with_remedy("write it like `/vendors/`, up to 512 characters"))
    }
}

impl fmt::Display for IamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
