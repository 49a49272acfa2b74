//! `Moved`: live frames now also stand in the shard's cold log.

use crate::wire::wire_fields;
use crate::{Lsn, PartitionId, Position};

/// Live frames were copied to the shard's cold log and fsynced there, so that their segment can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What was copied, in order of `from`.
    pub ranges: Vec<MovedRange>,
}

/// One frame's copy. Two copies of one position are one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedRange {
    /// The frame in the shard's log.
    pub from: Lsn,
    /// Its copy in the cold log, whose places begin at [`Lsn::COLD`].
    pub to: Lsn,
    /// The partition of the events that were copied.
    pub partition: PartitionId,
    /// The first position that was copied.
    pub first: Position,
    /// The last position that was copied.
    pub last: Position,
    /// How many events were copied.
    pub count: u64,
}

wire_fields!(Moved {
    ranges: Vec<MovedRange>,
});

wire_fields!(MovedRange {
    from: Lsn,
    to: Lsn,
    partition: PartitionId,
    first: Position,
    last: Position,
    count: u64,
});
