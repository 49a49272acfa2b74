//! A store's name for one version of an object's content. It must not be taken for a checksum.

use std::fmt;

/// A store's opaque name for the content of an object, with its quotes, as the store wrote it.
///
/// Equal tags mean equal content; nothing else may be read from one (S3's is an MD5 only for some objects).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(String);

impl ETag {
    /// Takes a tag as a store gave it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The tag, as the store gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
