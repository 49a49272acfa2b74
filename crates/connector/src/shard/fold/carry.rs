//! The fold as one record, and back: so that the log before a place can go, and an opening begins there.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bucketline_spool::{
    Carry, ConnectorCarry, HeldFrame, Hour, LaneCarry, Lsn, Moved, PartitionCarry, PartitionId, SpoolTime,
};

use super::{Damage, Fold, contradiction};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::shard::lane::{InDoubt, LaneState, Run, Sealed};

impl Fold {
    /// All that is folded, where that is every frame before a place. Of the refused lines those from `free` on are told: what
    /// stands before goes.
    pub(crate) fn to_carry(&self, before: Lsn, free: Lsn) -> Carry {
        let newest = self.newest.map(|(partition, _)| partition);
        let mut partitions: Vec<PartitionId> = self.partitions.iter().copied().collect();
        partitions.sort_unstable_by_key(|partition| (Some(*partition) == newest, *partition));
        let next = |partition| match self.newest {
            Some((newest, next)) if newest == partition => next,
            _ => 0,
        };
        let (_, rejects) = self
            .rejects
            .split_at(self.rejects.partition_point(|lsn| *lsn < free));
        let mut carry = Carry {
            before,
            partitions: partitions
                .into_iter()
                .map(|partition| PartitionCarry {
                    partition,
                    next: next(partition),
                })
                .collect(),
            generations: self
                .generations
                .iter()
                .map(|generation| generation.record.clone())
                .collect(),
            lanes: self.all_lanes().map(lane_carry).collect(),
            seals: self
                .all_lanes()
                .filter_map(|lane| lane.seal.as_ref())
                .map(|sealed| sealed.seal.clone())
                .collect(),
            drops: self
                .all_lanes()
                .filter_map(|lane| lane.in_doubt.as_ref())
                .filter(|_| !bent!(CarryForgetsDoubt))
                .map(|doubt| doubt.drop.clone())
                .collect(),
            known: self.sources.to_carry(),
            restored: self.restored,
            schemas: self.schemas.pins(),
            connectors: self
                .connectors
                .iter()
                .map(|book| ConnectorCarry {
                    connector: Arc::clone(&book.id),
                    objects: self.ledger.objects(&book.id),
                    misencrypted: book.misencrypted.as_deref().map(str::to_owned),
                })
                .collect(),
            frames: self
                .frames
                .all()
                .map(|(frame, admitted)| HeldFrame { frame, admitted })
                .collect(),
            hour: self.hour.get(),
            rejects: rejects.to_vec(),
            ..Carry::default()
        };
        self.ledger.to_carry(&mut carry);
        if bent!(CarryOfTotalsAlone) {
            carry.lanes.iter_mut().for_each(|lane| lane.held.clear());
        }
        carry
    }

    /// Goes on from what a carry tells.
    ///
    /// # Errors
    ///
    /// `Contradiction` if it makes no sense.
    pub(crate) fn from_carry(memory: u64, carry: Carry, damage: Option<Damage>) -> Result<Self, Error> {
        let at = carry.before;
        let mut fold = Self::new(memory);
        fold.damage = damage;
        fold.ledger = Ledger::from_carry(&carry);
        fold.hour = Hour::new(carry.hour);
        fold.restored = carry.restored;
        fold.rejects = carry.rejects;
        for partition in carry.partitions {
            fold.partitions.insert(partition.partition);
            fold.newest = Some((partition.partition, partition.next));
        }
        for generation in carry.generations {
            fold.generation(at, generation)?;
        }
        for connector in carry.connectors {
            let place = fold.connector(&connector.connector);
            if let Some(book) = place.and_then(|place| fold.connectors.get_mut(place)) {
                book.misencrypted = connector.misencrypted.map(Arc::from);
            }
        }
        for schema in &carry.schemas {
            let pinned = fold.schemas.pin(schema);
            pinned.ok_or_else(|| contradiction(at, "a carry pins what cannot be read"))?;
        }
        for known in carry.known {
            fold.sources.learn(known.time, known.source, known.sequence);
            for proof in known.proofs {
                fold.sources.prove(known.source, proof);
            }
        }
        let admitted: HashMap<Lsn, SpoolTime> = carry
            .frames
            .iter()
            .map(|held| (held.frame, held.admitted))
            .collect();
        let mut needed: HashMap<Lsn, u32> = HashMap::new();
        for lane in carry.lanes {
            let frames: BTreeSet<Lsn> = lane.held.iter().map(|run| run.frame).collect();
            for frame in frames {
                *needed.entry(frame).or_default() += 1;
            }
            fold.carried_lane(at, lane, &admitted)?;
        }
        for held in &carry.frames {
            let lanes = needed.get(&held.frame).copied().unwrap_or(0);
            fold.frames.insert_unread(held.frame, held.admitted, lanes);
        }
        for seal in carry.seals {
            let lane = fold.known_lane(at, &seal.lane)?;
            if let Some(state) = fold.lanes.get_mut(&lane) {
                state.seal = Some(Sealed::new(seal));
            }
            fold.idle.remove(&lane);
        }
        for drop in carry.drops {
            let lane = fold.known_lane(at, &drop.lane)?;
            if let Some(state) = fold.lanes.get_mut(&lane) {
                state.in_doubt = Some(InDoubt { drop, tried: None });
            }
            fold.idle.remove(&lane);
        }
        Ok(fold)
    }

    fn carried_lane(
        &mut self,
        at: Lsn,
        carried: LaneCarry,
        admitted: &HashMap<Lsn, SpoolTime>,
    ) -> Result<(), Error> {
        let lane = self.new_lane(at, carried.lane, carried.frontier)?;
        let Some(mut state) = self.lanes.remove(&lane) else {
            return Ok(());
        };
        state = state.stored_under(carried.stored_under);
        state.unknown_through = carried.unknown_through;
        for held in &carried.held {
            let time = admitted
                .get(&held.frame)
                .ok_or_else(|| contradiction(at, "a carry lacks a frame that is held"))?;
            state.push(Run::from_carry(held), *time);
        }
        if let Some(book) = self.connectors.get_mut(state.connector) {
            book.events_held += state.events;
            book.bytes_held += state.bytes;
            self.ledger
                .count_held(&book.id, &state.key.event_type, state.events);
        }
        if state.events > 0 {
            self.idle.remove(&lane);
        }
        self.lanes.insert(lane, state);
        Ok(())
    }

    /// Frames stand in the cold log as well, and are read from there.
    pub(super) fn relocate(&mut self, moved: &Moved) {
        let places: HashMap<Lsn, Lsn> = moved
            .ranges
            .iter()
            .filter(|range| self.frames.relocate(range.from, range.to))
            .map(|range| (range.from, range.to))
            .collect();
        if !places.is_empty() {
            self.lanes.values_mut().for_each(|lane| lane.relocate(&places));
        }
    }
}

fn lane_carry(lane: &LaneState) -> LaneCarry {
    LaneCarry {
        lane: lane.key.clone(),
        frontier: lane.frontier,
        settled_to: lane.runs().next().map_or(lane.frontier, |run| run.first),
        unknown: lane.open_seal().is_some(),
        events: lane.events,
        bytes: lane.bytes,
        oldest: lane.oldest.unwrap_or_default(),
        held_from: lane.front_frame().unwrap_or_default(),
        stored_under: lane.stored_key().generation,
        unknown_through: lane.unknown_through,
        held: lane.runs().map(|run| run.to_carry()).collect(),
    }
}
