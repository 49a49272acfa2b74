//! What can go wrong, for whoever runs the multiplexer. Failures of a customer's store are no errors here: they are
//! states of the connector ([`crate::ConnectorStatus`]).

use std::fmt;
use std::sync::Arc;

use bucketline_spool::SourceId;

/// A failure of the multiplexer. Cheap to clone: one failure of the log answers many submissions.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<bucketline_spool::Error>,
}

/// What kind of failure, which says who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration contradicts itself, or names what does not exist: change it.
    Config,
    /// Two connectors' folders overlap in one bucket: give one of them another folder.
    FolderConflict,
    /// The log needs what this configuration does not have, e.g. a schema that held events were admitted under.
    MissingSchema,
    /// The log cannot be used; the inner kind says why.
    Spool(bucketline_spool::ErrorKind),
    /// The log says two things that cannot both be true: it was damaged, or written by something else.
    Contradiction,
    /// A batch does not begin where its source stands: go on from there. Other sources are not concerned.
    OutOfOrder,
    /// The multiplexer has stopped, by a shutdown or a failure of the log: start again.
    Stopped,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    /// The multiplexer has ended in good order.
    pub(crate) fn stopped() -> Self {
        Self::new(ErrorKind::Stopped, "the multiplexer has stopped; start it again")
    }

    /// A batch that overlaps what was taken, or leaves something out.
    pub(crate) fn out_of_order(source: SourceId, start: u64, stands: u64) -> Self {
        Self::new(
            ErrorKind::OutOfOrder,
            format!(
                "a batch of source `{source}` begins at byte {start}, and the source stands at byte {stands}: read it on from there"
            ),
        )
    }

    /// Whatever writes the log has broken down.
    pub(crate) fn broken_log() -> Self {
        Self::new(
            ErrorKind::Stopped,
            "the thread that writes the log broke down: start again, and report this",
        )
    }

    /// Whatever encodes batches has broken down over one.
    pub(crate) fn broken_encoder() -> Self {
        Self::new(
            ErrorKind::Stopped,
            "encoding this batch broke down: nothing of it was accepted; report this",
        )
    }

    /// A batch came for a shard that is not here.
    pub(crate) fn no_shard() -> Self {
        Self::new(
            ErrorKind::Stopped,
            "the shard of this batch is not here any more; give it to the one that has it",
        )
    }

    /// Whether the disk of the log is full: nothing was changed, and it goes on once there is room.
    pub(crate) fn is_full(&self) -> bool {
        self.kind() == ErrorKind::Spool(bucketline_spool::ErrorKind::Full)
    }

    /// Whether this is a failed append that has changed nothing, and the log can be used on.
    pub(crate) fn is_harmless(&self) -> bool {
        matches!(self.kind(), ErrorKind::Spool(kind) if is_harmless(kind))
    }

    /// Whether a frame that was whole cannot be read any more; all others can.
    pub(crate) fn is_damage(&self) -> bool {
        self.kind() == ErrorKind::Spool(bucketline_spool::ErrorKind::Damaged)
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the configuration is at fault, and not the log or the disk.
    pub fn is_config(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Config | ErrorKind::FolderConflict | ErrorKind::MissingSchema
        )
    }
}

/// Whether a failed append has changed nothing, and the log can be used on.
pub(crate) fn is_harmless(kind: bucketline_spool::ErrorKind) -> bool {
    use bucketline_spool::ErrorKind as Kind;
    matches!(kind, Kind::Full | Kind::TooLarge | Kind::InvalidRecord)
}

impl From<bucketline_spool::Error> for Error {
    fn from(error: bucketline_spool::Error) -> Self {
        let kind = ErrorKind::Spool(error.kind());
        Self(Arc::new(Inner {
            kind,
            message: "the spool failed".to_owned(),
            source: Some(error),
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.source {
            // The log's own text says what, where and what to do; ours would only stand in front of it.
            Some(source) => fmt::Display::fmt(source, f),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The spool's error is shown whole by `Display`, so the chain goes on with what lies behind it.
        self.0.source.as_ref().and_then(std::error::Error::source)
    }
}
