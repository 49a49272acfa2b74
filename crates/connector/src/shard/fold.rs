//! The state of everything, as a fold over the log's records. The same code folds the log at start and each record once it is
//! durable, so there is no second truth. Takes records only; knows no time, no stores and no configuration.

mod carry;
mod damage;
mod drops;
mod seals;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use bucketline_spool::{
    Events, Generation, GenerationId, Hour, Lane, Lsn, PartitionId, Position, Record, SpoolTime,
};

use super::frames::Frames;
use super::held_batch::{HeldBatch, Mixing, Share};
use super::lane::{LaneId, LaneState, Run};
use super::schemas::PinnedSchemas;
use super::sources::Sources;
use crate::error::{Error, ErrorKind};
use crate::ledger::Ledger;
pub(crate) use damage::Damage;
pub(crate) use drops::frontier_after;

/// All that the log means.
#[derive(Debug)]
pub(crate) struct Fold {
    /// Every partition that was ever opened.
    partitions: HashSet<PartitionId>,
    /// The newest partition, and the position after its last event.
    newest: Option<(PartitionId, Position)>,
    pub(crate) generations: Vec<GenerationState>,
    generation_ids: HashMap<GenerationId, usize>,
    pub(crate) connectors: Vec<ConnectorBook>,
    connector_ids: HashMap<Arc<str>, usize>,
    pub(crate) lanes: HashMap<LaneId, LaneState, BuildHasherDefault<Mixing>>,
    next_lane: usize,
    lane_ids: HashMap<Lane, LaneId>,
    pub(crate) sources: Sources,
    pub(crate) schemas: PinnedSchemas,
    /// Where refused lines stand, in order.
    pub(crate) rejects: Vec<Lsn>,
    pub(crate) ledger: Ledger,
    pub(crate) frames: Frames,
    /// The latest hour of an event: none goes into an earlier one any more.
    pub(crate) hour: Hour,
    /// Lanes that hold nothing, and may yet.
    idle: BTreeSet<LaneId>,
    /// Lanes that have changed since they were last taken.
    touched: Vec<LaneId>,
    /// Lanes that were forgotten since these were last taken.
    forgotten: Vec<LaneId>,
    /// Whether the log came from a backup.
    restored: bool,
    /// Nothing for a log that can be read from end to end.
    damage: Option<Damage>,
}

/// A generation, and the connector that it belongs to.
#[derive(Debug)]
pub(crate) struct GenerationState {
    pub(crate) record: Generation,
    pub(crate) connector: usize,
}

/// What the log says of one connector.
#[derive(Debug)]
pub(crate) struct ConnectorBook {
    pub(crate) id: Arc<str>,
    /// Its newest generation.
    pub(crate) newest: usize,
    /// Its lanes.
    pub(crate) lanes: BTreeSet<LaneId>,
    pub(crate) events_held: u64,
    pub(crate) bytes_held: u64,
    /// The encryption of its last object, where that was not as asked.
    pub(crate) misencrypted: Option<Arc<str>>,
}

impl Fold {
    /// The fold of an empty log, which keeps at most `memory` bytes of batches.
    pub(crate) fn new(memory: u64) -> Self {
        Self {
            partitions: HashSet::new(),
            newest: None,
            generations: Vec::new(),
            generation_ids: HashMap::new(),
            connectors: Vec::new(),
            connector_ids: HashMap::new(),
            lanes: HashMap::default(),
            next_lane: 0,
            lane_ids: HashMap::new(),
            sources: Sources::default(),
            schemas: PinnedSchemas::default(),
            rejects: Vec::new(),
            ledger: Ledger::default(),
            frames: Frames::new(memory),
            hour: Hour::new(0),
            idle: BTreeSet::new(),
            touched: Vec::new(),
            forgotten: Vec::new(),
            restored: false,
            damage: None,
        }
    }

    /// The fold of an empty log that will turn out to be damaged.
    pub(crate) fn over_damage(memory: u64, damage: Damage) -> Self {
        Self {
            damage: Some(damage),
            ..Self::new(memory)
        }
    }

