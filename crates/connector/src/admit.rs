//! Admission: from a line of text to an event in its stored form with its routes, or to a refusal with a stable code. Pure:
//! no clock, no I/O; the same line under the same configuration always comes to the same.

mod envelope;
mod prepare;
mod reason;

pub use prepare::Prepared;
pub use reason::{RejectReason, Rejection};

use std::collections::HashSet;
use std::fmt;

use bucketline_format::{Schema, SchemaRegistry};

use crate::SchemaChange;
use crate::route::{Routes, Takers};
use crate::{ConnectorConfig, ConnectorId, WorkspaceId};
use envelope::Envelope;

/// The largest event, in bytes of its JSON text: 900 KB.
pub const MAX_EVENT: usize = 921_600;

/// What decides which lines become events and where these go: the schemas, the workspaces and the connectors.
///
/// ```
/// use bucketline_connector::Admission;
/// use bucketline_format::{Schema, SchemaRegistry};
///
/// let avsc = r#"{"type": "record", "name": "Open", "fields": [{"name": "id", "type": "string"}]}"#;
/// let schemas = SchemaRegistry::new(vec![Schema::parse("mail.Open".parse()?, 1.try_into()?, avsc)?])?;
/// let admission = Admission::new(&schemas, ["acme".parse()?], &[]);
///
/// let mut datum = Vec::new();
/// let line = br#"{"workspace": "acme", "event_type": "mail.Open", "event": {"id": "x"}}"#;
/// let admitted = admission.admit_line(line, &mut datum).expect("it fits");
/// assert_eq!(admitted.workspace().as_str(), "acme");
/// assert_eq!(datum, b"\x02x");
///
/// let line = br#"{"workspace": "acme", "event_type": "mail.Open", "event": {"id": 7}}"#;
/// let refused = admission.admit_line(line, &mut datum).unwrap_err();
/// assert_eq!((refused.reason().code(), refused.path()), ("wrong_type", "event.id"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Admission {
    routes: Routes,
    /// Event types whose schema's file is not the one that their events are stored under.
    changed: HashSet<String>,
}

/// A line that became an event.
#[derive(Debug, Clone, Copy)]
pub struct Admitted<'a> {
    workspace: &'a WorkspaceId,
    schema: &'a Schema,
    takers: &'a Takers,
    /// What tells its workspace and type from all others.
    pair: (usize, usize),
}

impl<'a> Admitted<'a> {
    /// The workspace that it belongs to.
    pub fn workspace(&self) -> &'a WorkspaceId {
        self.workspace
    }

    /// The schema that it is stored under: the one with the highest id of its type.
    pub fn schema(&self) -> &'a Schema {
        self.schema
    }

    /// The connectors that take it.
    pub fn connectors(&self) -> &'a [ConnectorId] {
        &self.takers.ids
    }
}

impl Admission {
    /// Admission of events of the known types, for these workspaces and those of the connectors.
    pub fn new(
        schemas: &SchemaRegistry,
        workspaces: impl IntoIterator<Item = WorkspaceId>,
        connectors: &[ConnectorConfig],
    ) -> Self {
        Self {
            routes: Routes::new(schemas, workspaces, connectors),
            changed: HashSet::new(),
        }
    }

    /// The same, but for the event types whose schemas were changed under their ids: their events are refused.
    #[must_use]
    pub fn without(mut self, changes: &[SchemaChange]) -> Self {
        let refused = changes.iter().filter(|change| change.refuses_events());
        self.changed
            .extend(refused.map(|change| change.event_type().to_owned()));
        self
    }

    /// Admits one line `{"workspace": ..., "event_type": ..., "event": {...}}`, in UTF-8, and appends the event's Avro
    /// datum to `datum`. A `sequence` beside these is the producer's own number of the line; it is not kept.
    ///
    /// # Errors
    ///
    /// [`Rejection`], which names the reason and the place but never quotes the event; `datum` is as before then.
    pub fn admit_line(&self, line: &[u8], datum: &mut Vec<u8>) -> Result<Admitted<'_>, Rejection> {
        self.admit(parse(line)?, datum)
    }

    /// The number that its producer gave a line, `"sequence": 7` in its envelope: where all of the envelope can be read.
    #[must_use]
    pub fn sequence_of(line: &[u8]) -> Option<u64> {
        parse(line).ok()?.sequence
    }

    /// As [`admit_line`](Self::admit_line), of a line that has to have a `sequence`.
    pub(crate) fn admit_sequenced(
        &self,
        line: &[u8],
        datum: &mut Vec<u8>,
    ) -> Result<Admitted<'_>, Rejection> {
        let envelope = parse(line)?;
        if envelope.sequence.is_none() {
            return Err(Rejection::at(RejectReason::NoSequence, "sequence"));
        }
        self.admit(envelope, datum)
    }

    fn admit(&self, envelope: Envelope<'_>, datum: &mut Vec<u8>) -> Result<Admitted<'_>, Rejection> {
        let (id, workspace) = self
            .routes
            .workspace(&envelope.workspace)
            .ok_or(Rejection::at(RejectReason::UnknownWorkspace, "workspace"))?;
        let rejection = |reason, path: &str| Rejection::at(reason, path).in_workspace(id.clone());
        let route = self
            .routes
            .kind(&envelope.event_type)
            .and_then(|kind| Some((kind, workspace.takers(kind)?)));
        let (kind, takers) = route.ok_or_else(|| rejection(RejectReason::UnknownEventType, "event_type"))?;
        if !self.changed.is_empty() && self.changed.contains(&*envelope.event_type) {
            return Err(rejection(RejectReason::SchemaChanged, "event_type"));
        }
        if envelope.event.len() > MAX_EVENT {
            return Err(rejection(RejectReason::EventTooLarge, "event"));
        }
        let start = datum.len();
        match kind.schema.encode_event(envelope.event, datum) {
            Ok(()) => Ok(Admitted {
                workspace: id,
                schema: &kind.schema,
                takers,
                pair: workspace.pair(kind),
            }),
            Err(mismatch) => {
                datum.truncate(start);
                Err(rejection(
                    RejectReason::Mismatch(mismatch.reason()),
                    mismatch.path(),
                ))
            }
        }
    }
}

fn parse(line: &[u8]) -> Result<Envelope<'_>, Rejection> {
    let text = std::str::from_utf8(line).map_err(|_| Rejection::of(RejectReason::NotUtf8))?;
    Envelope::parse(text)
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission")
            .field("workspaces", &self.routes.workspaces().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
