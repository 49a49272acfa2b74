#![doc = include_str!("../README.md")]

mod behaviour;
mod driver;
mod error;
mod file;
mod job;
mod key;
mod manifest;
mod pack;
mod row;
mod text;

pub use behaviour::{Delivery, Link, Origin, Storage};
pub use error::{Error, ErrorKind};
pub use file::ExportFile;
pub use job::{
    ExportJob, ExportKind, FileFormat, JobId, Packing, RandomPart, SegmentId, TakenJob, USERS_PER_FILE,
    WorkspaceId,
};
pub use key::{ExportKeys, ROOTS};
pub use manifest::{Manifest, WrittenFile};
pub use row::{Cell, CsvRows, NdjsonRows, ReadyRows, Row, RowSource, RowStream};
