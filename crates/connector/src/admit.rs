//! Admission: from a line of text to an event in its stored form with its routes, or to a refusal with a stable code. Pure:
//! no clock, no I/O; the same line under the same configuration always comes to the same.

mod envelope;
mod prepare;
mod reason;

pub use prepare::Prepared;
pub use reason::{RejectReason, Rejection};

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use bucketline_format::transform::Plan;
use bucketline_format::{Schema, SchemaRegistry};

use crate::SchemaChange;
use crate::route::{Forms, Routes, Takers};
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
#[derive(Debug, Clone)]
pub struct Admitted<'a> {
    workspace: &'a WorkspaceId,
    schema: &'a Schema,
    takers: &'a Takers,
    /// `None`: all take the event as it came.
    forms: Option<&'a Forms>,
    /// Where each form ends in what was appended; empty for one alone.
    ends: Vec<usize>,
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

    /// The datum that a connector gets, out of what was appended when the line was admitted; nothing if it does not take the event.
    pub fn datum_for<'d>(&self, connector: &ConnectorId, appended: &'d [u8]) -> Option<&'d [u8]> {
        let taker = self.takers.ids.iter().position(|id| id == connector)?;
        appended.get(self.bodies(appended.len()).nth(self.form_of(taker).into())?)
    }

    /// The form that a taker gets.
    fn form_of(&self, taker: usize) -> u8 {
        let form = self.forms.and_then(|forms| forms.of_takers().get(taker));
        form.copied().unwrap_or(0)
    }

    /// Where each form lies in the `length` bytes that were appended.
    fn bodies(&self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = self.ends.iter().copied().chain([length]);
        starts.zip(ends).map(|(start, end)| start..end)
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
    /// datum to `datum`: where connectors transform it, one for each form that somebody takes ([`Admitted::datum_for`]), and none of
    /// the event as it came unless somebody takes it so. A `sequence` beside these is the producer's own number of the line; it is not kept.
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
        if let Err(mismatch) = kind.schema.encode_event(envelope.event, datum) {
            datum.truncate(start);
            let reason = RejectReason::Mismatch(mismatch.reason());
            return Err(rejection(reason, mismatch.path()));
        }
        let formed = workspace
            .forms(kind, takers)
            .map_err(|_| RejectReason::NotTransformable)
            .and_then(|forms| {
                Ok((
                    forms,
                    forms.map_or(Ok(Vec::new()), |forms| form(forms, start, datum))?,
                ))
            });
        let (forms, ends) = formed.map_err(|reason| {
            datum.truncate(start);
            rejection(reason, "event")
        })?;
        Ok(Admitted {
            workspace: id,
            schema: &kind.schema,
            takers,
            forms,
            ends,
            pair: workspace.pair(kind),
        })
    }
}

/// Puts all forms of an event in the place of the one that stands from `start` on; where each but the last ends.
fn form(forms: &Forms, start: usize, datum: &mut Vec<u8>) -> Result<Vec<usize>, RejectReason> {
    if forms.plans().iter().all(Plan::is_copy) {
        return Ok(Vec::new());
    }
    let came = datum.split_off(start);
    let mut ends = Vec::new();
    for plan in forms.plans() {
        let from = datum.len();
        plan.apply(&came, datum)
            .map_err(|_| RejectReason::NotTransformable)?;
        // Hashes are longer than what they stand for: a list of a million short texts would fill a frame.
        if !plan.is_copy() && datum.len() - from > MAX_EVENT {
            return Err(RejectReason::EventTooLarge);
        }
        ends.push(datum.len() - start);
    }
    ends.pop();
    Ok(ends)
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
