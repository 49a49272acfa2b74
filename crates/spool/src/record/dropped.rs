//! `Drop`: events that were given up, and all that is known of the loss.

use super::Seal;
use crate::wire::{wire_choice, wire_fields};
use crate::{Lane, Position, SpoolTime};

/// Events of one lane were given up: an unsealed prefix of it, or a whole seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    /// The lane.
    pub lane: Lane,
    /// The first position given up.
    pub first: Position,
    /// The last position given up.
    pub last: Position,
    /// How many events of the lane that is.
    pub count: u64,
    /// Bytes of their stored bodies.
    pub bytes: u64,
    /// When the oldest of them was admitted.
    pub oldest: SpoolTime,
    /// When the newest of them was admitted.
    pub newest: SpoolTime,
    /// Why.
    pub reason: DropReason,
    /// Whether it is known that no object holds them. If not, a [`Settle`](super::Settle) follows.
    pub known: bool,
    /// The seal that was given up, kept so that its object can still be recognised; `None` for an unsealed prefix.
    pub seal: Option<Seal>,
}

/// Why events were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// They were held for the whole retention.
    Retention,
    /// The connector's quota was reached.
    Quota,
    /// The connector was removed, and dropping was asked for.
    Removed,
    /// An operator dropped them.
    Operator,
    /// The log lost them: see [`Gap`](super::Gap).
    Damaged,
}

impl DropReason {
    /// A word for it, as ledgers are written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Quota => "quota",
            Self::Removed => "removed",
            Self::Operator => "operator",
            Self::Damaged => "damaged",
        }
    }
}

wire_fields!(Drop {
    lane: Lane,
    first: Position,
    last: Position,
    count: u64,
    bytes: u64,
    oldest: SpoolTime,
    newest: SpoolTime,
    reason: DropReason,
    known: bool,
    seal: Option<Seal>,
});

wire_choice!(DropReason {
    Retention = 1,
    Quota = 2,
    Removed = 3,
    Operator = 4,
    Damaged = 5,
});
