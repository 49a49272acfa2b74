//! The log as the engine's driver sees it: where orders go, and what comes back of them. Knows neither threads nor stores.

mod appender;
mod opening;
mod space;

use std::fmt;

use bucketline_spool::{Appended, Carry, Lsn, MovedRange, Record, SpoolTime};

use crate::build::BuildJob;
use crate::tickets::{ShardId, Ticket};
pub use appender::{Appender, Request};
pub use opening::{OpenedShard, open};
pub use space::{make_room, relocate};

/// Where the appends of shards go, and the builds that need something read back.
///
/// A journal carries out the appends of one shard in the order in which they were given, and answers each, by a message to whoever
/// made it, once it is durable or has failed: when, and in what order among shards and reads, is its own affair. The local one is a thread
/// over a [`Log`](bucketline_spool::Log); a distributed one appends without waiting and answers when it has read back what it
/// wrote.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Takes an order. What is given for a shard that has ended is lost, as it would be in a crash.
    fn order(&self, shard: ShardId, order: Order);
}

/// What a journal is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Order {
    /// Append a group, after all earlier ones; answer with [`Input::Appended`](crate::engine::Input::Appended).
    Append(Request),
    /// Copy frames to the cold log, append a `Moved` that says so, and answer as for an append.
    Move(Ticket, Vec<MovedRange>),
    /// Write a checkpoint, then free what is not needed: see [`make_room`].
    MakeRoom {
        /// What the log means.
        carry: Box<Carry>,
        /// Before this place nothing is needed.
        free: Lsn,
        /// What is needed of the cold log; nothing is freed of that without.
        cold: Option<Vec<Lsn>>,
    },
    /// Read the frames that a build lacks, and give it on to be run.
    ReadBack(Box<BuildJob>),
}

/// A group of records that is durable.
#[derive(Debug)]
#[non_exhaustive]
pub struct Landed {
    /// The place of its first record.
    pub lsn: Lsn,
    /// The place of its last record.
    pub last: Lsn,
    /// Where the next group stands.
    pub end: Lsn,
    /// The place of each record.
    pub frames: Vec<Lsn>,
    /// The time that its frames carry.
    pub time: SpoolTime,
    /// The records themselves, given back.
    pub records: Vec<Record>,
}

/// Where a frame stands, and when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FramePlace {
    pub(crate) lsn: Lsn,
    pub(crate) time: SpoolTime,
}

impl Landed {
    /// A group that stands where the log says.
    pub fn new(place: Appended, records: Vec<Record>) -> Self {
        Self {
            lsn: place.first,
            last: place.last,
            end: place.end,
            time: place.time,
            frames: place.frames,
            records,
        }
    }

    /// Its records, each with its own place.
    pub(crate) fn into_frames(self) -> impl Iterator<Item = (FramePlace, Record)> {
        let time = self.time;
        let frames = self.frames.into_iter().zip(self.records);
        frames.map(move |(lsn, record)| (FramePlace { lsn, time }, record))
    }
}
