//! `Opened`: a partition begins.

use crate::PartitionId;
use crate::wire::wire_fields;

/// A partition begins: written and fsynced before the first event of this opening of the shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The number, drawn at random by whoever opens the shard.
    pub partition: PartitionId,
}

wire_fields!(Opened {
    partition: PartitionId,
});
