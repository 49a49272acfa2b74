//! What a put is asked to do and what came of it. It must not know how any store does it.

use std::collections::BTreeMap;

use crate::{Checksums, ETag, Encryption, EncryptionSeen, Error, StorageClass, Tags};

/// When a put may take effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every sink has to decide every mode")]
pub enum PutMode {
    /// Only if the key has no object (`If-None-Match: *`).
    Create,
    /// Always: what was there is replaced.
    Overwrite,
    /// Only if the object now there has this tag (`If-Match`).
    IfMatch(ETag),
}

/// How to put an object.
///
/// ```
/// use bucketline_sink::{Encryption, PutOptions};
///
/// let options = PutOptions::create()
///     .metadata("bl-version", "1")
///     .content_type("application/octet-stream")
///     .encryption(Encryption::Aes256);
/// assert_eq!(options.metadata["bl-version"], "1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutOptions {
    /// When it may take effect.
    pub mode: PutMode,
    /// User metadata: names of lower-case ASCII letters, digits, `-`, `_` and `.`, without `x-amz-meta-`;
    /// values of printable ASCII without spaces at either end; 2,048 bytes in all, names included ([S3's
    /// limit](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html)).
    pub metadata: BTreeMap<String, String>,
    /// The media type; the store's default if none.
    pub content_type: Option<String>,
    /// How the bytes are encoded for transport (`Content-Encoding`), which browsers undo by themselves.
    pub content_encoding: Option<String>,
    /// The encryption at rest to ask for.
    pub encryption: Encryption,
    /// The storage class; the store's default if none.
    pub storage_class: Option<StorageClass>,
    /// Tags of the object.
    pub tags: Tags,
}

impl PutOptions {
    /// The most user metadata that S3 takes, in bytes of names and values together.
    pub const MAX_METADATA: usize = 2048;

    /// Create the object if the key has none.
    #[must_use]
    pub fn create() -> Self {
        Self::with_mode(PutMode::Create)
    }

    /// Replace whatever is there.
    #[must_use]
    pub fn overwrite() -> Self {
        Self::with_mode(PutMode::Overwrite)
    }

    /// Replace the object that has this tag, and no other.
    #[must_use]
    pub fn if_match(tag: ETag) -> Self {
        Self::with_mode(PutMode::IfMatch(tag))
    }

    fn with_mode(mode: PutMode) -> Self {
        Self {
            mode,
            metadata: BTreeMap::new(),
            content_type: None,
            content_encoding: None,
            encryption: Encryption::default(),
            storage_class: None,
            tags: Tags::default(),
        }
    }

    /// Adds one entry of user metadata.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// Sets the media type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Sets how the bytes are encoded for transport.
    #[must_use]
    pub fn content_encoding(mut self, encoding: impl Into<String>) -> Self {
        self.content_encoding = Some(encoding.into());
        self
    }

    /// Sets the storage class.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// Sets the tags.
    #[must_use]
    pub fn tags(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// Sets the encryption to ask for.
    #[must_use]
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// Checks the rules of metadata and media type. Every sink calls this before anything else, so that what
    /// one store takes, all take.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: names the entry that breaks a rule, never its value. Options of an
    /// encryption that exclude each other are such an entry.
    pub fn check(&self) -> Result<(), Error> {
        let mut size = 0;
        for (name, value) in &self.metadata {
            size += name.len() + value.len();
            let sound =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
            if name.is_empty() || !name.bytes().all(sound) {
                return Err(Error::invalid(format!(
                    "metadata name `{}` may only have lower-case letters, digits, `-`, `_` and `.`",
                    name.escape_default()
                )));
            }
            if !is_header_text(value) {
                return Err(Error::invalid(format!(
                    "the value of metadata `{name}` has to be printable ASCII without spaces at either end"
                )));
            }
        }
        if size > Self::MAX_METADATA {
            return Err(Error::invalid(format!(
                "metadata has {size} bytes; the limit is {} for names and values together",
                Self::MAX_METADATA
            )));
        }
        for (what, text) in [
            ("content type", &self.content_type),
            ("content encoding", &self.content_encoding),
        ] {
            if text
                .as_deref()
                .is_some_and(|text| text.is_empty() || !is_header_text(text))
            {
                return Err(Error::invalid(format!("the {what} has to be printable ASCII")));
            }
        }
        if let Encryption::Kms(kms) = &self.encryption
            && let Some(fault) = kms.fault()
        {
            return Err(Error::invalid(fault.to_owned()));
        }
        Ok(())
    }
}

fn is_header_text(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b)) && !text.starts_with(' ') && !text.ends_with(' ')
}

/// What a put that was answered has done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a put was done, or its condition did not hold"
)]
pub enum PutOutcome {
    /// The object is there, with these bytes.
    Created(Receipt),
    /// The condition of the [`PutMode`] did not hold, and nothing was changed.
    PreconditionFailed,
}

/// What a store said of an object that it has taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The tag of the new content.
    pub etag: Option<ETag>,
    /// The version, where the store keeps versions.
    pub version_id: Option<String>,
    /// The checksums that the store says it verified.
    pub checksums: Checksums,
    /// The encryption that the store says it used; compare with
    /// [`EncryptionSeen::satisfies`].
    pub encryption: EncryptionSeen,
    /// The store's id of the request, for its support.
    pub request_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_held_to_what_every_store_keeps() {
        assert!(
            PutOptions::create()
                .metadata("bl-lane", "0a")
                .content_type("a/b")
                .check()
                .is_ok()
        );
        for (name, value) in [
            ("", "x"),
            ("Upper", "x"),
            ("sp ace", "x"),
            ("ok", "ü"),
            ("ok", " x"),
            ("ok", "x\n"),
        ] {
            assert!(
                PutOptions::create().metadata(name, value).check().is_err(),
                "{name:?} {value:?}"
            );
        }
        assert!(PutOptions::create().content_type("").check().is_err());
    }

    #[test]
    fn the_metadata_limit_counts_names() {
        assert!(
            PutOptions::create()
                .metadata("name", "v".repeat(2044))
                .check()
                .is_ok()
        );
        assert!(
            PutOptions::create()
                .metadata("name", "v".repeat(2045))
                .check()
                .is_err()
        );
    }
}
