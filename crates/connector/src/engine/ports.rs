//! What goes into the engine and what comes out: plain values, named for what happened and what is to be done.

use std::collections::BTreeMap;

use bucketline_sink::{Encryption, ObjectInfo, ObjectKey, Payload, PutOptions, PutOutcome};
use bucketline_spool::{Appended, Lsn, Record, SpoolTime};

use super::DrainReport;
use crate::admit::Prepared;
use crate::batch::Accepted;
use crate::build::{BuildJob, Built};
use crate::{ConnectorId, Error};

/// Names a request of a caller, made by the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Names an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(crate) u64);

/// Names one attempt at one step of a delivery; answers that name an attempt that is over are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(pub(crate) u64);

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// Time has passed.
    Tick,
    /// A batch is to be accepted.
    Submit {
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

/// A group of records that is durable.
#[derive(Debug)]
#[non_exhaustive]
pub struct Landed {
    /// The place of its first record.
    pub lsn: Lsn,
    /// The place of its last record.
    pub last: Lsn,
    /// The time that its frames carry.
    pub time: SpoolTime,
    /// The records themselves, given back.
    pub records: Vec<Record>,
}

impl Landed {
    /// A group that stands where the log says.
    pub fn new(place: Appended, time: SpoolTime, records: Vec<Record>) -> Self {
        Self {
            lsn: place.first,
            last: place.last,
            time,
            records,
        }
    }
}

/// Something to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Command {
    /// Append these records as one group, after all earlier ones; answer with [`Input::Appended`].
    Append {
        /// To be named in the answer.
        ticket: Ticket,
        /// The records.
        records: Vec<Record>,
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
    pub(crate) attempt: AttemptId,
    pub(crate) connector: ConnectorId,
    pub(crate) key: ObjectKey,
}

/// An object to be read and compared with the one built here.
#[derive(Debug, Clone)]
pub struct CompareJob {
    pub(crate) attempt: AttemptId,
    pub(crate) connector: ConnectorId,
    pub(crate) key: ObjectKey,
    pub(crate) built: Built,
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
        self.built.same_events(object)
    }
}

macro_rules! job {
    ($($job:ident),+) => {
        $(impl $job {
            /// The attempt to be named in the answer.
            pub fn attempt(&self) -> AttemptId {
                self.attempt
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
