//! An object as it was found in a store. It must not know how it was found.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{Checksums, ETag, EncryptionSeen, ObjectKey};

/// What a store says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// Its name.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub size: u64,
    /// The tag of its content.
    pub etag: Option<ETag>,
    /// Its version, where the store keeps versions.
    pub version_id: Option<String>,
    /// Its checksums, where the store kept any. Equal metadata alone proves nothing: a store was seen to keep
    /// half of a broken upload under it.
    pub checksums: Checksums,
    /// How it is encrypted at rest.
    pub encryption: EncryptionSeen,
    /// Its user metadata, as it was put.
    pub metadata: BTreeMap<String, String>,
}

impl ObjectInfo {
    /// An object of which nothing else is known.
    #[must_use]
    pub const fn new(key: ObjectKey, size: u64) -> Self {
        Self {
            key,
            size,
            etag: None,
            version_id: None,
            checksums: Checksums::new(),
            encryption: EncryptionSeen::None,
            metadata: BTreeMap::new(),
        }
    }
}

/// An object with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Object {
    /// What the store says of it.
    pub info: ObjectInfo,
    /// All of its bytes.
    pub payload: Bytes,
}

impl Object {
    /// Joins the two.
    #[must_use]
    pub const fn new(info: ObjectInfo, payload: Bytes) -> Self {
        Self { info, payload }
    }
}
