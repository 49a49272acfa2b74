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
//!                └── Waiting (back-off, or blocked) <─┘ failed, refused
//! ```
//!
//! **Invariant:** every command that may change the store follows a Seal that is durable, and a Commit follows an answer.
//! Whoever drives the engine has to keep two promises: appends are carried out in the order of their commands, and
//! [`Input::Appended`] is told only of what is durable.

mod connector;
mod delivery;
mod drain;
mod outcome;
mod ports;
mod schedule;
mod start;
mod status;
mod submit;
mod taken_key;

pub use crate::admit::Prepared;
pub use crate::appender::{Appender, Request};
pub use crate::build::{BuildJob, Built};
pub use crate::shard::HeldBatch;
pub use crate::startup::Started;
pub use drain::{ConnectorReport, DrainReport};
pub use ports::{AttemptId, Command, CompareJob, Input, Landed, LookJob, PutJob, RequestId, Ticket};
pub(crate) use start::{Opening, opening};

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{Hour, PartitionId, Position, SpoolTime};

use crate::config::Settings;
use crate::error::Error;
use crate::fairness::Turns;
use crate::shard::LaneId;
use crate::shard::{Fold, Mixing};
use connector::ConnectorRun;
use delivery::Delivery;
use drain::Drain;
use schedule::Timer;
use submit::Submissions;

/// What one connector may spend per round: a fraction of a common object, so that turns are short.
const QUANTUM: u64 = 1 << 20;

/// The decisions over one shard of the log. See the module's documentation.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    schemas: Arc<SchemaRegistry>,
    fold: Fold,
    /// By place in the fold.
    connectors: Vec<ConnectorRun>,
    /// Those that have anything to be remembered.
    lanes: HashMap<LaneId, LaneRun, BuildHasherDefault<Mixing>>,
    partition: PartitionId,
    /// The position of the next event.
    next_position: Position,
    /// The latest hour of an event.
    hour: Hour,
    submissions: Submissions,
    appends: HashMap<Ticket, Purpose>,
    attempts: HashMap<AttemptId, LaneId>,
    next_id: u64,
    turns: Turns<LaneId>,
    /// Connectors in trouble whose turn it is to be tried.
    trouble: VecDeque<usize>,
    slots_used: usize,
    trouble_slots_used: usize,
    timers: BTreeSet<(SpoolTime, Timer)>,
    drain: Drain,
    /// Why nothing goes on, if so.
    failed: Option<Error>,
    commands: Vec<Command>,
}

/// What is not in the log of a lane: where its delivery stands.
#[derive(Debug, Default)]
struct LaneRun {
    /// Boxed, since most lanes have none at most times.
    delivery: Option<Box<Delivery>>,
    /// Waiting for a slot.
    queued: bool,
    timer: Option<SpoolTime>,
}

/// What an append was for.
#[derive(Debug)]
enum Purpose {
    Batch(submit::InFlight),
    Seal(LaneId),
    Commit(LaneId),
}

impl Engine {
    /// Goes on from what a log means, after its opening was made durable and folded.
    pub(crate) fn new(
        fold: Fold,
        opening: &Opening,
        schemas: Arc<SchemaRegistry>,
        settings: Settings,
        now: SpoolTime,
    ) -> Self {
        let mut engine = Self {
            connectors: fold
                .connectors
                .iter()
                .map(|book| ConnectorRun::new(opening, &book.id, now))
                .collect(),
            lanes: HashMap::default(),
            partition: opening.partition,
            next_position: 0,
            hour: fold.hour,
            submissions: Submissions::default(),
            appends: HashMap::new(),
            attempts: HashMap::new(),
            next_id: 0,
            turns: Turns::new(QUANTUM),
            trouble: VecDeque::new(),
            slots_used: 0,
            trouble_slots_used: 0,
            timers: BTreeSet::new(),
            drain: Drain::default(),
            failed: None,
            commands: Vec::new(),
            settings: settings.workable(),
            schemas,
            fold,
        };
        engine.fold.take_touched();
        engine.fold.take_forgotten();
        for lane in engine.all_lanes() {
            engine.resume(now, lane);
        }
        engine
    }

