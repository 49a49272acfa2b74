//! The account that a bucket has to belong to. It must not know whether it does.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The account that has to own a bucket: 12 digits.
///
/// ```
/// use bucketline_sink::BucketOwner;
///
/// let owner: BucketOwner = "111122223333".parse()?;
/// assert_eq!(owner.as_str(), "111122223333");
/// assert!("1111".parse::<BucketOwner>().is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketOwner(String);

impl BucketOwner {
    /// Checks `text` and makes it an owner.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: it has not 12 digits.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(text));
        }
        Err(Error::invalid(format!(
            "`{}` is not an account; the bucket's owner has 12 digits",
            text.escape_debug()
        )))
    }

    /// The account.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BucketOwner {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for BucketOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
