//! The bytes of an object on their way out. It must not know where they go.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::{Checksum, ChecksumAlgorithm};

/// The bytes of an object, as a rope: what was built in pieces is sent in pieces, without being copied
/// together.
///
/// A clone shares everything, also the checksum once it was computed, so a repeated put hashes nothing again.
///
/// ```
/// use bucketline_sink::Payload;
/// use bytes::Bytes;
///
/// let payload = Payload::from(vec![Bytes::from_static(b"head"), Bytes::from_static(b"body")]);
/// assert_eq!(payload.len(), 8);
/// assert_eq!(payload.checksum(), Payload::from("headbody").checksum());
/// ```
#[derive(Clone)]
pub struct Payload(Arc<Rope>);

struct Rope {
    chunks: Vec<Bytes>,
    len: u64,
    checksum: OnceLock<Checksum>,
}

impl Payload {
    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Whether there is not one byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The pieces, in order; none of them is empty.
    #[must_use]
    pub fn chunks(&self) -> &[Bytes] {
        &self.0.chunks
    }

    /// The SHA-256 of all bytes: computed at the first call (about a millisecond per megabyte), then
    /// remembered.
    #[must_use]
    pub fn checksum(&self) -> Checksum {
        *self
            .0
            .checksum
            .get_or_init(|| Checksum::sha256_of(&self.0.chunks))
    }

    /// The sum of all bytes by another algorithm, computed at each call; SHA-256 is remembered, as by
    /// [`checksum`](Self::checksum).
    #[must_use]
    pub fn checksum_by(&self, algorithm: ChecksumAlgorithm) -> Checksum {
        match algorithm {
            ChecksumAlgorithm::Sha256 => self.checksum(),
            other => other.sum(&self.0.chunks),
        }
    }

    /// All bytes in one piece: free if they already are, one copy if not.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match self.0.chunks.as_slice() {
            [] => Bytes::new(),
            [only] => only.clone(),
            chunks => chunks.concat().into(),
        }
    }
}

impl From<Vec<Bytes>> for Payload {
    fn from(mut chunks: Vec<Bytes>) -> Self {
        chunks.retain(|chunk| !chunk.is_empty());
        let len = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self(Arc::new(Rope {
            chunks,
            len,
            checksum: OnceLock::new(),
        }))
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self::from(vec![bytes])
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<&'static str> for Payload {
    fn from(text: &'static str) -> Self {
        Self::from(Bytes::from_static(text.as_bytes()))
    }
}

impl From<&'static [u8]> for Payload {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from(Bytes::from_static(bytes))
    }
}

/// Its size alone: the bytes are a customer's.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Payload({} bytes in {} chunks)",
            self.len(),
            self.chunks().len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_chunks_are_left_out() {
        let payload = Payload::from(vec![Bytes::new(), Bytes::from_static(b"ab"), Bytes::new()]);
        assert_eq!(payload.chunks(), [Bytes::from_static(b"ab")]);
        assert!(Payload::from(Bytes::new()).is_empty());
        assert!(Payload::from(Bytes::new()).chunks().is_empty());
    }

    #[test]
    fn one_chunk_is_not_copied() {
        let bytes = Bytes::from(vec![1; 64]);
        let start = bytes.as_ptr();
        assert_eq!(Payload::from(bytes).to_bytes().as_ptr(), start);
    }

    #[test]
    fn debug_shows_no_content() {
        let payload = Payload::from("secret event");
        assert_eq!(format!("{payload:?}"), "Payload(12 bytes in 1 chunks)");
    }
}
