//! The decisions, without I/O: inputs and the time go in, commands come out. It never waits, reads no clock, draws no
//! randomness and touches no disk and no network, so that a simulation can drive it through any history.
//!
//! ```text
//!   Submit ──> append Events ──> durable: acknowledge, hold in lanes
//!                                              │ due (count, age, bytes, drain), a slot, no unsettled seal
//!                                              v
//!              Build ──> append Seal ──> durable ──> Put ──> created ──────────────> append Commit ──> delivered
//!                ^                                    │  └──> key taken: Look ──> ours ──────^
//!                │                                    │                 └──> other ──> Conflict
//!                └── later (back-off, or blocked) <───┘ failed, refused
//! ```
//!
//! One engine works over any number of shards, each a log of its own: what is held and how far it is stands in the shard, who may
//! deliver next is decided over all of them. A shard whose log fails stops alone.
//!
//! **Invariant:** every command that may change the store follows a Seal that is durable, and a Commit follows an answer.
//! Whoever drives the engine has to keep two promises: the appends of a shard are carried out in the order of their commands, and
//! [`Input::Appended`] is told only of what is durable.

mod connectors;
mod drain;
mod jobs;
mod ports;
mod quota;
mod retention;
mod schedule;
mod settle;
mod shard_run;
mod space;
mod start;
mod status;
mod steps;
mod stranded;
mod submit;
mod telling;
mod warnings;

pub use crate::admit::Prepared;
pub use crate::build::{BuildJob, Built};
pub use crate::journal::{Appender, Journal, Landed, OpenedShard, Order, Request, make_room, open, relocate};
pub use crate::shard::HeldBatch;
pub use crate::tickets::{AttemptId, RequestId, ShardId, Ticket};
pub use drain::{ConnectorReport, DrainReport};
pub use ports::{Command, CompareJob, Input, LookJob, PutJob};
pub use start::Started;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{Lsn, Record, SpoolTime};

use crate::config::{ConnectorConfig, Settings};
use crate::dispatch::Dispatcher;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::loss::Loss;
use crate::shard::LaneRef;
use connectors::Configured;
use drain::Drain;
use shard_run::{Phase, ShardRun};

/// The decisions over all shards of one worker. See the module's documentation.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    schemas: Arc<SchemaRegistry>,
    configured: HashMap<Arc<str>, Configured>,
    shards: BTreeMap<ShardId, ShardRun>,
    dispatcher: Dispatcher,
    appends: HashMap<Ticket, (ShardId, Purpose)>,
    attempts: HashMap<AttemptId, LaneRef>,
    last_id: u64,
    drain: Drain,
    /// Connectors for which something more may be held.
    grown: BTreeSet<usize>,
    /// Connectors that were told of a loss ahead: how much of the retention was over.
    warned: HashMap<usize, u8>,
    /// Whether the moment is set at which what is held is looked at for its age.
    minds_retention: bool,
    /// What was told last of each connector, by its place.
    told: Vec<telling::Told>,
    commands: Vec<Command>,
}

/// What an append was for.
#[derive(Debug)]
enum Purpose {
    Batch(submit::InFlight),
    Seal(LaneRef),
    Commit(LaneRef),
    /// Events are given up, which is told then.
    Drop(LaneRef, Box<Loss>),
    /// What was given up in doubt turned out delivered, or not.
    Settle(LaneRef),
    /// That time has passed.
    Elapsed,
    /// What the log means is told anew; before this place nothing is needed any more.
    Carry(Lsn),
    /// Frames were copied to the cold log.
    Move,
}

