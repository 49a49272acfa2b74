//! `Record`: everything that a log can say, one body per file below.
//! It must not know how frames are framed, written or found again.

mod carry;
mod commit;
mod dropped;
mod events;
mod gap;
mod generation;
mod marks;
mod moved;
mod opened;
mod rejects;
mod resolved;
mod retarget;
mod seal;
mod settle;

pub use carry::{Carry, Known, LaneCarry, PartitionCarry, Totals};
pub use commit::{Commit, Learnt};
pub use dropped::{Drop, DropReason};
pub use events::{Body, Encoding, Events, Route, StoredEvent, WorkspaceCounts};
pub use gap::{Gap, PartitionPoint};
pub use generation::Generation;
pub use marks::{Restored, Retired};
pub use moved::{Moved, MovedRange};
pub use opened::Opened;
pub use rejects::{RejectedLine, Rejects};
pub use resolved::{Resolution, Resolved};
pub use retarget::Retarget;
pub use seal::Seal;
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
}

macro_rules! from_body {
    ($($body:ident),+ $(,)?) => {
        $(impl From<$body> for Record {
            fn from(body: $body) -> Self {
                Self::$body(body)
            }
        })+
    };
}

from_body!(
    Opened, Generation, Events, Rejects, Seal, Commit, Drop, Settle, Moved, Retarget, Retired, Restored,
    Resolved, Gap, Carry,
);
