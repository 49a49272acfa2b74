//! What goes into the engine and what comes out: plain values, named for what happened and what is to be done.

use std::collections::BTreeMap;

use bucketline_sink::{Checksum, Encryption, ObjectInfo, ObjectKey, Payload, PutOptions, PutOutcome};
use bucketline_spool::{Carry, Lsn, MovedRange, Record};
use bytes::Bytes;

use super::DrainReport;
use crate::admit::Prepared;
use crate::batch::Accepted;
use crate::build::{BuildJob, Built};
use crate::changes::StateChange;
use crate::journal::{Landed, OpenedShard};
use crate::loss::Loss;
use crate::meter::Delivered;
use crate::tickets::{AttemptId, RequestId, ShardId, Ticket};
use crate::{ConnectorId, Error};

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// Time has passed.
    Tick,
    /// A shard is to be worked for.
    ShardJoined {
        /// The shard, folded and opened.
        shard: Box<OpenedShard>,
    },
    /// A shard is not this worker's any more.
    ShardLeft {
        /// Which.
        shard: ShardId,
    },
    /// The journal of a shard has ended, and answers nothing any more.
    ShardFailed {
        /// Which.
        shard: ShardId,
        /// Why.
        error: Error,
    },
    /// A batch is to be accepted.
    Submit {
        /// The shard that its source belongs to.
        shard: ShardId,
        /// To be named in the answer.
        id: RequestId,
        /// The batch.
        batch: Prepared,
    },
    /// An append is durable, or failed.
    Appended {
        /// Which.
        ticket: Ticket,
        /// Where it stands, or why not.
        result: Result<Landed, Error>,
    },
    /// An object was built, or cannot be.
    Built {
        /// Which.
        attempt: AttemptId,
        /// The object; `None` where not all of its range is held.
        result: Result<Option<Built>, Error>,
    },
    /// A put was answered, or nobody will know.
    Put {
        /// Which.
        attempt: AttemptId,
        /// The answer.
        answer: Result<PutOutcome, bucketline_sink::Error>,
    },
    /// A taken key was looked at.
    Looked {
        /// Which.
        attempt: AttemptId,
        /// The object there; `None` where the listing has none.
        found: Result<Option<ObjectInfo>, bucketline_sink::Error>,
    },
    /// An object was read and compared with the one built here.
    Compared {
        /// Which.
        attempt: AttemptId,
        /// Whether its events are the same.
        same: Result<bool, bucketline_sink::Error>,
    },
    /// A connector's credentials or bucket may have changed: try it at once. `None`: all of them.
    Wake {
        /// Which.
        connector: Option<ConnectorId>,
    },
    /// An operator says that what a connector's store did wrong was put right: see
    /// [`Multiplexer::resume`](crate::Multiplexer::resume).
    Resume {
        /// Which.
        connector: ConnectorId,
    },
    /// Everything held is to be delivered now.
    Drain {
        /// To be named in the answer.
        id: RequestId,
    },
    /// The time for a drain is up.
    GiveUp {
        /// The drain.
        id: RequestId,
    },
}

