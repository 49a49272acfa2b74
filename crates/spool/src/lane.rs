//! `Lane`: the queue that an event waits in, and the settings that it is delivered under.
//! It must not know how a lane is sealed or delivered.

use std::fmt;
use std::sync::Arc;

use crate::{Hour, PartitionId};

/// The id of a generation: a hash of its settings and a counter, made by the connector.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationId([u8; 16]);

impl GenerationId {
    /// The generation with these bytes.
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

impl fmt::Display for GenerationId {
    /// 32 lower-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GenerationId({self})")
    }
}

/// A queue of positions that go to the same objects. Lanes of different hours and schemas lie side by side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// Where and how the events are delivered.
    pub generation: GenerationId,
    /// The dotted name of the events' type.
    pub event_type: Arc<str>,
    /// The opening of the shard in which they were admitted.
    pub partition: PartitionId,
    /// The UTC hour in which they were queued.
    pub hour: Hour,
    /// The schema that they are stored under.
    pub schema: u32,
}
