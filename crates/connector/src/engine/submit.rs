//! Acceptance: a batch gets its positions, is appended, and is acknowledged once it is durable. A batch that is known is
//! counted and not stored again.

use std::collections::{HashMap, VecDeque};

use bucketline_spool::{Record, Sequence, SourceId};

use super::{Command, Engine, Purpose, RequestId};
use crate::admit::Prepared;
use crate::batch::Accepted;
use crate::error::Error;

/// Batches on their way to the disk.
#[derive(Debug, Default)]
pub(super) struct Submissions {
    in_flight: HashMap<SourceId, Vec<Sequence>>,
    /// Repeats of batches in flight: what they are is known when those are durable, or failed.
    held: VecDeque<(RequestId, Prepared)>,
}

/// A batch on its way to the disk.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) id: RequestId,
    source: SourceId,
    sequence: Sequence,
    outcome: Accepted,
}

impl Submissions {
    fn covers(&self, source: &SourceId, sequence: &Sequence) -> bool {
        self.in_flight
            .get(source)
            .into_iter()
            .flatten()
            .any(|other| match (other, sequence) {
                (Sequence::Offset { end: known, .. }, Sequence::Offset { end, .. }) => known >= end,
                (Sequence::Key(known), Sequence::Key(key)) => known == key,
                _ => false,
            })
    }

    fn remove(&mut self, source: &SourceId, sequence: &Sequence) {
        if let Some(sequences) = self.in_flight.get_mut(source) {
            if let Some(place) = sequences.iter().position(|other| other == sequence) {
                sequences.swap_remove(place);
            }
            if sequences.is_empty() {
                self.in_flight.remove(source);
            }
        }
    }
}

impl Engine {
    pub(super) fn submit(&mut self, id: RequestId, batch: Prepared) {
        let (source, sequence) = (batch.events.source, batch.events.sequence);
        if self.fold.sources.knows(&source, &sequence) {
            let (events, outcome) = batch.into_duplicate();
            return self.append_batch(id, events, None, outcome);
        }
        if self.submissions.covers(&source, &sequence) {
            self.submissions.held.push_back((id, batch));
            return;
        }
        let Prepared {
            events,
            rejects,
            outcome,
        } = batch;
        self.append_batch(id, events, rejects, outcome);
    }

    fn append_batch(
        &mut self,
        id: RequestId,
        mut events: bucketline_spool::Events,
        rejects: Option<bucketline_spool::Rejects>,
        outcome: Accepted,
    ) {
        let (source, sequence) = (events.source, events.sequence);
        events.partition = self.partition;
        // The hour of admission never goes back, also when the clock does: so a lane of an hour that has passed is done for good.
        self.hour = self.hour.max(events.hour);
        events.hour = self.hour;
        events.first = self.next_position;
        self.next_position = events.end();
        self.submissions
            .in_flight
            .entry(source)
            .or_default()
            .push(sequence);
        let mut records = vec![Record::from(events)];
        records.extend(rejects.map(Record::from));
        self.append(
            Purpose::Batch(InFlight {
                id,
                source,
                sequence,
                outcome,
            }),
            records,
        );
    }

    pub(super) fn batch_durable(&mut self, batch: InFlight) {
        self.submissions.remove(&batch.source, &batch.sequence);
        self.commands.push(Command::Accepted {
            id: batch.id,
            result: Ok(batch.outcome),
        });
        self.submit_held();
    }

    pub(super) fn batch_failed(&mut self, batch: &InFlight, error: Error) {
        self.submissions.remove(&batch.source, &batch.sequence);
        self.commands.push(Command::Accepted {
            id: batch.id,
            result: Err(error),
        });
        self.submit_held();
    }

    fn submit_held(&mut self) {
        for (id, batch) in std::mem::take(&mut self.submissions.held) {
            self.submit(id, batch);
        }
    }

    /// Answers what will never be appended.
    pub(super) fn refuse_waiting(&mut self) {
        for (id, _) in std::mem::take(&mut self.submissions.held) {
            let result = Err(self.stopped());
            self.commands.push(Command::Accepted { id, result });
        }
    }

    /// Whether any batch is on its way to the disk.
    pub(super) fn is_accepting(&self) -> bool {
        !self.submissions.in_flight.is_empty()
    }
}
