//! `Retarget`: held events are issued again for another generation.

use crate::wire::wire_fields;
use crate::{GenerationId, Lane, PartitionId, Position, SpoolTime};

/// Held events of one lane are issued again for another generation, under new positions of the newest partition.
/// In one group with the [`Events`](super::Events) that hold them under these positions. Those of a seal whose outcome is
/// unknown only once its key, or its bucket, was seen absent after the quiet time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retarget {
    /// The lane that they leave.
    pub lane: Lane,
    /// The first position that leaves it.
    pub first: Position,
    /// The last position that leaves it.
    pub last: Position,
    /// How many events of the lane that is.
    pub count: u64,
    /// The generation that takes them.
    pub to: GenerationId,
    /// The partition that numbers them anew.
    pub partition: PartitionId,
    /// The first of their new positions; the others follow in the same order.
    pub new_first: Position,
    /// When the key of their seal, or its bucket, was seen absent; `None` where no attempt of theirs is unknown.
    pub seen_absent: Option<SpoolTime>,
}

wire_fields!(Retarget {
    lane: Lane,
    first: Position,
    last: Position,
    count: u64,
    to: GenerationId,
    partition: PartitionId,
    new_first: Position,
    seen_absent: Option<SpoolTime>,
});