    /// Takes in what has happened, and says what is to be done.
    pub fn handle(&mut self, now: SpoolTime, input: Input) -> Vec<Command> {
        if self.failed.is_some() {
            self.refuse(now, input);
            return std::mem::take(&mut self.commands);
        }
        match input {
            Input::Tick => {}
            Input::Submit { id, batch } => self.submit(id, batch),
            Input::Appended { ticket, result } => self.appended(now, ticket, result),
            Input::Built { attempt, result } => self.built(now, attempt, result),
            Input::Put { attempt, answer } => self.put_answered(now, attempt, &answer),
            Input::Looked { attempt, found } => self.looked(now, attempt, found),
            Input::Compared { attempt, same } => self.compared(now, attempt, same),
            Input::Wake { connector } => self.wake(now, connector.as_ref()),
            Input::Drain { id } => self.begin_drain(now, id),
            Input::GiveUp { id } => self.give_up(now, id),
        }
        self.run_timers(now);
        for lane in self.fold.take_touched() {
            self.refresh(now, lane);
        }
        self.pump(now);
        for lane in self.fold.take_forgotten() {
            self.clear_timer(lane);
            self.lanes.remove(&lane);
        }
        self.end_drain(now);
        std::mem::take(&mut self.commands)
    }

    /// When to call [`handle`](Self::handle) with [`Input::Tick`], if nothing else happens before.
    pub fn next_timeout(&self) -> Option<SpoolTime> {
        self.timers.first().map(|(time, _)| *time)
    }

    /// Why nothing goes on any more, if so: the log failed.
    pub fn failure(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    /// Up to where a source was accepted, durably.
    pub fn resume_point(&self, source: &bucketline_spool::SourceId) -> Option<crate::ResumePoint> {
        self.fold.sources.resume_point(source)
    }

    /// The counts.
    pub fn ledger(&self) -> &crate::Ledger {
        &self.fold.ledger
    }

    /// All lanes, in an order that depends on nothing but the log.
    fn all_lanes(&self) -> Vec<LaneId> {
        let books = self.fold.connectors.iter();
        books.flat_map(|book| book.lanes.iter().copied()).collect()
    }

    /// What there is of a lane besides the log, made at its first use.
    fn run_of(&mut self, lane: LaneId) -> &mut LaneRun {
        self.lanes.entry(lane).or_default()
    }

    /// Ends everything: the log failed, so what is true can only be learnt from it by a new start.
    fn fail(&mut self, now: SpoolTime, error: Error) {
        self.failed = Some(error);
        self.timers.clear();
        self.refuse_waiting();
        self.end_drain(now);
    }

    /// The only answers after a failure.
    fn refuse(&mut self, now: SpoolTime, input: Input) {
        match input {
            Input::Submit { id, .. } => {
                let result = Err(self.stopped());
                self.commands.push(Command::Accepted { id, result });
            }
            Input::Appended { ticket, .. } => {
                if let Some(Purpose::Batch(batch)) = self.appends.remove(&ticket) {
                    let result = Err(self.stopped());
                    self.commands.push(Command::Accepted { id: batch.id, result });
                }
            }
            Input::Drain { id } => {
                self.begin_drain(now, id);
                self.end_drain(now);
            }
            _ => {}
        }
    }

    fn stopped(&self) -> Error {
        self.failed.clone().unwrap_or_else(Error::stopped)
    }

    fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn append(&mut self, purpose: Purpose, records: Vec<bucketline_spool::Record>) {
        let ticket = Ticket(self.new_id());
        self.appends.insert(ticket, purpose);
        self.commands.push(Command::Append { ticket, records });
    }

    fn appended(&mut self, now: SpoolTime, ticket: Ticket, result: Result<Landed, Error>) {
        let Some(purpose) = self.appends.remove(&ticket) else {
            return;
        };
        let landed = match result {
            Ok(landed) => landed,
            Err(error) => return self.append_failed(now, purpose, error),
        };
        for record in landed.records {
            if let Err(error) = self.fold.apply(landed.lsn, landed.time, record) {
                return self.fail(now, error);
            }
        }
        match purpose {
            Purpose::Batch(batch) => self.batch_durable(batch),
            Purpose::Seal(lane) => self.seal_durable(lane),
            Purpose::Commit(lane) => self.commit_durable(lane),
        }
    }

    /// A full disk stops only what would fill it further; a failure that leaves open what the log says stops everything.
    fn append_failed(&mut self, now: SpoolTime, purpose: Purpose, error: Error) {
        let goes_on = match &purpose {
            Purpose::Batch(_) => error.is_harmless(),
            Purpose::Seal(_) | Purpose::Commit(_) => error.is_full(),
        };
        match purpose {
            Purpose::Batch(batch) => self.batch_failed(&batch, error.clone()),
            Purpose::Seal(lane) | Purpose::Commit(lane) => self.retry_later(now, lane),
        }
        if !goes_on {
            self.fail(now, error);
        }
    }
}
