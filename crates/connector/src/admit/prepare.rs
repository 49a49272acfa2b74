//! From a batch of lines to the records that hold it: everything about a batch that can be settled before its place in the
//! log is known. Runs on the submitter's time, so that many batches are encoded at once.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use bucketline_spool::{
    Body, Encoding, Events, GenerationId, Hour, PartitionId, RejectedLine, Rejects, Route, Sequence,
    StoredEvent, WorkspaceCounts,
};
use bytes::Bytes;

use super::{Admission, Admitted, RejectReason, Rejection};
use crate::batch::{Accepted, Batch, Line, Numbering, RefusedText};

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
        let mut preparation = Preparation::new(generations, batch.refused_text);
        for line in &batch.lines {
            preparation.line(self, line, batch.numbering);
        }
        preparation.finish(batch, hour)
    }
}

impl Prepared {
    /// The record of the same batch when it was accepted before: it only counts.
    pub(crate) fn into_duplicate(self) -> (Events, Accepted) {
        let mut events = self.events;
        if let Sequence::Offset { start, end, .. } = &mut events.sequence {
            *start = *end; // It takes its source no further.
        }
        for counts in &mut events.counts {
            counts.duplicate = counts.received;
            (counts.accepted, counts.rejected) = (0, 0);
        }
        events.proof = None;
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
    generation_table: Table<GenerationId>,
    event_types: Table<Arc<str>>,
    routings: Table<Vec<Route>>,
    bodies: Vec<u8>,
    events: Vec<Encoded>,
    counts: BTreeMap<Arc<str>, WorkspaceCounts>,
    rejected: Vec<RejectedLine>,
    refused_text: RefusedText,
    outcome: Accepted,
}

/// An event, and where its forms lie.
struct Encoded {
    indexes: Indexes,
    schema: u32,
    body: Range<usize>,
    others: Vec<Range<usize>>,
}

#[derive(Clone, Copy)]
struct Indexes {
    event_type: u16,
    routing: u16,
}

impl<'a> Preparation<'a> {
    fn new(generations: &'a [GenerationId], refused_text: RefusedText) -> Self {
        Self {
            generations,
            table: HashMap::new(),
            generation_table: Table::default(),
            event_types: Table::default(),
            routings: Table::default(),
            bodies: Vec::new(),
            events: Vec::new(),
            counts: BTreeMap::new(),
            rejected: Vec::new(),
            refused_text,
            outcome: Accepted::default(),
        }
    }

    fn line(&mut self, admission: &Admission, line: &Line, numbering: Numbering) {
        let start = self.bodies.len();
        let admitted = match (&line.text, numbering) {
            (Some(text), Numbering::Free) => admission.admit_line(text, &mut self.bodies),
            (Some(text), Numbering::Demanded) => admission.admit_sequenced(text, &mut self.bodies),
            (None, _) => Err(Rejection::of(RejectReason::LineTooLong)),
        };
        match admitted {
            Ok(admitted) => self.accept(&admitted, start),
            Err(rejection) => self.reject(line, &rejection),
        }
    }

    fn accept(&mut self, admitted: &Admitted<'_>, start: usize) {
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
        let bodies = admitted.bodies(self.bodies.len() - start);
        let mut bodies = bodies.map(|body| start + body.start..start + body.end);
        self.events.push(Encoded {
            indexes,
            schema: admitted.schema().id().get(),
            body: bodies.next().unwrap_or(start..start),
            others: bodies.collect(),
        });
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
            text: match self.refused_text {
                RefusedText::Nothing => None,
                RefusedText::All => line.text.clone(),
            },
        });
    }

    fn count(&mut self, workspace: &str, add: impl FnOnce(&mut WorkspaceCounts)) {
        if let Some(counts) = self.counts.get_mut(workspace) {
            return add(counts);
        }
        let workspace: Arc<str> = workspace.into();
        let mut counts = WorkspaceCounts {
            workspace: Arc::clone(&workspace),
            ..WorkspaceCounts::default()
        };
        add(&mut counts);
        self.counts.insert(workspace, counts);
    }

    fn indexes(&mut self, admitted: &Admitted<'_>) -> Indexes {
        if let Some(indexes) = self.table.get(&admitted.pair) {
            return *indexes;
        }
        let places = admitted.takers.places.iter().enumerate();
        let routes = places
            .filter_map(|(taker, place)| Some((taker, self.generations.get(*place)?)))
            .map(|(taker, generation)| Route {
                generation: self.generation_table.index_of(*generation),
                body: admitted.form_of(taker),
            })
            .collect();
        let indexes = Indexes {
            event_type: self
                .event_types
                .index_of(admitted.schema().event_type().to_shared()),
            routing: self.routings.index_of(routes),
        };
        self.table.insert(admitted.pair, indexes);
        indexes
    }

    fn finish(self, batch: Batch, hour: Hour) -> Prepared {
        // One buffer for all bodies of the batch: no copy per event, here or later.
        let bodies = Bytes::from(self.bodies);
        let body = |range| Body {
            encoding: Encoding::Avro,
            bytes: bodies.slice(range),
        };
        let events = self.events.into_iter().map(|event| StoredEvent {
            event_type: event.indexes.event_type,
            schema: event.schema,
            routing: event.indexes.routing,
            body: body(event.body),
            others: event.others.into_iter().map(body).collect(),
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
                counts: self.counts.into_values().collect(),
                generations: self.generation_table.values,
                event_types: self.event_types.values,
                routings: self.routings.values,
                offsets: Vec::new(),
                events: events.collect(),
                proof: batch.proof.map(Box::new),
            },
            rejects,
            outcome: self.outcome,
        }
    }
}

/// Distinct values, and the index of each. It never outgrows its index: the number of connectors is limited at start, and no record
/// has room for that many events of distinct types or routes.
struct Table<T> {
    values: Vec<T>,
    indexes: HashMap<T, u16>,
}

impl<T: Clone + Eq + Hash> Table<T> {
    /// The index of a value, which is added if it is new.
    fn index_of(&mut self, value: T) -> u16 {
        if let Some(index) = self.indexes.get(&value) {
            return *index;
        }
        let index = u16::try_from(self.values.len()).unwrap_or(u16::MAX);
        self.values.push(value.clone());
        self.indexes.insert(value, index);
        index
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            indexes: HashMap::new(),
        }
    }
}
