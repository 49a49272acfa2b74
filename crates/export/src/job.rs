//! What somebody asked for: checked values, and what was drawn for it at its beginning. Runs nothing.

mod format;
mod id;
mod kind;
mod names;

pub use format::{FileFormat, Packing};
pub use id::{JobId, RandomPart};
pub use kind::ExportKind;
pub use names::{SegmentId, WorkspaceId};

use std::time::Duration;

use bucketline_notify::{Mailbox, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Origin};

/// So many users are in one file of a segment export.
pub const USERS_PER_FILE: u64 = 5_000;
/// The most columns that may be asked for.
const MAX_COLUMNS: usize = 2_000;

/// An export that was asked for.
///
/// ```
/// use bucketline_export::{ExportJob, ExportKind, FileFormat, Origin, Packing};
///
/// let job = ExportJob::new("acme".parse()?, ExportKind::SegmentExport("abc56c0c".parse()?))
///     .columns(["email", "country"])?;
/// assert_eq!((job.origin(), job.format(), job.packing()), (Origin::Api, FileFormat::Ndjson, Packing::Zip));
/// # Ok::<(), bucketline_export::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportJob {
    workspace: WorkspaceId,
    kind: ExportKind,
    origin: Origin,
    rows: String,
    columns: Vec<String>,
    format: FileFormat,
    packing: Packing,
    rows_per_file: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep_seconds: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mail_to: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback: Option<String>,
}

impl ExportJob {
    /// An export of `kind`, packed as zip. A segment export is asked for by a program, and is NDJSON with 5,000 rows a
    /// file; the others are asked for by a user, and are one CSV file.
    #[must_use]
    pub fn new(workspace: WorkspaceId, kind: ExportKind) -> Self {
        let (origin, format, rows_per_file) = match &kind {
            ExportKind::SegmentExport(_) => (Origin::Api, FileFormat::Ndjson, Some(USERS_PER_FILE)),
            ExportKind::CsvExport(_) | ExportKind::EngagementReport => {
                (Origin::Dashboard, FileFormat::Csv, None)
            }
        };
        Self {
            workspace,
            kind,
            origin,
            rows: String::new(),
            columns: Vec::new(),
            format,
            packing: Packing::Zip,
            rows_per_file,
            keep_seconds: None,
            mail_to: Vec::new(),
            callback: None,
        }
    }

    /// Asked for by `origin`.
    #[must_use]
    pub fn asked_by(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Where its rows are, in whatever words [`Sources`](crate::Sources) understands. It is remembered with the job, so
    /// that another process can read them again: no secret may be in it.
    #[must_use]
    pub fn rows(mut self, rows: impl Into<String>) -> Self {
        self.rows = rows.into();
        self
    }

    /// Only these columns, in this order. Without, NDJSON has every member of every row, and CSV the columns of the
    /// source, else those of its first row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where one is empty or named twice, or there are over 2,000.
    pub fn columns<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Result<Self, Error> {
        let columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        if columns.len() > MAX_COLUMNS {
            let message = format!(
                "{} columns are asked for; the limit is {MAX_COLUMNS}",
                columns.len()
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        for (place, column) in columns.iter().enumerate() {
            if column.is_empty() || columns.iter().take(place).any(|other| other == column) {
                let message = format!(
                    "column {} is empty or named twice: `{}`",
                    place + 1,
                    column.escape_debug()
                );
                return Err(Error::new(ErrorKind::Invalid, message));
            }
        }
        self.columns = columns;
        Ok(self)
    }

    /// In this format.
    #[must_use]
    pub fn with_format(mut self, format: FileFormat) -> Self {
        self.format = format;
        self
    }

    /// Packed like this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for gzip of what a user gets as a download: that is a zip.
    pub fn with_packing(mut self, packing: Packing) -> Result<Self, Error> {
        if packing == Packing::Gzip && self.origin == Origin::Dashboard {
            let message = "what a user downloads is a zip; gzip is for exports that a program asks for";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        self.packing = packing;
        Ok(self)
    }

    /// At most so many rows a file; all in one where 0.
    #[must_use]
    pub fn with_rows_per_file(mut self, rows: u64) -> Self {
        self.rows_per_file = (rows > 0).then_some(rows);
        self
    }

    /// Deleted so long after it was done, to the second; kept where not said.
    #[must_use]
    pub fn deleted_after(mut self, time: Duration) -> Self {
        self.keep_seconds = Some(time.as_secs());
        self
    }

    /// Whom to mail when it is done.
    #[must_use]
    pub fn mail_to(mut self, people: impl IntoIterator<Item = Mailbox>) -> Self {
        self.mail_to = people.into_iter().map(|mailbox| mailbox.to_string()).collect();
        self
    }

    /// Where to post that it is done: an address that `bucketline_notify::WebhookUrl` takes.
    #[must_use]
    pub fn callback(mut self, url: impl Into<String>) -> Self {
        self.callback = Some(url.into());
        self
    }

    /// In which workspace.
    #[must_use]
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// Of what.
    #[must_use]
    pub fn kind(&self) -> &ExportKind {
        &self.kind
    }

    /// Who asked.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Where the rows are.
    #[must_use]
    pub fn rows_place(&self) -> &str {
        &self.rows
    }

    /// Which columns; all where empty.
    #[must_use]
    pub fn wanted_columns(&self) -> &[String] {
        &self.columns
    }

    /// How rows are written.
    #[must_use]
    pub fn format(&self) -> FileFormat {
        self.format
    }

    /// How files are packed.
    #[must_use]
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The most rows of one file.
    #[must_use]
    pub fn rows_per_file(&self) -> Option<u64> {
        self.rows_per_file
    }

    /// How long the files are kept once they are there; for ever where none.
    #[must_use]
    pub fn kept_for(&self) -> Option<Duration> {
        self.keep_seconds.map(Duration::from_secs)
    }

    /// Whom to mail.
    #[must_use]
    pub fn people(&self) -> &[String] {
        &self.mail_to
    }

    /// Where to post that it is done.
    #[must_use]
    pub fn callback_url(&self) -> Option<&str> {
        self.callback.as_deref()
    }
}

/// A job as it was taken: with its id, from which the names of its files are drawn, and its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakenJob {
    /// Its id, a UUID: a part of its keys.
    pub id: JobId,
    /// What is exported.
    pub job: ExportJob,
    /// When it was taken.
    pub started: Timestamp,
}

impl TakenJob {
    /// `job`, taken at `started`, to the second, as it is remembered.
    #[must_use]
    pub fn new(id: JobId, job: ExportJob, started: Timestamp) -> Self {
        let started = Timestamp::from_millis(started.as_seconds() * 1_000);
        Self { id, job, started }
    }
}
