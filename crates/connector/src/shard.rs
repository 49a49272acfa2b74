//! One log, folded: what is held in which lanes, since when, and which batches are known. Knows no stores and no time but that of
//! the log's frames.

mod fold;
mod folding;
mod frames;
mod held_batch;
mod lane;
mod schemas;
mod sources;

use crate::tickets::ShardId;
pub(crate) use fold::{ConnectorBook, Fold, frontier_after};
pub(crate) use folding::{Folded, Folding};
pub use held_batch::HeldBatch;
pub(crate) use held_batch::Mixing;
pub(crate) use lane::{LaneId, LaneState, Run};
pub(crate) use schemas::{Compared, pin_of};

/// A lane of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LaneRef {
    pub(crate) shard: ShardId,
    pub(crate) lane: LaneId,
}
