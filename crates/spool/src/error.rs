//! `Error`: what went wrong, where, and what to do next.
//! It must not know how a failure is reported or retried.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::Lsn;

/// A failure of the log. Its text says what, where and what to do next.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    effect: Effect,
    what: String,
    path: Option<PathBuf>,
    at: Option<Lsn>,
    holder: Option<u32>,
    source: Option<io::Error>,
}

/// What kind of failure it is, and so what the operator does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another process writes to this spool: stop it, or use another directory.
    Locked,
    /// A frame that was whole can no longer be read: open the spool again, which keeps a copy and goes on.
    Damaged,
    /// The disk is full: free space; the log goes on by itself.
    Full,
    /// A newer version wrote this: use that one.
    NewerVersion,
    /// A frame is whole and does not hold what its kind says: another version wrote it. Use that one.
    Undecodable,
    /// The directory holds something else: name another one.
    NotASpool,
    /// An earlier write or fsync failed: open the spool again.
    Poisoned,
    /// The log ends before what its checkpoint has seen: its disk lost what it had kept, or parts of two copies were mixed.
    Truncated,
    /// A record is larger than a frame may be: split it.
    TooLarge,
    /// A record contradicts itself: a bug in the program that made it.
    InvalidRecord,
    /// No frame stands at the place asked for.
    NotFound,
    /// The spool was opened for reading.
    ReadOnly,
    /// The disk or the file system failed: look at it, then open the spool again.
    Io,
}

/// Whether a failed call has changed the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a closed set: there is no third answer")]
pub enum Effect {
    /// Nothing was changed.
    NotApplied,
    /// It is known only after the log was opened again.
    Unknown,
}

impl Error {
    /// A failure with no effect, for a log other than [`Spool`](crate::Spool). `what` is a lower-case fragment
    /// without secrets.
    #[must_use]
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            effect: Effect::NotApplied,
            what: what.into(),
            path: None,
            at: None,
            holder: None,
            source: None,
        }))
    }

    /// A failure of the disk in what was being done; disk-full is told apart.
    pub(crate) fn io(what: impl Into<String>, path: &Path, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
            _ => ErrorKind::Io,
        };
        let mut error = Self::new(kind, what).in_file(path);
        error.0.source = Some(source);
        error
    }

    /// The same failure where nobody can tell what the disk has: never one that may simply be tried again.
    pub(crate) fn uncertain(mut self) -> Self {
        self.0.kind = ErrorKind::Io;
        self.with_unknown_effect()
    }

    /// What went wrong and why, without where and what to do.
    pub(crate) fn cause(&self) -> String {
        match &self.0.source {
            Some(source) => format!("{}: {source}", self.0.what),
            None => self.0.what.clone(),
        }
    }

    pub(crate) fn is_missing_file(&self) -> bool {
        self.0
            .source
            .as_ref()
            .is_some_and(|source| source.kind() == io::ErrorKind::NotFound)
    }

    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    pub(crate) fn at(mut self, lsn: Lsn) -> Self {
        self.0.at = Some(lsn);
        self
    }

    pub(crate) fn held_by(mut self, holder: Option<u32>) -> Self {
        self.0.holder = holder;
        self
    }

    /// The same failure, of a call that may have changed the log.
    #[must_use]
    pub fn with_unknown_effect(mut self) -> Self {
        self.0.effect = Effect::Unknown;
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the failed call has changed the log.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// The file or directory it happened in.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The place in the log it happened at.
    #[must_use]
    pub fn lsn(&self) -> Option<Lsn> {
        self.0.at
    }

    /// The process that holds the lock, where it is [`ErrorKind::Locked`] and that process has said so.
    #[must_use]
    pub fn holder(&self) -> Option<u32> {
        self.0.holder
    }
}

impl ErrorKind {
    const fn next_step(self) -> &'static str {
        match self {
            Self::Locked => "stop that process, or use another directory",
            Self::Damaged => "open the spool again: it sets the damaged part aside and goes on",
            Self::Full => "make room for it, or allow it more; nothing that was accepted is lost",
            Self::NewerVersion => "use the version that wrote it, or a later one; nothing was changed",
            Self::Undecodable => {
                "use the version that wrote it: the frame is whole, so it is not damage; nothing was changed"
            }
            Self::NotASpool => "name a new or empty directory, or the spool's own",
            Self::Poisoned => "open the spool again",
            Self::Truncated => {
                "bring its segments back, or have it marked with `bucketline spool restored`: it then goes on without what is missing"
            }
            Self::TooLarge => "split it into smaller records",
            Self::InvalidRecord => "nothing was written; this is a fault of the program",
            Self::NotFound => "read from a place that the log has told",
            Self::ReadOnly => "open the spool for writing",
            Self::Io => "look at the disk, then open the spool again",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)?;
        if let Some(holder) = self.0.holder {
            write!(f, " (process {holder})")?;
        }
        if let Some(path) = &self.0.path {
            write!(f, " in `{}`", path.display())?;
        }
        if let Some(at) = self.0.at {
            write!(f, " at byte {at} of the log")?;
        }
        write!(f, "; {}", self.0.kind.next_step())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}
