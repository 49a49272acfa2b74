//! The one error of this crate: what could not be done, and whether trying again may help. Never holds a secret.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting cannot be used: correct it.
    InvalidConfig,
    /// The receiver did not take the message this time: it is tried again.
    NotTaken,
    /// The receiver will never take this message, or wants none at all: look at its address and settings.
    Refused,
    /// What is remembered could not be read or written: look at the disk and its rights.
    Store,
    /// The notifier has ended.
    Closed,
}

/// Why a message could not be sent, or a notifier not be set up.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// An error of `kind`; `message` is a lower-case fragment without secrets and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    /// With what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// With the pause that the receiver asked for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same message may be taken later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == ErrorKind::NotTaken
    }

    /// The pause that the receiver asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
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
