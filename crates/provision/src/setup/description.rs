//! What a set-up is for, in words that IAM takes.

use std::str::FromStr;

use bucketline_auth::{Error, ErrorKind};

/// A description as IAM takes it: up to 1,000 characters of Latin-1 that can be printed, tabs and line ends.
///
/// ```
/// use bucketline_provision::Description;
///
/// assert!("Event export of Acme".parse::<Description>().is_ok());
/// assert!("出力".parse::<Description>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is said unless something else is.
impl Default for Description {
    fn default() -> Self {
        Self("Delivers events and reports into one S3 bucket (Bucketline)".to_owned())
    }
}

impl FromStr for Description {
    type Err = Error;

    /// Source: CreateRole, `Description`, IAM API reference.
    fn from_str(text: &str) -> Result<Self, Error> {
        let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{a1}'..='\u{ff}');
        if let Some(other) = text.chars().find(|c| !allowed(c)) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("IAM takes no `{}` in a description", other.escape_debug()),
            )
            .with_remedy("write it in Latin letters"));
        }
        if text.chars().count() > 1000 {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "the description has more than 1,000 characters",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}
