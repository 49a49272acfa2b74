//! A region's name. It must not know which regions there are.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The name of a region: `eu-central-1`, or what another store calls its own.
///
/// 1 to 63 lower-case letters, digits and `-`, neither first nor last a `-`: it becomes part of a host name.
///
/// ```
/// use bucketline_sink::Region;
///
/// let region: Region = "eu-central-1".parse()?;
/// assert_eq!(region.as_str(), "eu-central-1");
/// assert!("us-east-1.evil.example/".parse::<Region>().is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

impl Region {
    /// The region that knows of every bucket of AWS's main partition, and the one meant by an answer without a region.
    #[cfg(feature = "s3")]
    pub(crate) fn first() -> Self {
        Self("us-east-1".to_owned())
    }

    /// Checks `text` and makes it a region's name.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: the text breaks the rule above.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if is_region(&text) {
            return Ok(Self(text));
        }
        Err(Error::invalid(format!(
            "`{}` is not a region; it looks like `eu-central-1`",
            text.escape_debug()
        )))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