    /// Takes in the next record.
    ///
    /// # Errors
    ///
    /// `Contradiction` if it does not fit what came before, `Spool(NewerVersion)` if it is of a kind that this version does
    /// not fold yet.
    pub(crate) fn apply(&mut self, lsn: Lsn, time: SpoolTime, record: Record) -> Result<(), Error> {
        match record {
            Record::Opened(opened) => {
                if !self.partitions.insert(opened.partition) {
                    return Err(contradiction(
                        lsn,
                        format!("partition {} is opened twice", opened.partition),
                    ));
                }
                self.newest = Some((opened.partition, 0));
                self.forget_what_is_done();
                Ok(())
            }
            Record::Generation(generation) => self.generation(lsn, generation),
            Record::Schema(schema) => self.schemas.pin(&schema).ok_or_else(|| {
                contradiction(
                    lsn,
                    format!(
                        "schema {} cannot be read, or has its id a second time",
                        schema.schema
                    ),
                )
            }),
            Record::Events(events) => self.events(lsn, time, events),
            Record::Rejects(_) => {
                self.rejects.push(lsn);
                Ok(())
            }
            Record::Seal(seal) => self.seal(lsn, seal),
            Record::Commit(commit) => self.commit(lsn, &commit),
            Record::Drop(drop) => self.give_up(lsn, drop),
            Record::Settle(settle) => self.settle(lsn, &settle),
            Record::Retarget(retarget) => self.retarget(lsn, &retarget),
            Record::Moved(moved) => {
                self.relocate(&moved);
                Ok(())
            }
            // They say what is folded already, and the time, which is every frame's.
            Record::Carry(_) | Record::Elapsed(_) => Ok(()),
            Record::Restored(_) => {
                self.restored = true;
                Ok(())
            }
            Record::Gap(gap) => {
                self.ledger.count_unreadable(&gap);
                Ok(())
            }
            _ => Err(Error::from(bucketline_spool::Error::new(
                bucketline_spool::ErrorKind::NewerVersion,
                format!("the log holds a record, at byte {lsn}, that this version cannot act upon"),
            ))),
        }
    }

    /// Whether a partition was ever opened.
    pub(crate) fn has_partition(&self, partition: PartitionId) -> bool {
        self.partitions.contains(&partition)
    }

    pub(crate) fn connector(&self, id: &str) -> Option<usize> {
        self.connector_ids.get(id).copied()
    }

    pub(crate) fn generation_of(&self, connector: usize) -> Option<&Generation> {
        let newest = self.connectors.get(connector)?.newest;
        self.generations.get(newest).map(|generation| &generation.record)
    }

    /// The lanes that have changed, each at least once.
    pub(crate) fn take_touched(&mut self) -> Vec<LaneId> {
        std::mem::take(&mut self.touched)
    }

    /// The lanes that will never hold anything again, and are gone.
    pub(crate) fn take_forgotten(&mut self) -> Vec<LaneId> {
        std::mem::take(&mut self.forgotten)
    }

    /// What an earlier run may have tried, nobody knows.
    pub(crate) fn doubt_every_seal(&mut self) {
        for lane in self.lanes.values_mut() {
            if bent!(RestartForgetsSeals) {
                lane.seal = None;
            }
            if let Some(sealed) = &mut lane.seal {
                sealed.unknown = !bent!(RestartForgetsUnknown);
            }
        }
    }

    /// All lanes, by connector.
    pub(crate) fn all_lanes(&self) -> impl Iterator<Item = &LaneState> {
        (0..self.connectors.len()).flat_map(|connector| self.lanes_of(connector))
    }

    /// The lanes of a connector.
    pub(crate) fn lanes_of(&self, connector: usize) -> impl Iterator<Item = &LaneState> {
        let book = self.connectors.get(connector).into_iter();
        book.flat_map(|book| &book.lanes)
            .filter_map(|lane| self.lanes.get(lane))
    }

    fn generation(&mut self, lsn: Lsn, record: Generation) -> Result<(), Error> {
        if self.is_behind_damage(lsn) && self.generation_ids.contains_key(&record.id) {
            return Ok(()); // Known again by its events already.
        }
        let place = self.generations.len();
        if self.generation_ids.insert(record.id, place).is_some() {
            return Err(contradiction(
                lsn,
                format!("generation {} begins twice", record.id),
            ));
        }
        let id: Arc<str> = record.connector.as_str().into();
        self.ledger.note_home(&id, &record.workspace);
        let connector = match self.connector_ids.get(&id) {
            Some(connector) => *connector,
            None => {
                let connector = self.connectors.len();
                self.connector_ids.insert(Arc::clone(&id), connector);
                self.connectors.push(ConnectorBook {
                    id,
                    newest: place,
                    events_held: 0,
                    bytes_held: 0,
                    misencrypted: None,
                    lanes: BTreeSet::new(),
                });
                connector
            }
        };
        if let Some(book) = self.connectors.get_mut(connector) {
            book.newest = place;
        }
        self.generations.push(GenerationState { record, connector });
        Ok(())
    }

    fn events(&mut self, lsn: Lsn, time: SpoolTime, events: Events) -> Result<(), Error> {
        let behind_damage = self.is_behind_damage(lsn);
        match &mut self.newest {
            Some((partition, next)) if *partition == events.partition && events.first >= *next => {
                *next = events.end();
            }
            // The record of the partition's opening is lost.
            _ if behind_damage && self.partitions.insert(events.partition) => {
                self.newest = Some((events.partition, events.end()));
            }
            _ => {
                return Err(contradiction(
                    lsn,
                    "events stand outside the newest partition, or twice at one position",
                ));
            }
        }
        self.sources.learn(time, events.source, events.sequence);
        if let Some(proof) = &events.proof {
            self.sources.prove(events.source, **proof);
        }
        for counts in &events.counts {
            self.ledger.count_lines(counts);
        }
        if events.hour > self.hour {
            self.hour = events.hour;
            self.forget_what_is_done();
        }
        let admitted = events.admitted.unwrap_or(time);
        let batch = Arc::new(HeldBatch::new(events));
        let shares = self.shares(lsn, &batch)?;
        self.frames
            .insert(lsn, admitted, Arc::clone(&batch), shares.len());
        for (lane, share) in shares {
            self.hold(lane, lsn, admitted, share, &batch)?;
        }
        Ok(())
    }

