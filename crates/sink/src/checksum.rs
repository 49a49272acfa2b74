//! A checksum that a store can keep beside an object and say again. It must not know what was summed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// How a [`Checksum`] was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// SHA-256 over the whole object (S3's `x-amz-checksum-sha256` of type `FULL_OBJECT`).
    Sha256,
}

/// A checksum of a whole object, of a kind that a store verifies, keeps and echoes.
///
/// ```
/// use bucketline_sink::{Checksum, Payload};
///
/// let sum = Payload::from("abc").checksum();
/// assert_eq!(sum.base64(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
/// assert_eq!(Checksum::sha256_from_base64(&sum.base64()), Some(sum));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// A SHA-256 that was computed elsewhere.
    #[must_use]
    pub const fn sha256(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The SHA-256 of `chunks`, one after the other.
    #[must_use]
    pub fn sha256_of(chunks: &[Bytes]) -> Self {
        let mut hasher = Sha256::new();
        for chunk in chunks {
            hasher.update(chunk);
        }
        Self(hasher.finalize().into())
    }

    /// Reads a SHA-256 as a store says it; `None` if it is not one of a whole object (S3 marks the sum of a
    /// multipart upload with a part count, as in `...=-3`).
    #[must_use]
    pub fn sha256_from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// How it was computed.
    #[must_use]
    pub const fn algorithm(&self) -> ChecksumAlgorithm {
        ChecksumAlgorithm::Sha256
    }

    /// The sum itself.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The sum as it stands in a header.
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The sum in lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum(sha256:{})", self.base64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_do_not_matter() {
        let whole = Checksum::sha256_of(&[Bytes::from_static(b"abc")]);
        let parts = Checksum::sha256_of(&[Bytes::from_static(b"a"), Bytes::new(), Bytes::from_static(b"bc")]);
        assert_eq!(whole, parts);
        assert_eq!(
            whole.hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn sums_of_parts_and_rubbish_are_none() {
        let whole = Checksum::sha256([7; 32]).base64();
        assert!(Checksum::sha256_from_base64(&whole).is_some());
        for text in [
            format!("{whole}-3"),
            "AAAA".to_owned(),
            "not base64".to_owned(),
            String::new(),
        ] {
            assert_eq!(Checksum::sha256_from_base64(&text), None, "{text}");
        }
    }
}
