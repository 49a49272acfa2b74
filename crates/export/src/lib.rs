#![doc = include_str!("../README.md")]

mod api;
mod attempt;
mod behaviour;
mod driver;
mod error;
mod exporter;
mod file;
mod hex;
mod job;
mod key;
mod manifest;
mod output;
mod pack;
mod ports;
mod progress;
mod record;
mod row;
mod split;
mod store;
mod tell;
mod telling;
mod text;

pub use api::{ApiAnswer, ApiRequest};
pub use behaviour::{Delivery, Link, Origin, Storage};
pub use error::{Error, ErrorKind};
pub use exporter::{Cancelled, ClaimedJob, Exporter, ExporterBuilder, Resumed};
pub use file::ExportFile;
pub use job::{
    ExportJob, ExportKind, FileFormat, JobId, Packing, RandomPart, SegmentId, TakenJob, USERS_PER_FILE,
    WorkspaceId,
};
pub use key::{ExportKeys, ROOTS};
pub use manifest::{Manifest, WrittenFile};
pub use ports::{ExportStore, Places, Poster, Sources};
pub use progress::Progress;
pub use record::{CopyRecord, CopyState, JobRecord, JobState, Place, Totals, Traces, UploadRecord};
pub use row::{Cell, CsvRows, NdjsonRows, ReadyRows, Row, RowSource, RowStream};
pub use store::{Claim, FolderJobStore, JobStore, MemoryJobStore};
pub use telling::{Telling, TellingState, Way};
