//! The crate's one error: which data could not be read, and where.

use std::fmt;

/// Why data could not become a [`Catalog`](crate::Catalog).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not JSON of the form that is documented: correct the text.
    Json,
    /// The text is not a packed catalogue, or one of a later version of the form: pack the data again.
    Packed,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What went wrong, for a program to act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service data cannot be read: {}", self.message)
    }
}

impl std::error::Error for Error {}
