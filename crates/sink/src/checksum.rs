//! A checksum that a store can keep beside an object and say again. It must not know what was summed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use sha2::{Digest as _, Sha256};

pub use crate::checksum::set::Checksums;

mod set;

/// How a [`Checksum`] was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// SHA-256 (`x-amz-checksum-sha256`).
    Sha256,
    /// CRC-64/NVME (`x-amz-checksum-crc64nvme`).
    Crc64Nvme,
    /// CRC-32C, also called Castagnoli (`x-amz-checksum-crc32c`).
    Crc32c,
}

impl ChecksumAlgorithm {
    /// Its name, as stores write it in headers and as it stands before a sum in a log: `sha256`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Crc64Nvme => "crc64nvme",
            Self::Crc32c => "crc32c",
        }
    }

    /// How many bytes its sums have.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Crc64Nvme => 8,
            Self::Crc32c => 4,
        }
    }

    const fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Sha256 => None,
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
        }
    }

    /// The sum of `chunks`, one after the other.
    #[must_use]
    pub fn sum<'a>(self, chunks: impl IntoIterator<Item = &'a Bytes>) -> Checksum {
        let mut summing = Summing::new(self);
        for chunk in chunks {
            summing.update(chunk);
        }
        summing.finish()
    }
}

/// What was summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a sum is of the bytes, or of the sums of the parts that they came in"
)]
pub enum ChecksumScope {
    /// All bytes of the object (S3's type `FULL_OBJECT`).
    WholeObject,
    /// The sums of its parts, one after the other (S3's type `COMPOSITE`): it says nothing to those who do not
    /// know where the parts began.
    Parts(u32),
}

/// A checksum of an object, of a kind that a store verifies, keeps and echoes.
///
/// Two of them are equal only if algorithm, scope and sum are.
///
/// ```
/// use bucketline_sink::{Checksum, ChecksumAlgorithm, ChecksumScope, Payload};
///
/// let sum = Payload::from("abc").checksum();
/// assert_eq!(sum.base64(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
/// assert_eq!(sum.scope(), ChecksumScope::WholeObject);
/// assert_eq!(Checksum::parse(ChecksumAlgorithm::Sha256, &sum.base64()), Some(sum));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum {
    algorithm: ChecksumAlgorithm,
    scope: ChecksumScope,
    /// As many as the algorithm has, then zeros.
    bytes: [u8; 32],
}

impl Checksum {
    /// A SHA-256 of a whole object that was computed elsewhere.
    #[must_use]
    pub const fn sha256(digest: [u8; 32]) -> Self {
        Self {
            algorithm: ChecksumAlgorithm::Sha256,
            scope: ChecksumScope::WholeObject,
            bytes: digest,
        }
    }

    /// The SHA-256 of `chunks`, one after the other.
    #[must_use]
    pub fn sha256_of(chunks: &[Bytes]) -> Self {
        ChecksumAlgorithm::Sha256.sum(chunks)
    }

    /// A sum that was computed elsewhere; `None` if the algorithm makes longer or shorter ones.
    #[must_use]
    pub fn new(algorithm: ChecksumAlgorithm, scope: ChecksumScope, sum: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        if sum.len() != algorithm.size() {
            return None;
        }
        bytes.get_mut(..sum.len())?.copy_from_slice(sum);
        Some(Self {
            algorithm,
            scope,
            bytes,
        })
    }

    /// Reads a sum as a store says it: base64, and where it is one of parts their number behind it, as in `...=-3`.
    #[must_use]
    pub fn parse(algorithm: ChecksumAlgorithm, text: &str) -> Option<Self> {
        let (sum, scope) = match text.rsplit_once('-') {
            Some((sum, parts)) => (sum, ChecksumScope::Parts(parts.parse().ok()?)),
            None => (text, ChecksumScope::WholeObject),
        };
        Self::new(algorithm, scope, &STANDARD.decode(sum).ok()?)
    }

