//! `Record`: everything that a log can say, one body per file below.
//! It must not know how frames are framed, written or found again.

mod carry;
mod commit;
mod dropped;
mod elapsed;
mod events;
mod gap;
mod generation;
mod marks;
mod moved;
mod opened;
mod rejects;
mod resolved;
mod retarget;
mod schema;
mod seal;
mod settle;

use bytes::Bytes;

use crate::wire::{Fields as _, Malformed, Put, Take};

pub use carry::{
    Carry, ConnectorCarry, GivenUpCarry, HeldFrame, HeldRun, Known, LaneCarry, PartitionCarry, Totals,
    UnreadableCarry,
};
pub use commit::{Commit, Learnt};
pub use dropped::{Drop, DropReason};
pub use elapsed::Elapsed;
pub use events::{Body, Encoding, Events, Route, StoredEvent, WorkspaceCounts};
pub use gap::{Gap, PartitionPoint};
pub use generation::Generation;
pub use marks::{Restored, Retired};
pub use moved::{Moved, MovedRange};
pub use opened::Opened;
pub use rejects::{RejectedLine, Rejects};
pub use resolved::{Resolution, Resolved};
pub use retarget::Retarget;
pub use schema::Schema;
pub use seal::{ObjectChecksum, Seal};
pub use settle::{Settle, SettledPart};

/// One fact of the log. The state of everything is a fold over these, in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// A partition begins.
    Opened(Opened),
    /// A generation exists; before the first event routed to it.
    Generation(Generation),
    /// One accepted batch.
    Events(Events),
    /// The refused lines of the same batch, in one group with its [`Record::Events`].
    Rejects(Rejects),
    /// The boundaries of an object, before any byte of it leaves.
    Seal(Seal),
    /// The object exists.
    Commit(Commit),
    /// Events were given up.
    Drop(Drop),
    /// What a drop gave up turned out delivered, or not.
    Settle(Settle),
    /// Live frames were copied to the cold log.
    Moved(Moved),
    /// Held events of one generation are issued again for another.
    Retarget(Retarget),
    /// A connector id is never used again.
    Retired(Retired),
    /// This spool came from a backup.
    Restored(Restored),
    /// An operator settled a conflict.
    Resolved(Resolved),
    /// A stretch of the log could not be read.
    Gap(Gap),
    /// What the fold needs of segments about to go.
    Carry(Carry),
    /// What the bodies of an event type mean under one schema id; before the first event stored with it.
    Schema(Schema),
    /// Time has passed.
    Elapsed(Elapsed),
}

/// The kinds of frames: numbers and body versions are the format. A number is never used for another record. 16 to 20 are kept
/// for a log of several hosts: an owner, admitted places, a sign of life, a question, a beginning.
macro_rules! kinds {
    ($($body:ident = $kind:literal version $version:literal),+ $(,)?) => {
        $(impl From<$body> for Record {
            fn from(body: $body) -> Self {
                Self::$body(body)
            }
        })+

        impl Record {
            /// The name of the record's kind, for people.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$body(_) => stringify!($body)),+ }
            }

            /// The number of the record's kind in a frame's header.
            pub(crate) const fn kind(&self) -> u8 {
                match self { $(Self::$body(_) => $kind),+ }
            }

            /// The version of the body that [`Record::put`] lays down.
            pub(crate) const fn version(&self) -> u8 {
                match self { $(Self::$body(_) => $version),+ }
            }

            /// Lays down the body.
            pub(crate) fn put(&self, out: &mut Put<'_>) {
                match self { $(Self::$body(body) => out.fields(body)),+ }
            }

            /// Reads a body; `None` where its kind or version is not known here.
            pub(crate) fn take(kind: u8, version: u8, body: &Bytes) -> Result<Option<Self>, Malformed> {
                let input = &mut Take::new(body, version);
                match kind {
                    $($kind if version <= $version => $body::take_fields(input).map(|body| Some(Self::$body(body))),)+
                    _ => Ok(None),
                }
            }
        }
    };
}

kinds!(
    Opened = 1 version 1,
    Generation = 2 version 1,
    Events = 3 version 1,
    Rejects = 4 version 1,
    Seal = 5 version 1,
    Commit = 6 version 1,
    Drop = 7 version 1,
    Settle = 8 version 1,
    Moved = 9 version 1,
    Retarget = 10 version 1,
    Retired = 11 version 1,
    Restored = 12 version 1,
    Resolved = 13 version 1,
    Gap = 14 version 1,
    Carry = 15 version 1,
    Schema = 21 version 1,
    Elapsed = 22 version 1,
);

impl Record {
    /// What is wrong with a record that could be laid down but not read again, or not with the same meaning.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Events(events) => events.fault(),
            _ => None,
        }
    }
}
