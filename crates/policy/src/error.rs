//! The crate's one error: what is wrong, where, and what to do next. It knows no rule; it only carries answers.

use std::fmt;

use crate::json::Position;

/// Why a text could not become a value of this crate.
///
/// Nothing in this crate has an effect outside its own memory, so no error leaves anything half done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Option<Box<Place>>,
}

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A name (account id, ARN, bucket, action, operator, external id) breaks its rules: correct the name.
    InvalidName,
    /// The text is not JSON, or goes deeper or is longer than any policy: correct the text.
    Syntax,
    /// The text is JSON but not a policy document: an element is unknown, missing, repeated or of the wrong type.
    Structure,
    /// The document is well formed, but larger than the quota of its kind: shorten it.
    TooLarge,
    /// What would have to be proven first cannot be: leave the document as it is, or make it simpler.
    Unproven,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    pointer: String,
    position: Option<Position>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
        }
    }

    pub(crate) fn name(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidName, message)
    }

    pub(crate) fn at(mut self, pointer: impl Into<String>, position: Option<Position>) -> Self {
        self.place = Some(Box::new(Place {
            pointer: pointer.into(),
            position,
        }));
        self
    }

    /// What went wrong, for a program to act on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, for a person, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The JSON pointer (RFC 6901) of the offending value, when the error is about a document.
    pub fn pointer(&self) -> Option<&str> {
        self.place.as_deref().map(|place| place.pointer.as_str())
    }

    /// Line and column of the offending text, when the document came from text.
    pub fn position(&self) -> Option<Position> {
        self.place.as_deref().and_then(|place| place.position)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let Some(place) = self.place.as_deref() else {
            return Ok(());
        };
        if !place.pointer.is_empty() {
            write!(f, " at `{}`", place.pointer)?;
        }
        if let Some(position) = place.position {
            write!(f, " (line {}, column {})", position.line, position.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
