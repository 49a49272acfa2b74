//! Why an event does not fit its schema.
//! Carries a reason and a place, never a value: it is written to places that customers' data must not reach.

use std::fmt;

/// An event was refused: what is wrong, and where.
///
/// The path starts with `event` and is at most [`Mismatch::MAX_PATH`] bytes long; it names fields, never values.
/// A field that the schema does not know is named as the sender wrote it, shortened and with control characters escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    reason: MismatchReason,
    path: String,
}

/// What is wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MismatchReason {
    /// The text is not JSON (RFC 8259), or something follows it.
    NotJson,
    /// The event is another kind of JSON value than an object, going by how it begins.
    NotAnObject,
    /// A field that may not be null is absent.
    MissingField,
    /// The schema has no such field.
    UnknownField,
    /// A field is there twice; which one is meant cannot be known.
    DuplicateField,
    /// A value is of another type than the schema's; for `int` and `long`, a fraction or an exponent too.
    WrongType,
    /// A number does not fit: an `int` of 32 bits, a `long` of 64, or a `float` or `double` that would become infinite.
    OutOfRange,
    /// A string is not Unicode text: half of a surrogate pair stands alone in it.
    InvalidText,
}

impl MismatchReason {
    /// The reason as a stable, machine-readable code, such as `unknown_field`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::MissingField => "missing_field",
            Self::UnknownField => "unknown_field",
            Self::DuplicateField => "duplicate_field",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::InvalidText => "invalid_text",
        }
    }
}

impl fmt::Display for MismatchReason {
    /// A short phrase for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::NotAnObject => "not an object",
            Self::MissingField => "required field is missing",
            Self::UnknownField => "field is not in the schema",
            Self::DuplicateField => "field is there twice",
            Self::WrongType => "value has the wrong type",
            Self::OutOfRange => "number is out of range",
            Self::InvalidText => "string is not Unicode text",
        })
    }
}

impl Mismatch {
    /// The longest path, in bytes.
    pub const MAX_PATH: usize = 256;
    /// The root of every path.
    const ROOT: &'static str = "event";
    /// The longest part of a path that a sender chose, in characters.
    const MAX_FOREIGN: usize = 64;

    /// What is wrong.
    #[must_use]
    pub const fn reason(&self) -> MismatchReason {
        self.reason
    }

    /// Where, such as `event.properties[2]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// At the value being read. Its path grows from the inside out, by [`Mismatch::in_field`] and [`Mismatch::in_item`].
    pub(crate) fn here(reason: MismatchReason) -> Box<Self> {
        Box::new(Self {
            reason,
            path: String::new(),
        })
    }

    pub(crate) fn in_field(mut self: Box<Self>, name: &str) -> Box<Self> {
        self.path = format!(".{name}{}", self.path);
        self
    }

    pub(crate) fn in_item(mut self: Box<Self>, index: usize) -> Box<Self> {
        self.path = format!("[{index}]{}", self.path);
        self
    }

    /// At a field whose name the sender chose.
    pub(crate) fn at_foreign_field(reason: MismatchReason, name: &str) -> Box<Self> {
        let mut chars = name.chars();
        let mut shown: String = chars
            .by_ref()
            .take(Self::MAX_FOREIGN)
            .flat_map(char::escape_debug)
            .collect();
        if chars.next().is_some() {
            shown.push('…');
        }
        Box::new(Self {
            reason,
            path: format!(".{shown}"),
        })
    }

    pub(crate) fn finish(self) -> Self {
        let mut path = format!("{}{}", Self::ROOT, self.path);
        if path.len() > Self::MAX_PATH {
            path.truncate(path.floor_char_boundary(Self::MAX_PATH - '…'.len_utf8()));
            path.push('…');
        }
        Self {
            reason: self.reason,
            path,
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.reason)
    }
}

impl std::error::Error for Mismatch {}
