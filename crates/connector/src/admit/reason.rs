//! Why a line was refused: stable codes that the log and the rejects file carry. Never quotes what was refused.

use std::fmt;

use bucketline_format::MismatchReason;

use crate::WorkspaceId;

/// Why a line was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectReason {
    /// It is longer than [`Line::MAX_LENGTH`](crate::Line::MAX_LENGTH).
    LineTooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// It is not one JSON object with the strings `workspace` and `event_type` and the value `event`, each once, and `sequence`, where
    /// there is one, no unsigned number of 64 bits.
    NotAnEnvelope,
    /// The object has another key beside these.
    UnknownEnvelopeKey,
    /// Its source numbers its lines, and it has no `sequence`.
    NoSequence,
    /// The workspace is not configured.
    UnknownWorkspace,
    /// There is no schema for the event type.
    UnknownEventType,
    /// The file of its type's schema was changed under its id, so what its bytes would mean is not what they mean to the log.
    SchemaChanged,
    /// The event's text is longer than [`MAX_EVENT`](crate::MAX_EVENT), or what a connector's transformations make of it is.
    EventTooLarge,
    /// A field cannot take what a connector's transformations would put in its place: nothing of the event is stored then.
    NotTransformable,
    /// The event does not fit the schema of its type.
    Mismatch(MismatchReason),
}

impl RejectReason {
    /// The stable code: `line_too_long`, `not_utf8`, `not_an_envelope`, `unknown_envelope_key`, `no_sequence`, `unknown_workspace`,
    /// `unknown_event_type`, `schema_changed`, `event_too_large`, `not_transformable`, or one of [`MismatchReason::code`].
    pub fn code(self) -> &'static str {
        match self {
            Self::LineTooLong => "line_too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotAnEnvelope => "not_an_envelope",
            Self::UnknownEnvelopeKey => "unknown_envelope_key",
            Self::NoSequence => "no_sequence",
            Self::UnknownWorkspace => "unknown_workspace",
            Self::UnknownEventType => "unknown_event_type",
            Self::SchemaChanged => "schema_changed",
            Self::EventTooLarge => "event_too_large",
            Self::NotTransformable => "not_transformable",
            Self::Mismatch(reason) => reason.code(),
        }
    }
}

/// A refused line: the reason, where it lies, and the workspace that it counts under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: RejectReason,
    path: String,
    workspace: Option<WorkspaceId>,
}

impl Rejection {
    pub(super) fn of(reason: RejectReason) -> Self {
        Self {
            reason,
            path: String::new(),
            workspace: None,
        }
    }

    pub(super) fn at(reason: RejectReason, path: &str) -> Self {
        Self {
            reason,
            path: path.to_owned(),
            workspace: None,
        }
    }

    pub(super) fn in_workspace(mut self, workspace: WorkspaceId) -> Self {
        self.workspace = Some(workspace);
        self
    }

    /// Why.
    pub fn reason(&self) -> RejectReason {
        self.reason
    }

    /// The part of the line at fault, e.g. `event.properties[2]`; empty where it is the whole line.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The workspace, where the line names a known one.
    pub fn workspace(&self) -> Option<&WorkspaceId> {
        self.workspace.as_ref()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.code())?;
        if self.path.is_empty() {
            Ok(())
        } else {
            write!(f, " at `{}`", self.path)
        }
    }
}

impl std::error::Error for Rejection {}
