//! From a batch of lines to the records that hold it: everything about a batch that can be settled before its place in the
//! log is known. Runs on the submitter's time, so that many batches are encoded at once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bucketline_spool::{
    Body, Encoding, Events, GenerationId, Hour, PartitionId, RejectedLine, Rejects, Route, StoredEvent,
    WorkspaceCounts,
};
use bytes::Bytes;

use super::{Admission, Admitted, RejectReason, Rejection};
use crate::batch::{Accepted, Batch, Line};

/// A batch that is ready for the log, but for its partition and position.
#[derive(Debug)]
pub struct Prepared {
    /// Its events, with `partition` and `first` still to be set.
    pub(crate) events: Events,
    /// Its refused lines, if any.
    pub(crate) rejects: Option<Rejects>,
    /// What it comes to, if it is new.
    pub(crate) outcome: Accepted,
}

impl Admission {
    /// Prepares a batch. `generations` names the present generation of each connector, by index.
    pub fn prepare(&self, batch: Batch, hour: Hour, generations: &[GenerationId]) -> Prepared {
        let mut preparation = Preparation::new(generations);
        for line in &batch.lines {
            preparation.line(self, line);
        }
        preparation.finish(batch, hour)
    }
}

impl Prepared {
    /// The record of the same batch when it was accepted before: it only counts.
    pub(crate) fn into_duplicate(self) -> (Events, Accepted) {
        let mut events = self.events;
        for counts in &mut events.counts {
            counts.duplicate = counts.received;
            (counts.accepted, counts.rejected) = (0, 0);
        }
        events.events = Vec::new();
        events.routings = Vec::new();
        events.event_types = Vec::new();
        events.generations = Vec::new();
        let lines = self.outcome.accepted + self.outcome.rejected;
        (
            events,
            Accepted {
                duplicate: lines,
                ..Accepted::default()
            },
        )
    }
}

struct Preparation<'a> {
    generations: &'a [GenerationId],
    /// Per workspace and type: its indexes into the tables of `Events`.
    table: HashMap<(usize, usize), Indexes>,
    generation_table: Vec<GenerationId>,
    event_types: Vec<Arc<str>>,
    routings: Vec<Vec<Route>>,
    bodies: Vec<u8>,
    events: Vec<(Indexes, u32, Range<usize>)>,
    counts: Vec<WorkspaceCounts>,
    rejected: Vec<RejectedLine>,
    outcome: Accepted,
}

#[derive(Clone, Copy)]
struct Indexes {
    event_type: u16,
    routing: u16,
}

impl<'a> Preparation<'a> {
    fn new(generations: &'a [GenerationId]) -> Self {
        Self {
            generations,
            table: HashMap::new(),
            generation_table: Vec::new(),
            event_types: Vec::new(),
            routings: Vec::new(),
            bodies: Vec::new(),
            events: Vec::new(),
            counts: Vec::new(),
            rejected: Vec::new(),
            outcome: Accepted::default(),
        }
    }

    fn line(&mut self, admission: &Admission, line: &Line) {
        let start = self.bodies.len();
        let admitted = match &line.text {
            Some(text) => admission.admit_line(text, &mut self.bodies),
            None => Err(Rejection::of(RejectReason::LineTooLong)),
        };
        match admitted {
            Ok(admitted) => self.accept(admitted, start),
            Err(rejection) => self.reject(line, &rejection),
        }
    }

    fn accept(&mut self, admitted: Admitted<'_>, start: usize) {
        self.outcome.accepted += 1;
        self.count(admitted.workspace().as_str(), |counts| {
            counts.received += 1;
            counts.accepted += 1;
        });
        if admitted.connectors().is_empty() {
            // Nobody takes it, now or later: routes are decided at admission. So it is counted and not kept.
            self.bodies.truncate(start);
            return;
        }
        let indexes = self.indexes(admitted);
        self.events
            .push((indexes, admitted.schema().id().get(), start..self.bodies.len()));
    }

    fn reject(&mut self, line: &Line, rejection: &Rejection) {
        self.outcome.rejected += 1;
        let workspace = rejection
            .workspace()
            .map(|workspace| workspace.as_str().to_owned());
        self.count(workspace.as_deref().unwrap_or_default(), |counts| {
            counts.received += 1;
            counts.rejected += 1;
        });
        self.rejected.push(RejectedLine {
            number: line.number,
            offset: line.offset,
            workspace,
            reason: rejection.reason().code().to_owned(),
            path: rejection.path().to_owned(),
        });
    }

    fn count(&mut self, workspace: &str, add: impl FnOnce(&mut WorkspaceCounts)) {
        let known = self
            .counts
            .iter_mut()
            .find(|counts| &*counts.workspace == workspace);
        if let Some(counts) = known {
            return add(counts);
        }
        let mut counts = WorkspaceCounts {
            workspace: workspace.into(),
            ..WorkspaceCounts::default()
        };
        add(&mut counts);
        self.counts.push(counts);
    }

    fn indexes(&mut self, admitted: Admitted<'_>) -> Indexes {
        if let Some(indexes) = self.table.get(&admitted.pair) {
            return *indexes;
        }
        let places = admitted.takers.places.iter();
        let routes = places
            .filter_map(|place| self.generations.get(*place))
            .map(|generation| Route {
                generation: index_of(&mut self.generation_table, generation),
                body: 0,
            })
            .collect();
        let indexes = Indexes {
            event_type: index_of(&mut self.event_types, &admitted.schema().event_type().to_shared()),
            routing: index_of(&mut self.routings, &routes),
        };
        self.table.insert(admitted.pair, indexes);
        indexes
    }

    fn finish(self, batch: Batch, hour: Hour) -> Prepared {
        // One buffer for all bodies of the batch: no copy per event, here or later.
        let bodies = Bytes::from(self.bodies);
        let events = self
            .events
            .into_iter()
            .map(|(indexes, schema, range)| StoredEvent {
                event_type: indexes.event_type,
                schema,
                routing: indexes.routing,
                body: Body {
                    encoding: Encoding::Avro,
                    bytes: bodies.slice(range),
                },
                others: Vec::new(),
            });
        let rejects = (!self.rejected.is_empty()).then_some(Rejects {
            source: batch.source,
            sequence: batch.sequence,
            input: batch.input,
            lines: self.rejected,
        });
        Prepared {
            events: Events {
                partition: PartitionId::from_random(0),
                first: 0,
                source: batch.source,
                sequence: batch.sequence,
                hour,
                admitted: None,
                counts: self.counts,
                generations: self.generation_table,
                event_types: self.event_types,
                routings: self.routings,
                offsets: Vec::new(),
                events: events.collect(),
            },
            rejects,
            outcome: self.outcome,
        }
    }
}

/// The index of a value in a table, where it is added if it is new. A table never outgrows its index: the number of
/// connectors is limited at start, and there are fewer event types and distinct sets of routes than event types times
/// workspaces.
fn index_of<T: PartialEq + Clone>(table: &mut Vec<T>, value: &T) -> u16 {
    let index = table.iter().position(|known| known == value).unwrap_or_else(|| {
        table.push(value.clone());
        table.len() - 1
    });
    u16::try_from(index).unwrap_or(u16::MAX)
}
