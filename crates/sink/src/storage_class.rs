//! A storage class: where a store keeps an object, and at which price. It must not know which classes a store has.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The name of a storage class, as a store has it: `STANDARD_IA`.
///
/// 1 to 64 ASCII letters, digits, `_`, `-` and `.`. Classes of AWS: [Amazon S3 storage
/// classes](https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html); other stores have their own.
///
/// ```
/// use bucketline_sink::StorageClass;
///
/// let class: StorageClass = "STANDARD_IA".parse()?;
/// assert!(class.can_be_read());
/// assert!(!"DEEP_ARCHIVE".parse::<StorageClass>()?.can_be_read());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorageClass(String);

impl StorageClass {
    /// Checks `text` and makes it a storage class.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: the text breaks the rule above.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if (1..=64).contains(&text.len()) && text.bytes().all(sound) {
            return Ok(Self(text));
        }
        Err(Error::invalid(format!(
            "`{}` is not a storage class; it looks like `STANDARD_IA`",
            text.escape_debug()
        )))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an object in it is read at once: those in AWS's archives have to be restored first.
    #[must_use]
    pub fn can_be_read(&self) -> bool {
        !matches!(self.as_str(), "GLACIER" | "DEEP_ARCHIVE")
    }
}

impl FromStr for StorageClass {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for StorageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
