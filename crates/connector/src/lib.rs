#![doc = include_str!("../README.md")]

mod admit;
mod batch;
mod build;
mod config;
mod connector_id;
mod deliver;
mod destination;
mod digest;
pub mod engine;
mod error;
mod fairness;
mod fold;
mod folder_path;
mod generation;
mod label;
mod lane;
mod ledger;
mod metadata;
mod object_name;
mod reconcile;
mod state;

pub use admit::{Admission, Admitted, MAX_EVENT, RejectReason, Rejection};
pub use batch::{Accepted, Batch, Line, ResumePoint};
pub use config::{ConnectorConfig, Settings};
pub use connector_id::{ConnectorId, InvalidId, WorkspaceId};
pub use deliver::backoff::Backoff;
pub use destination::Destination;
pub use engine::{ConnectorReport, DrainReport};
pub use error::{Error, ErrorKind};
pub use folder_path::{FolderConflict, FolderPath, FolderRegistry, InvalidFolderPath, Overlap};
pub use label::{InvalidLabel, Label};
pub use ledger::{EventLedger, Ledger, WorkspaceLedger};
pub use object_name::{InvalidObjectName, ObjectName};
pub use state::{Blockage, Cause, ConnectorStatus, LaneConflict, State};
