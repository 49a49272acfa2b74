//! `Lsn`: where a frame stands in the endless log.
//! It must not know how segments are laid on disk beyond "they are cut at frame boundaries".

use std::fmt;

/// Log sequence number: the byte offset of a frame's header in the endless log, counted from the first byte ever
/// written to the shard.
///
/// Offsets never restart: unlinking old segments does not move them, and a segment file is named by the offset of
/// its first byte. So an `Lsn` finds its frame with one file name and one seek, the distance of two of them is the
/// number of bytes between, and a frame that does not stand where its header says is known to be stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsn(u64);

impl Lsn {
    /// The start of the log.
    pub const ZERO: Self = Self(0);

    /// Where the places of a shard's cold log begin: a place tells by itself which of the two logs it belongs to.
    pub const COLD: Self = Self(1 << 63);

    /// Whether it is a place of the cold log.
    #[must_use]
    pub const fn is_cold(self) -> bool {
        self.0 >= Self::COLD.0
    }

    /// The place `offset` bytes into the endless log.
    #[must_use]
    pub const fn new(offset: u64) -> Self {
        Self(offset)
    }

    /// Bytes from the start of the endless log.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place `bytes` further on; stays at the largest value rather than wrapping.
    #[must_use]
    pub const fn plus(self, bytes: u64) -> Self {
        Self(self.0.saturating_add(bytes))
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