impl Engine {
    /// An engine without shards yet: they [join](Input::ShardJoined).
    pub fn new(connectors: &[ConnectorConfig], schemas: Arc<SchemaRegistry>, settings: Settings) -> Self {
        let settings = settings.workable();
        let mut dispatcher = Dispatcher::new(&settings);
        let configured = connectors.iter().map(Configured::of);
        let configured: HashMap<Arc<str>, Configured> = configured.collect();
        for config in connectors {
            dispatcher.place_of(&config.id.as_str().into());
        }
        Self {
            configured,
            shards: BTreeMap::new(),
            dispatcher,
            appends: HashMap::new(),
            attempts: HashMap::new(),
            last_id: 0,
            drain: Drain::default(),
            grown: BTreeSet::new(),
            warned: HashMap::new(),
            minds_retention: false,
            told: Vec::new(),
            commands: Vec::new(),
            settings,
            schemas,
        }
    }

    /// Takes in what has happened, and says what is to be done.
    pub fn handle(&mut self, now: SpoolTime, input: Input) -> Vec<Command> {
        match input {
            Input::Tick => {}
            Input::ShardJoined { shard } => self.join(now, *shard),
            Input::ShardLeft { shard } => self.leave(now, shard),
            Input::ShardFailed { shard, error } => {
                self.fail(now, shard, error.clone());
                self.refuse_appends(shard, &error);
            }
            Input::Submit { shard, id, batch } => self.submit(shard, id, batch),
            Input::Appended { ticket, result } => self.appended(now, ticket, result),
            Input::Built { attempt, result } => self.built(now, attempt, result),
            Input::Put { attempt, answer } => {
                self.answered(now, attempt, |delivery| delivery.on_put(&answer));
            }
            Input::Looked { attempt, found } => {
                self.answered(now, attempt, |delivery| delivery.on_looked(found));
            }
            Input::Compared { attempt, same } => {
                self.answered(now, attempt, |delivery| delivery.on_compared(same));
            }
            Input::Wake { connector } => self.wake(now, connector.as_ref()),
            Input::Resume { connector } => self.resume(now, &connector),
            Input::Drain { id } => self.begin_drain(now, id),
            Input::GiveUp { id } => self.give_up(now, id),
        }
        self.run_timers(now);
        self.refresh_touched(now);
        self.mind_quotas(now);
        self.pump(now);
        self.forget_done();
        self.end_drain(now);
        self.mind_retention(now);
        self.mind_space();
        self.tell_changes(now);
        std::mem::take(&mut self.commands)
    }

    /// When to call [`handle`](Self::handle) with [`Input::Tick`], if nothing else happens before.
    pub fn next_timeout(&self) -> Option<SpoolTime> {
        self.dispatcher.next_timeout()
    }

    /// Why a shard does not go on any more, if one does not: its log failed.
    pub fn failure(&self) -> Option<&Error> {
        self.shards.values().find_map(|shard| shard.failed.as_ref())
    }

    /// Up to where a source was accepted, durably, by whichever shard knows it.
    pub fn resume_point(&self, source: &bucketline_spool::SourceId) -> Option<crate::ResumePoint> {
        self.shards
            .values()
            .find_map(|shard| shard.fold.sources.resume_point(source))
    }

    /// Every source that is read in order, as the shards know them.
    pub fn known_sources(&self) -> Vec<crate::KnownSource> {
        let shards = self.shards.values();
        shards.flat_map(|shard| shard.fold.sources.known()).collect()
    }

    /// Where the refused lines of a shard stand, from a place on.
    pub fn reject_frames(&self, shard: ShardId, from: Lsn) -> Vec<Lsn> {
        let rejects = self.shards.get(&shard).map(|run| run.fold.rejects.as_slice());
        let rejects = rejects.unwrap_or_default();
        let (_, later) = rejects.split_at(rejects.partition_point(|lsn| *lsn < from));
        later.to_vec()
    }

    /// The counts, over all shards.
    pub fn ledger(&self) -> Ledger {
        let mut sum = Ledger::default();
        self.shards.values().for_each(|shard| sum += &shard.fold.ledger);
        sum
    }