    /// What a store makes of the sums of an object's parts where it sums parts; `None` if they are not of one
    /// algorithm, or there are none.
    #[must_use]
    pub fn of_parts(parts: &[Self]) -> Option<Self> {
        let algorithm = parts.first()?.algorithm;
        let mut summing = Summing::new(algorithm);
        for part in parts {
            if part.algorithm != algorithm {
                return None;
            }
            summing.update(part.as_bytes());
        }
        Some(Self {
            scope: ChecksumScope::Parts(u32::try_from(parts.len()).ok()?),
            ..summing.finish()
        })
    }

    /// The sum of what this one is of and, behind it, the `size` bytes that `next` is of; `None` where the algorithm cannot tell
    /// (SHA-256), or one of them is not of whole bytes.
    ///
    /// ```
    /// use bucketline_sink::{ChecksumAlgorithm, Payload};
    ///
    /// let sum = |text: &'static str| Payload::from(text).checksum_by(ChecksumAlgorithm::Crc64Nvme);
    /// assert_eq!(sum("head ").followed_by(&sum("tail"), 4), Some(sum("head tail")));
    /// ```
    #[must_use]
    pub fn followed_by(&self, next: &Self, size: u64) -> Option<Self> {
        let is_whole = |sum: &Self| sum.scope == ChecksumScope::WholeObject;
        if self.algorithm != next.algorithm || !is_whole(self) || !is_whole(next) {
            return None;
        }
        let algorithm = self.algorithm.crc()?;
        let joined = crc_fast::checksum_combine(algorithm, self.number(), next.number(), size).to_be_bytes();
        let used = joined.get(joined.len().saturating_sub(self.algorithm.size())..)?;
        Self::new(self.algorithm, ChecksumScope::WholeObject, used)
    }

    /// A sum of at most eight bytes as a number.
    fn number(&self) -> u64 {
        self.as_bytes()
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// How it was computed.
    #[must_use]
    pub const fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    /// What was summed.
    #[must_use]
    pub const fn scope(&self) -> ChecksumScope {
        self.scope
    }

    /// The sum itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.algorithm.size()).unwrap_or_default()
    }

    /// The sum as it stands in a header, without the number of parts.
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }

    /// The sum in lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        self.as_bytes()
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    /// Algorithm and sum in one word, for a log: `sha256:ungW...`, `crc32c:AAAAAA==-3`.
    #[must_use]
    pub fn tagged(&self) -> String {
        let sum = self.base64();
        match self.scope {
            ChecksumScope::WholeObject => format!("{}:{sum}", self.algorithm.as_str()),
            ChecksumScope::Parts(parts) => format!("{}:{sum}-{parts}", self.algorithm.as_str()),
        }
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({})", self.tagged())
    }
}

/// A sum under way.
pub(crate) struct Summing(Hasher);

enum Hasher {
    Sha256(Sha256),
    Crc(ChecksumAlgorithm, crc_fast::Digest),
}

impl Summing {
    pub(crate) fn new(algorithm: ChecksumAlgorithm) -> Self {
        Self(match algorithm {
            ChecksumAlgorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            ChecksumAlgorithm::Crc64Nvme => {
                Hasher::Crc(algorithm, crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme))
            }
            ChecksumAlgorithm::Crc32c => {
                Hasher::Crc(algorithm, crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi))
            }
        })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Crc(_, digest) => digest.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Checksum {
        let mut bytes = [0; 32];
        let algorithm = match self.0 {
            Hasher::Sha256(hasher) => {
                bytes = hasher.finalize().into();
                ChecksumAlgorithm::Sha256
            }
            Hasher::Crc(algorithm, digest) => {
                // Big-endian, and only as many of the 8 bytes as the algorithm has.
                let sum = digest.finalize().to_be_bytes();
                let used = sum
                    .get(sum.len().saturating_sub(algorithm.size())..)
                    .unwrap_or_default();
                for (to, from) in bytes.iter_mut().zip(used) {
                    *to = *from;
                }
                algorithm
            }
        };
        Checksum {
            algorithm,
            scope: ChecksumScope::WholeObject,
            bytes,
        }
    }
}

#[cfg(test)]
mod tests;
