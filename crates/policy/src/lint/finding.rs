//! One thing found: what, where, why it matters and what to write instead. Knows no rule.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Code, Severity, TextEdit};
use crate::{Position, Span};

/// One finding of the linter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) code: &'static Code,
    pub(super) span: Span,
    pub(super) position: Position,
    pub(super) pointer: String,
    pub(super) message: String,
    pub(super) fix: Vec<TextEdit>,
    pub(super) suppression: Option<String>,
}

impl Finding {
    /// Its code, `INVALID_EFFECT`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code.name
    }

    /// The code with all that is known of it.
    #[must_use]
    pub fn rule(&self) -> &'static Code {
        self.code
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity
    }

    /// The bytes of the text that it is about.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where these bytes begin.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The JSON pointer (RFC 6901) of the value that it is about, `/Statement/0/Action/1`; empty for the whole document, or
    /// where the text is not JSON.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What was found, naming the values.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Why it matters.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.code.why
    }

    /// The edits that put it right; none where only a person can decide. All of them belong together. What they do to access
    /// says [`Linter::access`](super::Linter::access).
    #[must_use]
    pub fn fix(&self) -> &[TextEdit] {
        &self.fix
    }

    /// The reason for which the document itself says not to be told of this; nothing for most.
    #[must_use]
    pub fn suppression(&self) -> Option<&str> {
        self.suppression.as_deref()
    }
}

/// `3:14: error INVALID_EFFECT: what was found`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} {}: {}",
            self.position, self.code.severity, self.code.name, self.message
        )
    }
}

/// As `{code, severity, pointer, line, column, start, end, message, why, fix: [{start, end, replacement}]}`, with `suppression`
/// where there is one.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 11)?;
        out.serialize_field("code", self.code.name)?;
        out.serialize_field("severity", &self.code.severity)?;
        out.serialize_field("pointer", &self.pointer)?;
        out.serialize_field("line", &self.position.line)?;
        out.serialize_field("column", &self.position.column)?;
        out.serialize_field("start", &self.span.start())?;
        out.serialize_field("end", &self.span.end())?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("why", self.code.why)?;
        out.serialize_field("fix", &self.fix)?;
        match &self.suppression {
            Some(reason) => out.serialize_field("suppression", reason)?,
            None => out.skip_field("suppression")?,
        }
        out.end()
    }
}
