//! The crate's error: what was wrong with a schema, a name, a datum or an object.
//! It knows no events: an event that does not fit its schema is a [`Mismatch`](crate::Mismatch), which is data, not a failure.

use std::fmt;

/// Why a schema, a name, a datum or an object container file was refused.
///
/// Nothing in this crate writes anywhere, so an error never leaves an effect behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What an [`Error`] is about, and with it who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A name is not an event type. Correct it where it was written.
    InvalidEventType,
    /// A schema id is not a whole number from 1 to 4294967295 without leading zeros.
    InvalidSchemaId,
    /// A pattern of event types is malformed. Correct the configuration.
    InvalidSelection,
    /// A schema file is not Avro, or uses a part of Avro that events do not use. Correct the file.
    InvalidSchema,
    /// A transformation does not fit the schema that it is for, or contradicts another. Correct the configuration.
    InvalidTransform,
    /// Two schemas of a registry contradict one another: one of them has to go.
    Conflict,
    /// Bytes are not a datum of the schema they were read with: damaged, or read with the wrong schema.
    InvalidDatum,
    /// Bytes are not a whole, undamaged object container file.
    InvalidObject,
    /// The file is in order, but written in a way that this version does not read (a codec, for example).
    Unsupported,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
        }
    }

    /// The same error, with the place it was found in put in front.
    pub(crate) fn within(self, place: impl fmt::Display) -> Self {
        Self {
            kind: self.kind,
            message: format!("{place}: {}", self.message),
        }
    }

    /// What the error is about.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }
}
