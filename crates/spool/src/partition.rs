//! `PartitionId` and `Position`: the numbering of events.
//! It must not draw the number: whoever opens the shard does, and logs it before the first event.

use std::fmt;

/// The ordinal of an event in its partition, from 0. The successor of an event is its position + 1.
pub type Position = u64;

/// One opening of one shard of the log: a random 31-bit number that is never used again, so that a restored backup,
/// a copied directory or another shard count can never produce a position that was used before.
///
/// ```
/// use bucketline_spool::PartitionId;
///
/// assert_eq!(PartitionId::new(7).map(PartitionId::get), Some(7));
/// assert_eq!(PartitionId::new(1 << 31), None);
/// assert_eq!(PartitionId::from_random(u32::MAX).get(), (1 << 31) - 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(u32);

impl PartitionId {
    /// The largest partition: 2^31 - 1, so that readers may keep it in a signed 32-bit integer.
    pub const MAX: Self = Self(u32::MAX >> 1);

    /// A partition by its number; `None` above [`PartitionId::MAX`].
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number <= Self::MAX.0 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The partition named by the low 31 of 32 random bits.
    #[must_use]
    pub const fn from_random(bits: u32) -> Self {
        Self(bits & Self::MAX.0)
    }

    /// The number, at most 2^31 - 1.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
