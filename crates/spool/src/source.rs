//! `SourceId` and `Sequence`: where a batch came from, and its place there.
//! It must not know what a source is (a file, a request): its 16 bytes are made elsewhere.

use std::fmt;

use crate::wire::wire_fields;

/// The identity of an input, 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId([u8; 16]);

impl SourceId {
    /// The source with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SourceId {
    /// 32 lower-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceId({self})")
    }
}

/// The place of a batch in its source. A batch whose place is already folded is acknowledged and not stored again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the protocol has two ways to know a batch again; a third is a new format"
)]
pub enum Sequence {
    /// A place in a stream that is read in order; folded as a maximum.
    Offset {
        /// Bytes of the source before the batch's first line: where the batch before it ended.
        start: u64,
        /// Bytes of the source up to the end of the batch's last line.
        end: u64,
        /// Number of that last line, from 1.
        line: u64,
    },
    /// An idempotency key; folded as a set.
    Key([u8; 16]),
}

/// That bytes of an input were consumed, and which: what tells the same input from another one, whatever its name, inode or
/// device.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentProof {
    /// Bytes of the source before the first one that is hashed.
    pub from: u64,
    /// Bytes of the source up to the last one that is hashed.
    pub to: u64,
    /// SHA-256 of the bytes between.
    pub sha256: [u8; 32],
}

impl fmt::Debug for ContentProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentProof({}..{}, ", self.from, self.to)?;
        for byte in self.sha256 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

wire_fields!(ContentProof {
    from: u64,
    to: u64,
    sha256: [u8; 32],
});
