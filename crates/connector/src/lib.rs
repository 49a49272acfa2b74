#![doc = include_str!("../README.md")]

/// Whether a test bends the engine in a way: see `mutant`. Never, in the product.
#[cfg(test)]
macro_rules! bent {
    ($mutant:ident) => {
        crate::mutant::is(crate::mutant::Mutant::$mutant)
    };
}
#[cfg(not(test))]
macro_rules! bent {
    ($mutant:ident) => {
        false
    };
}

mod admit;
mod backoff;
mod batch;
mod build;
mod changes;
mod config;
mod connector_id;
mod delivery;
mod destination;
mod digest;
mod dispatch;
mod driver;
pub mod engine;
mod error;
mod fitness;
mod folder_path;
mod generation;
mod journal;
mod label;
mod ledger;
mod loss;
mod metadata;
mod meter;
mod multiplexer;
#[cfg(test)]
mod mutant;
mod object_name;
mod quota;
mod reconcile;
mod rejects;
mod route;
mod schema_change;
mod shard;
#[cfg(test)]
mod sim;
mod state;
mod tickets;

pub use admit::{Admission, Admitted, MAX_EVENT, RejectReason, Rejection};
pub use backoff::Backoff;
pub use batch::{Accepted, Batch, KnownSource, Line, ResumePoint};
pub use changes::{StateChange, StateChanges};
pub use config::{ConnectorConfig, Settings};
pub use connector_id::{ConnectorId, InvalidId, WorkspaceId};
pub use destination::Destination;
pub use driver::WallClock;
pub use engine::{ConnectorReport, DrainReport};
pub use error::{Error, ErrorKind};
pub use folder_path::{FolderConflict, FolderPath, FolderRegistry, InvalidFolderPath, Overlap};
pub use label::{InvalidLabel, Label};
pub use ledger::{EventLedger, GivenUp, Ledger, Unreadable, WorkspaceLedger};
pub use loss::{Loss, LossFeed};
pub use meter::{Delivered, Meter};
pub use multiplexer::{Builder, Multiplexer};
pub use object_name::{InvalidObjectName, ObjectName};
pub use quota::{GivesUp, Quota};
pub use rejects::{RejectEntry, RejectFeed};
pub use schema_change::SchemaChange;
pub use state::{Blockage, Cause, ConnectorStatus, LaneConflict, Party, State};
