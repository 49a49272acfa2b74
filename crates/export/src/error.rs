//! The one error of this crate: what could not be done, where, and what to do next.

use std::error::Error as StdError;
use std::fmt;

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A job or setting cannot be used: correct it.
    Invalid,
    /// Another export of this segment runs, or too many of the workspace: try again when one has ended (429).
    Busy,
    /// There is no such job.
    NotFound,
    /// The rows could not be read: look at their source. What was written of them is removed.
    Rows,
    /// A file could not be written, or is not what was written: the source says why.
    Storage,
    /// The record of the jobs could not be read or written: look at the disk and its rights.
    Store,
    /// Somebody cancelled the job.
    Cancelled,
}

/// Why an export could not be made.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    transient: bool,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// An error of `kind`; `message` is a lower-case fragment without secrets and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            transient: false,
            source: None,
        }
    }

    /// With what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The failure of a store, which may be one that time cures.
    pub(crate) fn of_store(message: String, error: bucketline_sink::Error) -> Self {
        Self {
            transient: error.kind().is_transient(),
            ..Self::new(ErrorKind::Storage, message).with_source(error)
        }
    }

    /// Whether the same may work a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message, and those of all its causes, on one line.
    #[must_use]
    pub fn chain(&self) -> String {
        chain(self)
    }
}

/// The message of `error`, and those of all its causes, on one line.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = cause.source();
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
