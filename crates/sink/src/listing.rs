//! One page of what a store holds. It must not know how a store pages.

use crate::{ETag, Error, ObjectKey};

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The name, as the store has it: somebody else's object may have one that is no [`ObjectKey`].
    pub key: String,
    /// The length in bytes.
    pub size: u64,
    /// The tag of its content.
    pub etag: Option<ETag>,
}

impl Listed {
    /// A line without a tag.
    #[must_use]
    pub fn new(key: impl Into<String>, size: u64) -> Self {
        Self {
            key: key.into(),
            size,
            etag: None,
        }
    }

    /// The name, if it is one that this crate can address.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: it is not; such an object was made by somebody else.
    pub fn object_key(&self) -> Result<ObjectKey, Error> {
        ObjectKey::parse(self.key.as_str())
    }
}

/// Where the next page of a listing begins. Opaque; only good for the sink and the prefix that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListToken(String);

impl ListToken {
    /// Takes a token as a store gave it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token, as the store gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPage {
    /// What it lists; may be empty although another page follows.
    pub objects: Vec<Listed>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<ListToken>,
}

impl ListPage {
    /// A page.
    #[must_use]
    pub const fn new(objects: Vec<Listed>, next: Option<ListToken>) -> Self {
        Self { objects, next }
    }
}
