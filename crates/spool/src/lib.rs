#![doc = include_str!("../README.md")]

mod disk;
mod error;
mod frame;
mod group;
mod hour;
mod lane;
mod log;
mod lsn;
mod partition;
mod record;
mod source;

mod spool;
mod spool_time;
mod wire;

pub use crate::disk::{Disk, DiskFile, DiskLock, Locking, OpenMode, OsDisk};
#[cfg(any(test, feature = "test-util"))]
pub use crate::disk::{Fault, SimDisk};
pub use crate::error::{Effect, Error, ErrorKind};
pub use crate::group::{Frame, Group};
pub use crate::hour::{Hour, HourError};
pub use crate::lane::{GenerationId, Lane};
pub use crate::log::{Appended, Log, Usage};
pub use crate::lsn::Lsn;
pub use crate::partition::{PartitionId, Position};
pub use crate::record::{
    Body, Carry, Commit, ConnectorCarry, Drop, DropReason, Elapsed, Encoding, Events, Gap, Generation,
    GivenUpCarry, HeldFrame, HeldRun, Known, LaneCarry, Learnt, Moved, MovedRange, ObjectChecksum, Opened,
    PartitionCarry, PartitionPoint, Record, RejectedLine, Rejects, Resolution, Resolved, Restored, Retarget,
    Retired, Route, Schema, Seal, Settle, SettledPart, StoredEvent, Totals, UnreadableCarry, WorkspaceCounts,
};
pub use crate::source::{ContentProof, Sequence, SourceId};
pub use crate::spool::{Access, OpenOptions, Recovered, Spool};
pub use crate::spool_time::SpoolTime;
