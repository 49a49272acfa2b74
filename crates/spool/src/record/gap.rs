//! `Gap`: a stretch of the log that could not be read, and what it may have held.

use crate::wire::wire_fields;
use crate::{Lsn, PartitionId, Position};

/// A stretch of the log could not be read. Recovery finds it and keeps a copy; whoever drives the log appends this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first byte that could not be used.
    pub first: Lsn,
    /// The first byte after it that could.
    pub end: Lsn,
    /// The next position of the newest partition before the gap: events from here on may be missing.
    pub before: Option<PartitionPoint>,
    /// The first position after the gap. In the same partition as `before`, events up to here are missing; in
    /// another one, or where nothing follows, how many were lost is unknown.
    pub after: Option<PartitionPoint>,
    /// Kinds of frames whose headers could still be read in the gap, each once, as the format numbers them.
    pub kinds: Vec<u8>,
    /// The name of the file that keeps a copy, below the shard's `quarantine`; empty where a whole segment is missing.
    pub kept: String,
}

/// A place in the numbering of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionPoint {
    /// The partition.
    pub partition: PartitionId,
    /// The position in it.
    pub position: Position,
}

wire_fields!(Gap {
    first: Lsn,
    end: Lsn,
    before: Option<PartitionPoint>,
    after: Option<PartitionPoint>,
    kinds: Vec<u8>,
    kept: String,
});

wire_fields!(PartitionPoint {
    partition: PartitionId,
    position: Position,
});