    /// Ends a shard: its log failed, so what is true can only be learnt from it by opening it anew.
    fn fail(&mut self, now: SpoolTime, shard: ShardId, error: Error) {
        let Some(run) = self.shards.get_mut(&shard).filter(|run| run.failed.is_none()) else {
            return;
        };
        run.failed = Some(error);
        self.dispatcher.note_changes();
        self.stop_shard(now, shard);
        self.commands.push(Command::Failed { shard });
    }

    /// Gives up everything of a shard that is under way.
    fn stop_shard(&mut self, now: SpoolTime, shard: ShardId) {
        for lane in self.lanes_under_way(shard) {
            self.stop_lane(now, lane);
        }
        self.attempts.retain(|_, lane| lane.shard != shard);
        self.dispatcher.forget(|lane| lane.shard == shard);
        self.refuse_waiting(shard);
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn append(&mut self, shard: ShardId, purpose: Purpose, records: Vec<Record>) {
        let ticket = Ticket(self.new_id());
        self.appends.insert(ticket, (shard, purpose));
        self.commands.push(Command::Append {
            shard,
            ticket,
            records,
        });
    }

    fn appended(&mut self, now: SpoolTime, ticket: Ticket, result: Result<Landed, Error>) {
        let Some((shard, purpose)) = self.appends.remove(&ticket) else {
            return;
        };
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        if let Some(failure) = run.failed.clone() {
            if let Purpose::Batch(batch) = purpose {
                self.batch_failed(shard, &batch, failure);
            }
            return;
        }
        let landed = match result {
            Ok(landed) => landed,
            Err(error) => return self.append_failed(now, shard, purpose, error),
        };
        run.space.folded_to = landed.end;
        run.told = run.told.max(landed.time);
        if let Purpose::Carry(free) = purpose {
            return self.carried(shard, free, landed);
        }
        for (place, record) in landed.into_frames() {
            if let Err(error) = run.fold.apply(place.lsn, place.time, record) {
                return self.fail(now, shard, error);
            }
        }
        match purpose {
            Purpose::Carry(_) => {}
            Purpose::Move => run.space.moving = false,
            Purpose::Batch(batch) => self.batch_durable(shard, batch),
            Purpose::Seal(lane) => self.seal_durable(now, lane),
            Purpose::Drop(lane, loss) => {
                self.set_phase(lane, Phase::Resting);
                self.commands.push(Command::Loss(loss));
            }
            Purpose::Settle(lane) => self.set_phase(lane, Phase::Resting),
            Purpose::Elapsed => {}
            Purpose::Commit(lane) => self.commit_durable(now, lane),
        }
    }

    /// A full disk stops only what would fill it further; a failure that leaves open what the log says stops the shard.
    fn append_failed(&mut self, now: SpoolTime, shard: ShardId, purpose: Purpose, error: Error) {
        let goes_on = match &purpose {
            Purpose::Batch(_) => error.is_harmless(),
            Purpose::Seal(_)
            | Purpose::Commit(_)
            | Purpose::Drop(..)
            | Purpose::Settle(_)
            | Purpose::Elapsed
            | Purpose::Carry(_)
            | Purpose::Move => error.is_full(),
        };
        match purpose {
            Purpose::Carry(_) | Purpose::Move => self.space_failed(shard),
            Purpose::Batch(batch) => self.batch_failed(shard, &batch, error.clone()),
            Purpose::Seal(lane) if goes_on => self.pause(now, lane, None),
            Purpose::Commit(lane) if goes_on => {
                // The object exists, and only we know. By the next attempt somebody may have taken it away.
                self.note_unknown(now, lane, true);
                self.pause(now, lane, None);
            }
            Purpose::Drop(lane, _) | Purpose::Settle(lane) if goes_on => self.pause(now, lane, None),
            Purpose::Seal(_)
            | Purpose::Commit(_)
            | Purpose::Drop(..)
            | Purpose::Settle(_)
            | Purpose::Elapsed => {}
        }
        if !goes_on {
            self.fail(now, shard, error);
        }
    }
}
