//! What runs over one shard: its fold, how its events are numbered, and where each lane's delivery stands. Decides nothing.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use bucketline_spool::{Hour, PartitionId, Position, SpoolTime};

use super::space::Space;
use super::submit::Submissions;
use crate::delivery::Delivery;
use crate::dispatch::Slot;
use crate::error::Error;
use crate::journal::OpenedShard;
use crate::meter::Delivered;
use crate::shard::{ConnectorBook, Fold, LaneId, LaneState, Mixing};
use crate::tickets::AttemptId;

/// One shard.
#[derive(Debug)]
pub(super) struct ShardRun {
    pub(super) fold: Fold,
    pub(super) partition: PartitionId,
    /// The position of the next event.
    pub(super) next_position: Position,
    /// The latest hour of an event.
    pub(super) hour: Hour,
    pub(super) submissions: Submissions,
    /// The connectors' places in the dispatcher, by place in the fold.
    pub(super) connectors: Vec<usize>,
    /// The same the other way round, so that ten thousand connectors are not searched for each of them.
    books: HashMap<usize, usize>,
    /// Those that have anything to be remembered.
    lanes: HashMap<LaneId, LaneRun, BuildHasherDefault<Mixing>>,
    /// When it joined, and what its log's time was then.
    joined: (SpoolTime, SpoolTime),
    /// Until when this worker alone may write for it; without end for a log that only one process can open.
    pub(super) lease_until: Option<SpoolTime>,
    /// The time that its log tells by now: what is started over it goes on from there.
    pub(super) told: SpoolTime,
    /// What its log takes of its disk.
    pub(super) space: Space,
    /// Why it does not go on, if so.
    pub(super) failed: Option<Error>,
}

/// Where the delivery of a lane stands.
#[derive(Debug, Default)]
pub(super) struct LaneRun {
    pub(super) phase: Phase,
    /// Failures in a row.
    pub(super) failures: u32,
}

/// What a lane does.
#[derive(Debug, Default)]
pub(super) enum Phase {
    /// Nothing: it holds nothing, or waits for more.
    #[default]
    Resting,
    /// It is due, or is tried again, at a moment.
    Until(SpoolTime),
    /// It waits for its turn.
    Queued,
    /// An object is under way.
    Running(Box<Running>),
    /// Some of what it holds is being given up: held for too long, or beyond a quota.
    GivingUp,
    /// Another object has its key.
    Conflict(Box<str>),
    /// It is sealed for a destination that its connector does not have any more.
    Stranded,
}

/// An object under way.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) delivery: Delivery,
    /// Its place among all that is under way; none while only its commit is awaited.
    pub(super) slot: Option<Slot>,
    /// When its turn came.
    pub(super) begun: SpoolTime,
    /// What is known of its object, once it is known to exist, and the dispatcher's place of its connector.
    pub(super) existing: Option<(usize, Box<Delivered>)>,
    /// The question that is open.
    pub(super) attempt: Option<AttemptId>,
}

impl ShardRun {
    /// A shard that joins. `connectors`: the dispatcher's places, by place in its fold.
    pub(super) fn new(now: SpoolTime, opened: OpenedShard, connectors: Vec<usize>) -> Self {
        let mut fold = opened.fold;
        fold.take_touched();
        fold.take_forgotten();
        Self {
            partition: opened.partition,
            next_position: 0,
            hour: fold.hour,
            submissions: Submissions::default(),
            books: connectors
                .iter()
                .enumerate()
                .map(|(book, place)| (*place, book))
                .collect(),
            connectors,
            lanes: HashMap::default(),
            joined: (now, opened.now),
            lease_until: opened.lease_until,
            told: opened.now,
            space: Space::new(opened.folded_to),
            failed: None,
            fold,
        }
    }

    pub(super) fn state(&self, lane: LaneId) -> Option<&LaneState> {
        self.fold.lanes.get(&lane)
    }

    /// The dispatcher's place of a lane's connector.
    pub(super) fn connector_of(&self, lane: LaneId) -> Option<usize> {
        self.connectors.get(self.state(lane)?.connector).copied()
    }

    /// What the fold knows of the connector at a place of the dispatcher.
    pub(super) fn book_of(&self, connector: usize) -> Option<&ConnectorBook> {
        self.fold.connectors.get(*self.books.get(&connector)?)
    }

    pub(super) fn run(&self, lane: LaneId) -> Option<&LaneRun> {
        self.lanes.get(&lane)
    }

    /// What there is of a lane besides the log, made at its first use.
    pub(super) fn run_mut(&mut self, lane: LaneId) -> &mut LaneRun {
        self.lanes.entry(lane).or_default()
    }

    pub(super) fn running(&self, lane: LaneId) -> Option<&Running> {
        match &self.lanes.get(&lane)?.phase {
            Phase::Running(running) => Some(running),
            _ => None,
        }
    }

    pub(super) fn running_mut(&mut self, lane: LaneId) -> Option<&mut Running> {
        match &mut self.lanes.get_mut(&lane)?.phase {
            Phase::Running(running) => Some(running),
            _ => None,
        }
    }

    pub(super) fn forget(&mut self, lane: LaneId) -> Option<LaneRun> {
        self.lanes.remove(&lane)
    }

    /// All lanes, in an order that depends on nothing but the log.
    pub(super) fn lane_ids(&self) -> Vec<LaneId> {
        let books = self.fold.connectors.iter();
        books.flat_map(|book| book.lanes.iter().copied()).collect()
    }

    /// The worker's moment of a time of the log.
    pub(super) fn moment(&self, time: SpoolTime) -> SpoolTime {
        let (moment, log) = self.joined;
        if time < log {
            SpoolTime::from_millis(
                moment
                    .as_millis()
                    .saturating_sub(log.as_millis() - time.as_millis()),
            )
        } else {
            moment.plus(time.since(log))
        }
    }

    /// The log's time at a moment of the worker's.
    pub(super) fn log_time(&self, now: SpoolTime) -> SpoolTime {
        let (moment, log) = self.joined;
        log.plus(now.since(moment))
    }

    /// When it joined, in the worker's time.
    pub(super) fn joined_at(&self) -> SpoolTime {
        self.joined.0
    }

    /// Whether this worker may ask the stores anything for it.
    pub(super) fn has_lease(&self, now: SpoolTime) -> bool {
        self.failed.is_none() && self.lease_until.is_none_or(|until| now < until)
    }
}