/// Something to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Command {
    /// Append these records as one group, after all earlier ones; answer with [`Input::Appended`].
    Append {
        /// To the log of this shard.
        shard: ShardId,
        /// To be named in the answer.
        ticket: Ticket,
        /// The records.
        records: Vec<Record>,
    },
    /// Copy frames to the cold log and append a [`Moved`](bucketline_spool::Moved) that says where they stand, as
    /// [`relocate`](super::relocate) does; answer with [`Input::Appended`].
    Move {
        /// In the log of this shard.
        shard: ShardId,
        /// To be named in the answer.
        ticket: Ticket,
        /// The frames.
        ranges: Vec<MovedRange>,
    },
    /// What a log means is durably told in it: write the same as its checkpoint, then free what is not needed, as
    /// [`make_room`](super::make_room) does. Not before the builds that were commanded earlier have been supplied.
    Checkpoint {
        /// The shard of the log.
        shard: ShardId,
        /// What it means.
        carry: Box<Carry>,
        /// Before this place nothing is needed.
        free: Lsn,
        /// What is needed of its cold log; nothing is freed of that without.
        cold: Option<Vec<Lsn>>,
    },
    /// Answer a submission.
    Accepted {
        /// Which.
        id: RequestId,
        /// What became of it.
        result: Result<Accepted, Error>,
    },
    /// Build an object; answer with [`Input::Built`].
    Build(Box<BuildJob>),
    /// Put an object; answer with [`Input::Put`].
    Put(Box<PutJob>),
    /// Look at a key; answer with [`Input::Looked`].
    Look(Box<LookJob>),
    /// Read an object and compare it; answer with [`Input::Compared`].
    Compare(Box<CompareJob>),
    /// Break a call off, and close its connection: nobody waits for its answer any more.
    BreakOff {
        /// Which.
        attempt: AttemptId,
    },
    /// A shard has ended, since its log failed or it has left: break off all its calls, and close its log.
    Failed {
        /// Which.
        shard: ShardId,
    },
    /// Tell whoever wants to know: a connector is in another state, or in the same one for another cause.
    Changed(Box<StateChange>),
    /// Measure: an object is known to exist.
    Delivered(Box<Delivered>),
    /// Tell whoever wants to know that something is about to be given up, or was.
    Loss(Box<Loss>),
    /// Answer a drain.
    Drained {
        /// Which.
        id: RequestId,
        /// How it went.
        report: Box<DrainReport>,
    },
}

/// An object to be put, once, if its key is free.
#[derive(Debug, Clone)]
pub struct PutJob {
    pub(crate) shard: ShardId,
    pub(crate) attempt: AttemptId,
    pub(crate) connector: ConnectorId,
    pub(crate) key: ObjectKey,
    pub(crate) payload: Payload,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) media_type: &'static str,
    pub(crate) encryption: Encryption,
}

/// A key to be looked at: whether it exists is asked of the listing, what it is of its metadata.
#[derive(Debug, Clone)]
pub struct LookJob {
    pub(crate) shard: ShardId,
    pub(crate) attempt: AttemptId,
    pub(crate) connector: ConnectorId,
    pub(crate) key: ObjectKey,
}

/// An object to be read and compared with the one built here.
#[derive(Debug, Clone)]
pub struct CompareJob {
    pub(crate) shard: ShardId,
    pub(crate) attempt: AttemptId,
    pub(crate) connector: ConnectorId,
    pub(crate) key: ObjectKey,
    pub(crate) against: Against,
}

/// What an object is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Against {
    /// The one built here.
    Built(Built),
    /// The sum of the one that was sealed, whose events are not held any more.
    Sum(Checksum),
}

impl PutJob {
    /// The options of the put: create only, never overwrite.
    pub fn options(&self) -> PutOptions {
        let options = PutOptions::create()
            .content_type(self.media_type)
            .encryption(self.encryption.clone());
        self.metadata
            .iter()
            .fold(options, |options, (name, value)| options.metadata(name, value))
    }

    /// The object's bytes.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}

impl CompareJob {
    /// Whether the object that was read holds the same events.
    pub fn same_events(&self, object: &[u8]) -> bool {
        match &self.against {
            Against::Built(built) => built.same_events(object),
            Against::Sum(sum) => {
                let object = [Bytes::copy_from_slice(object)];
                sum.algorithm().sum(&object).as_bytes() == sum.as_bytes()
            }
        }
    }
}

macro_rules! job {
    ($($job:ident),+) => {
        $(impl $job {
            /// The attempt to be named in the answer.
            pub fn attempt(&self) -> AttemptId {
                self.attempt
            }

            /// The shard that it is for.
            pub fn shard(&self) -> ShardId {
                self.shard
            }

            /// The connector whose sink is to be used.
            pub fn connector(&self) -> &ConnectorId {
                &self.connector
            }

            /// The object's key.
            pub fn key(&self) -> &ObjectKey {
                &self.key
            }
        })+
    };
}

job!(PutJob, LookJob, CompareJob);
