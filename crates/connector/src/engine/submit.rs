//! Acceptance: a batch gets its positions, is appended, and is acknowledged once it is durable. A batch that is known is
//! counted and not stored again.

use std::collections::{HashMap, VecDeque};

use bucketline_spool::{Record, Sequence, SourceId};

use super::{Command, Engine, Purpose};
use crate::admit::Prepared;
use crate::batch::Accepted;
use crate::error::Error;
use crate::tickets::{RequestId, ShardId};

/// Batches of a shard on their way to the disk.
#[derive(Debug, Default)]
pub(super) struct Submissions {
    in_flight: HashMap<SourceId, Vec<Sequence>>,
    /// Repeats of batches in flight: what they are is known when those are durable, or failed.
    held: VecDeque<(RequestId, Prepared)>,
}

/// A batch on its way to the disk.
#[derive(Debug)]
pub(super) struct InFlight {
    id: RequestId,
    source: SourceId,
    sequence: Sequence,
    outcome: Accepted,
}

impl Submissions {
    /// Whether any batch is on its way to the disk.
    pub(super) fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Whether a batch in flight has this one's place in its source, or one beyond it.
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

    /// Where a source will stand once what is in flight is durable.
    fn place_of(&self, source: &SourceId) -> Option<u64> {
        let in_flight = self.in_flight.get(source).into_iter().flatten();
        let ends = in_flight.filter_map(|sequence| match sequence {
            Sequence::Offset { end, .. } => Some(*end),
            Sequence::Key(_) => None,
        });
        ends.max()
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
    pub(super) fn submit(&mut self, shard: ShardId, id: RequestId, batch: Prepared) {
        let Some(run) = self.shards.get_mut(&shard) else {
            return self.accepted(id, Err(Error::no_shard()));
        };
        if let Some(failure) = run.failed.clone() {
            return self.accepted(id, Err(failure));
        }
        let (source, sequence) = (batch.events.source, batch.events.sequence);
        if run.fold.sources.knows(&source, &sequence) {
            let (events, outcome) = batch.into_duplicate();
            return self.append_batch(shard, id, events, None, outcome);
        }
        if run.submissions.covers(&source, &sequence) {
            run.submissions.held.push_back((id, batch));
            return;
        }
        if let Sequence::Offset { start, .. } = sequence {
            let durable = run.fold.sources.place_of(&source);
            let stands = run
                .submissions
                .place_of(&source)
                .map_or(durable, |place| place.max(durable));
            if start != stands && !bent!(AcceptanceOutOfOrder) {
                return self.accepted(id, Err(Error::out_of_order(source, start, stands)));
            }
        }
        let Prepared {
            events,
            rejects,
            outcome,
        } = batch;
        self.append_batch(shard, id, events, rejects, outcome);
    }

    fn append_batch(
        &mut self,
        shard: ShardId,
        id: RequestId,
        mut events: bucketline_spool::Events,
        rejects: Option<bucketline_spool::Rejects>,
        outcome: Accepted,
    ) {
        // The hour of admission never goes back, over all shards, also when the clock does: so a lane of an hour that has passed is
        // done for good.
        let latest = self.shards.values().map(|run| run.hour).max();
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        run.hour = latest.map_or(events.hour, |latest| latest.max(events.hour));
        if bent!(HourGoesBack) {
            run.hour = events.hour;
        }
        let (source, sequence) = (events.source, events.sequence);
        events.hour = run.hour;
        events.partition = run.partition;
        events.first = run.next_position;
        run.next_position = events.end();
        run.submissions
            .in_flight
            .entry(source)
            .or_default()
            .push(sequence);
        let mut records = vec![Record::from(events)];
        records.extend(rejects.map(Record::from));
        let batch = InFlight {
            id,
            source,
            sequence,
            outcome,
        };
        self.append(shard, Purpose::Batch(batch), records);
    }

    pub(super) fn batch_durable(&mut self, shard: ShardId, batch: InFlight) {
        let outcome = batch.outcome;
        self.batch_ended(shard, &batch, Ok(outcome));
    }

    pub(super) fn batch_failed(&mut self, shard: ShardId, batch: &InFlight, error: Error) {
        self.batch_ended(shard, batch, Err(error));
    }

    fn batch_ended(&mut self, shard: ShardId, batch: &InFlight, result: Result<Accepted, Error>) {
        self.accepted(batch.id, result);
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        run.submissions.remove(&batch.source, &batch.sequence);
        for (id, batch) in std::mem::take(&mut run.submissions.held) {
            self.submit(shard, id, batch);
        }
    }

    /// Answers what will never be appended.
    pub(super) fn refuse_waiting(&mut self, shard: ShardId) {
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        let failure = run.failed.clone().unwrap_or_else(Error::stopped);
        for (id, _) in std::mem::take(&mut run.submissions.held) {
            self.accepted(id, Err(failure.clone()));
        }
    }

    fn accepted(&mut self, id: RequestId, result: Result<Accepted, Error>) {
        self.commands.push(Command::Accepted { id, result });
    }
}