    /// What each lane takes of a batch.
    fn shares(&mut self, lsn: Lsn, batch: &HeldBatch) -> Result<Vec<(LaneId, Share)>, Error> {
        let mut shares: Vec<(LaneId, Share)> = Vec::new();
        let mut places: HashMap<LaneId, usize, BuildHasherDefault<Mixing>> = HashMap::default();
        for (place, group, routes) in batch.groups() {
            for route in routes {
                let share = batch
                    .share(place, group, *route)
                    .ok_or_else(|| contradiction(lsn, "an event lacks a body"))?;
                let same_lane = (route.generation, group.event_type, group.schema);
                let lane = self.lane(lsn, batch.events(), same_lane, share.first)?;
                match places.get(&lane).and_then(|place| shares.get_mut(*place)) {
                    Some((_, together)) => together.join(share),
                    None => {
                        places.insert(lane, shares.len());
                        shares.push((lane, share));
                    }
                }
            }
        }
        Ok(shares)
    }

    /// The lane of an event, made if this is its first; that event's position is its frontier then.
    fn lane(
        &mut self,
        lsn: Lsn,
        events: &Events,
        (generation, event_type, schema): (u16, u16, u32),
        position: Position,
    ) -> Result<LaneId, Error> {
        let generation = events.generations.get(usize::from(generation));
        let event_type = events.event_types.get(usize::from(event_type));
        let (Some(generation), Some(event_type)) = (generation, event_type) else {
            return Err(contradiction(lsn, "an event names what its batch does not list"));
        };
        let key = Lane {
            generation: *generation,
            event_type: Arc::clone(event_type),
            partition: events.partition,
            hour: events.hour,
            schema,
        };
        match self.lane_ids.get(&key) {
            Some(lane) => Ok(*lane),
            None => self.new_lane(lsn, key, position),
        }
    }

    fn new_lane(&mut self, lsn: Lsn, key: Lane, first: Position) -> Result<LaneId, Error> {
        let place = match self.generation_ids.get(&key.generation) {
            Some(place) => *place,
            None if self.is_behind_damage(lsn) => self.lost_generation(lsn, key.generation)?,
            None => {
                return Err(contradiction(
                    lsn,
                    format!(
                        "events are routed to generation {}, which never began",
                        key.generation
                    ),
                ));
            }
        };
        let connector = self
            .generations
            .get(place)
            .map_or(0, |generation| generation.connector);
        let lane = LaneId(self.next_lane);
        self.next_lane += 1;
        self.lanes
            .insert(lane, LaneState::new(key.clone(), place, connector, first));
        self.lane_ids.insert(key, lane);
        self.idle.insert(lane);
        if let Some(book) = self.connectors.get_mut(connector) {
            book.lanes.insert(lane);
        }
        Ok(lane)
    }

    fn hold(
        &mut self,
        lane: LaneId,
        lsn: Lsn,
        admitted: SpoolTime,
        share: Share,
        batch: &HeldBatch,
    ) -> Result<(), Error> {
        let damaged = self.damage.is_some();
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        let (events, bytes) = (state.events, state.bytes);
        if damaged && !share.is_dense() {
            // What is missing may have ended an object anywhere in here, and nothing would say at which event.
            let single = batch.singles(&state.key, share.place);
            for share in single.ok_or_else(|| contradiction(lsn, "an event lacks a body"))? {
                state.push(Run::new(lsn, share), admitted);
            }
        } else {
            state.push(Run::new(lsn, share), admitted);
        }
        let (events, bytes) = (state.events - events, state.bytes - bytes);
        if let Some(book) = self.connectors.get_mut(state.connector) {
            book.events_held += events;
            book.bytes_held += bytes;
            let (id, event_type) = (&book.id, &state.key.event_type);
            self.ledger.count_admitted(id, event_type, u64::from(share.count));
            self.ledger.count_held(id, event_type, events);
        }
        self.idle.remove(&lane);
        self.touched.push(lane);
        Ok(())
    }

    fn known_lane(&self, lsn: Lsn, key: &Lane) -> Result<LaneId, Error> {
        self.lane_ids
            .get(key)
            .copied()
            .ok_or_else(|| contradiction(lsn, "a seal or commit names a lane without events"))
    }
}

fn contradiction(lsn: Lsn, what: impl Into<String>) -> Error {
    let what = what.into();
    Error::new(
        ErrorKind::Contradiction,
        format!("the log contradicts itself at byte {lsn}: {what}; keep it and report this"),
    )
}

#[cfg(test)]
mod tests;
