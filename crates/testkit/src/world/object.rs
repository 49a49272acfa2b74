//! An object as it is stored: bytes, and what S3 tells about them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use serde::Serialize;

/// An object, whole: S3 never shows part of one.
#[derive(Clone)]
pub struct StoredObject {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
    pub(crate) last_modified: SystemTime,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) encryption: Encryption,
    pub(crate) checksum: StoredChecksum,
}

/// How an object is encrypted at rest. S3 stores nothing in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// With keys of S3's own (SSE-S3): what every object gets unless something else is said.
    Aes256,
    /// With a KMS key (SSE-KMS), named by its ARN.
    Kms {
        /// The ARN of the key.
        key: String,
    },
}

/// One object in a listing of what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ObjectEntry {
    /// The key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
}

/// A checksum algorithm of S3's.
///
/// Source: "Checking object integrity for data uploads in Amazon S3", S3 user guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// The checksum that S3 keeps with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredChecksum {
    pub(crate) algorithm: Algorithm,
    /// In base64, as headers carry it.
    pub(crate) value: String,
}

impl StoredObject {
    /// The bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// User metadata, without the `x-amz-meta-` prefix.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The entity tag, without quotes.
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// The content type that was sent with it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How it is encrypted.
    #[must_use]
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// When it was stored.
    #[must_use]
    pub fn last_modified(&self) -> SystemTime {
        self.last_modified
    }

    pub(crate) fn plain(body: Bytes, encryption: Encryption, now: SystemTime) -> Self {
        Self {
            etag: etag(&Sha256::checksum(&body)),
            checksum: StoredChecksum::of(Algorithm::Crc64Nvme, &body),
            body,
            last_modified: now,
            metadata: BTreeMap::new(),
            content_type: None,
            content_encoding: None,
            encryption,
        }
    }
}

impl fmt::Debug for StoredObject {
    /// Without the bytes, which may be many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredObject")
            .field("size", &self.body.len())
            .field("etag", &self.etag)
            .field("encryption", &self.encryption)
            .field("checksum", &self.checksum)
            .finish_non_exhaustive()
    }
}

impl StoredChecksum {
    pub(crate) fn of(algorithm: Algorithm, body: &[u8]) -> Self {
        let value = match algorithm {
            Algorithm::Crc32 => STANDARD.encode(Crc32::checksum(body)),
            Algorithm::Crc32c => STANDARD.encode(Crc32c::checksum(body)),
            Algorithm::Crc64Nvme => STANDARD.encode(Crc64Nvme::checksum(body)),
            Algorithm::Sha1 => STANDARD.encode(Sha1::checksum(body)),
            Algorithm::Sha256 => STANDARD.encode(Sha256::checksum(body)),
        };
        Self { algorithm, value }
    }
}

impl Algorithm {
    /// The one that AWS calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Crc32,
            Self::Crc32c,
            Self::Crc64Nvme,
            Self::Sha1,
            Self::Sha256,
        ];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// Bytes of a checksum.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// 32 hex digits of a hash of the content.
///
/// AWS promises no more than that a tag changes with the content, and makes it an MD5 only for some encryptions.
/// SHA-256 is at hand anyway, as every request signs it.
pub(crate) fn etag(sha256: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(32);
    for byte in sha256.iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
