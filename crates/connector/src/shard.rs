//! One log, folded: what is held in which lanes, since when, and which batches are known. Knows no stores and no time but that of
//! the log's frames.

mod fold;
mod frames;
mod held_batch;
mod lane;
mod sources;

pub(crate) use fold::{ConnectorBook, Damage, Fold};
pub use held_batch::HeldBatch;
pub(crate) use held_batch::Mixing;
pub(crate) use lane::{LaneId, LaneState, Run};
