//! The world: replicas, the store, requests under way, time. Takes steps by chance, then heals and drains.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::engine::{Input, Prepared, PutJob, RequestId, ShardId};
use crate::{Batch, ConnectorId, GivesUp, Line, Quota};
use bucketline_sink::ObjectKey;
use bucketline_spool::{Fault, Hour, Lane, Sequence, SimDisk, SourceId};
use bytes::Bytes;

use super::broken::Broken;
use super::checker;
use super::given_up::{Fate, GivenUpEvents};
use super::random::Random;
use super::replica::{DISK, Installation, Replica, Task, elsewhere};
use super::store::Store;

/// Steps before everything heals.
const STEPS: usize = 400;

pub(super) struct World {
    pub(super) random: Random,
    pub(super) installation: Installation,
    pub(super) replicas: Vec<Replica>,
    pub(super) store: Store,
    /// Puts that nobody waits for any more, and that may yet arrive; each with when it was sent.
    pub(super) late: Vec<(u64, PutJob, Bytes)>,
    /// Puts that were answered "lost" at least once, by key.
    pub(super) retried: BTreeSet<ObjectKey>,
    /// Ranges that were in an attempt of unknown outcome, by replica and lane: up to which position.
    pub(super) unknown: BTreeMap<(usize, String), u64>,
    /// Keys whose commits say that they came after an attempt of unknown outcome.
    pub(super) flagged: BTreeSet<String>,
    /// The key of each seal, by lane and first position.
    pub(super) sealed: BTreeMap<(Lane, u64), String>,
    /// What stands at each position, and what was given up of it.
    pub(super) given_up: GivenUpEvents,
    /// Events by number: workspace, type, whether acknowledged.
    pub(super) events: BTreeMap<u64, Event>,
    pub(super) now: u64,
    wall: u64,
    next_id: u64,
    pub(super) healed: bool,
    /// Whether connectors change their destination in this history. Then there are no copies: two that deliver into different places
    /// do not compete for the same keys.
    moves: bool,
    /// Whether the customer takes objects away in this history.
    deletes: bool,
    /// Whether what cannot be delivered is given up within this history.
    expires: bool,
    /// Whether the customer has taken our permissions away.
    pub(super) revoked: bool,
    /// Whether it first heals without a restart and without a drain.
    pub(super) wakes: bool,
    /// Whether all connectors deliver to their other destination.
    pub(super) moved: bool,
    pub(super) broken: Option<Broken>,
    pub(super) outcome: Outcome,
}

/// An event that was submitted.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) workspace: &'static str,
    pub(super) event_type: &'static str,
    pub(super) acknowledged: bool,
    /// The connectors that were configured, with the zone of each, every time that it was submitted.
    pub(super) offered: Vec<BTreeMap<ConnectorId, String>>,
}

/// What came of a history.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) violation: Option<String>,
    pub(super) history: Vec<String>,
    pub(super) objects: usize,
    pub(super) crashes: usize,
    pub(super) copies: usize,
    pub(super) adopted: usize,
    pub(super) moved: usize,
    /// Times that frames were copied to the cold log.
    pub(super) cooled: usize,
    pub(super) checkpoints: usize,
    pub(super) taken_away: usize,
    pub(super) compared: usize,
    pub(super) verified: usize,
    pub(super) late: usize,
    /// Times that a loss ahead was told.
    pub(super) warned: usize,
    /// Events that were given up.
    pub(super) given_up: usize,
    /// Times that something was given up beyond a quota: the oldest, and the newest.
    pub(super) beyond: [usize; 2],
    /// Events that were given up in doubt, and turned out not to be delivered.
    pub(super) not_there: usize,
    /// Events that were given up in doubt, and turned out to be delivered.
    pub(super) found: usize,
}

impl World {
    pub(super) fn new(seed: u64, broken: Option<Broken>) -> Self {
        let mut installation = Installation::new();
        if expires(seed) {
            installation.settings = installation.settings.retention(Duration::from_secs(240));
        }
        if let Some(gives_up) = quota(seed) {
            let bounded = installation.connectors.iter_mut().take(2);
            bounded.for_each(|config| config.quota = Some(Quota::of_events(9).gives_up(gives_up)));
        }
        Self {
            random: Random::new(seed),
            installation,
            replicas: vec![Replica::new(SimDisk::new(seed))],
            store: Store::default(),
            late: Vec::new(),
            retried: BTreeSet::new(),
            unknown: BTreeMap::new(),
            flagged: BTreeSet::new(),
            sealed: BTreeMap::new(),
            given_up: GivenUpEvents::default(),
            events: BTreeMap::new(),
            now: 0,
            wall: 1_795_458_840,
            next_id: 0,
            healed: false,
            moves: seed.is_multiple_of(3),
            deletes: seed % 4 == 1,
            expires: expires(seed),
            revoked: false,
            // Where nothing is held for who is not configured, or sealed for another destination.
            wakes: seed % 3 == 1,
            moved: false,
            broken,
            outcome: Outcome::default(),
        }
    }

    pub(super) fn run(mut self) -> Outcome {
        for _ in 0..STEPS {
            self.step();
            if self.outcome.violation.is_some() {
                return self.outcome;
            }
        }
        self.heal();
        if self.outcome.violation.is_none() {
            self.outcome.violation = checker::check(&mut self);
            if self.outcome.violation.is_some() {
                self.tell_who_is_stuck();
            }
        }
        self.outcome.given_up = self.given_up.met(Fate::NotDelivered);
        self.outcome.not_there = self.given_up.met(Fate::NotThere);
        self.outcome.found = self.given_up.met(Fate::Found);
        self.outcome.objects = self.store.objects.len();
        let elsewhere = |key: &&ObjectKey| key.as_str().contains("-moved/");
        self.outcome.moved = self.store.objects.keys().filter(elsewhere).count();
        self.outcome
    }

    pub(super) fn tell_who_is_stuck(&mut self) {
        for replica in &self.replicas {
            if let Some(process) = &replica.up {
                let held = process.engine.status(process.time(self.now));
                let held = held.into_iter().filter(|status| status.events_held > 0);
                self.outcome
                    .history
                    .push(format!("stuck: {:#?}", held.collect::<Vec<_>>()));
            }
        }
    }

    /// Whether connectors change their destination in this history.
    pub(super) fn moves(&self) -> bool {
        self.moves
    }

    /// Whether the customer takes objects away in this history.
    pub(super) fn deletes(&self) -> bool {
        self.deletes
    }

    pub(super) fn note(&mut self, what: impl Into<String>) {
        self.outcome
            .history
            .push(format!("{:>8} {}", self.now, what.into()));
    }

    pub(super) fn violated(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.note(format!("VIOLATED: {what}"));
        self.outcome.violation.get_or_insert(what);
    }

    pub(super) fn step(&mut self) {
        let replica = self.random.below(self.replicas.len());
        if self.replicas[replica].up.is_none() {
            self.restart(replica);
            return;
        }
        match self.random.below(100) {
            0..=17 => self.submit(replica),
            18..=37 => self.flush(replica),
            38..=74 => self.task(replica),
            75..=84 => self.pass_time(replica),
            85..=88 => self.late_arrival(),
            89..=91 => self.crash(replica),
            92..=93 => self.copy(replica),
            94..=95 => self.plan_a_disk_fault(replica),
            96 => self.input(replica, Input::Wake { connector: None }),
            97 if self.deletes => self.customer_moves_an_object(),
            97 => {
                let id = self.request_id();
                self.input(replica, Input::Drain { id });
            }
            _ => {
                let hours = self.random.next() % 5;
                self.wall = (self.wall + hours * 3_600).saturating_sub(2 * 3_600);
            }
        }
    }

    pub(super) fn restart(&mut self, replica: usize) {
        self.note(format!("{replica}: start"));
        if self.replicas[replica].disk.is_down() {
            self.replicas[replica].disk.crash();
        }
        let disk = self.replicas[replica].disk.clone();
        let connectors = if self.healed {
            let mut connectors = self.installation.connectors.clone();
            if self.moved {
                connectors.iter_mut().for_each(elsewhere);
            }
            connectors
        } else {
            self.installation
                .changed(&mut self.random, self.moves, !self.wakes)
        };
        let started =
            self.replicas[replica].start(&self.installation, connectors, &mut self.random, self.now);
        match started {
            Ok(()) => {
                let state = &mut self.replicas[replica];
                if let Some(process) = &state.up {
                    let configured = process.connectors.iter().map(|config| config.id.to_string());
                    let generations = process.generations.iter().copied();
                    self.given_up.know(generations.zip(configured));
                    // Whatever was on its way when the last process ended: only the log knows how much of it arrived.
                    self.given_up.landed(&checker::records(&disk));
                }
                let resumed = state
                    .up
                    .as_ref()
                    .and_then(|process| process.engine.resume_point(&source(replica)));
                state.read = resumed.map_or(0, |point| usize::try_from(point.end).unwrap());
                self.input(replica, Input::Tick);
            }
            // A fault that was planned for this disk has struck: the next start finds it gone.
            Err(_) if disk.is_down() => disk.crash(),
            Err(error) if error.starts_with(DISK) => disk.kill(),
            Err(error) => self.violated(format!("{replica} does not start: {error}")),
        }
    }

    pub(super) fn crash(&mut self, replica: usize) {
        self.outcome.crashes += 1;
        let hard = self.random.one_in(2);
        self.note(format!("{replica}: {}", if hard { "power cut" } else { "kill" }));
        self.end(replica);
        if hard {
            self.replicas[replica].disk.crash();
        } else {
            self.replicas[replica].disk.kill();
        }
    }

    /// The process is gone; its requests may still arrive.
    pub(super) fn end(&mut self, replica: usize) {
        let Some(process) = self.replicas[replica].up.take() else {
            return;
        };
        for task in process.tasks {
            if let Task::Put(job) = task {
                self.may_arrive_late(replica, job);
            }
        }
    }

    /// Nobody waits for this put any more, and it may arrive all the same.
    pub(super) fn may_arrive_late(&mut self, replica: usize, job: PutJob) {
        self.note_unknown(replica, &job);
        let payload = job.payload().to_bytes();
        self.late.push((self.now, job, payload));
    }

    /// Whether this put took effect, its sender does not know.
    pub(super) fn note_unknown(&mut self, replica: usize, job: &PutJob) {
        let metadata = job.options().metadata;
        let last = metadata
            .get("bl-last")
            .and_then(|last| last.parse().ok())
            .unwrap();
        let lane = checker::lane_of(job.key()).unwrap();
        let through = self.unknown.entry((replica, lane)).or_insert(last);
        *through = last.max(*through);
    }

    /// Another process over a copy of the log, as it stands on the disk; at most three in all.
    pub(super) fn copy(&mut self, replica: usize) {
        // Where copies and these meet, the promise has conditions that a history cannot tell apart from faults.
        if self.moves || self.wakes || self.deletes || self.replicas.len() >= 3 || self.random.one_in(3) {
            return;
        }
        self.outcome.copies += 1;
        self.note(format!("{replica}: copied as {}", self.replicas.len()));
        let copy = self.replicas[replica].disk.fork(self.random.next());
        copy.crash();
        self.replicas.push(Replica::new(copy));
    }

    pub(super) fn plan_a_disk_fault(&mut self, replica: usize) {
        let fault = [Fault::Io, Fault::Full, Fault::Crash, Fault::Crash][self.random.below(4)];
        let calls = self.random.next() % 12;
        self.note(format!("{replica}: {fault:?} planned in {calls} calls"));
        self.replicas[replica].disk.plan(calls, fault);
    }

    /// The customer takes an object away: most likely the newest, which somebody may be looking at.
    fn customer_moves_an_object(&mut self) {
        let Some(key) = self.store.newest.clone() else {
            return;
        };
        if let Some(stored) = self.store.objects.remove(&key) {
            self.note(format!("the customer moves {key}"));
            self.outcome.taken_away += 1;
            if !self.store.spoilt.remove(&key) {
                self.store.taken_away.push((key, stored));
            }
        }
    }

    pub(super) fn request_id(&mut self) -> RequestId {
        self.next_id += 1;
        RequestId(self.next_id)
    }

    /// The next batch of the input, or, now and then, the last one again.
    pub(super) fn submit(&mut self, replica: usize) {
        let state = &mut self.replicas[replica];
        if state.read > 0 && self.random.one_in(8) {
            state.read -= 1;
        }
        if state.read == state.input.len() {
            let ids: Vec<u64> = (0..1 + self.random.below(5))
                .map(|more| (self.events.len() + more + 1) as u64)
                .collect();
            for id in &ids {
                let workspace = ["acme", "globex"][self.random.below(2)];
                let event_type = ["mail.Open", "push.Send"][self.random.below(2)];
                self.events.insert(
                    *id,
                    Event {
                        workspace,
                        event_type,
                        acknowledged: false,
                        offered: Vec::new(),
                    },
                );
            }
            state.input.push(ids);
        }
        if state.read + 1 < state.input.len() && self.random.one_in(4) {
            state.read += 1; // Careless: it skips a batch, which has to be refused.
        }
        let ids = state.input[state.read].clone();
        state.read += 1;
        let end = state.read as u64;
        let lines = ids.iter().map(|id| {
            let Event {
                workspace,
                event_type,
                ..
            } = &self.events[id];
            let text = format!(
                r#"{{"workspace": "{workspace}", "event_type": "{event_type}", "event": {{"id": "{id}"}}}}"#
            );
            Line::new(*id, 0, text)
        });
        let sequence = Sequence::Offset {
            start: end - 1,
            end,
            line: end,
        };
        let batch = Batch::new(source(replica), sequence, "sim").lines(lines);
        let hour = Hour::from_unix_seconds(self.wall);
        let id = self.request_id();
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        let batch: Prepared = process.admission.prepare(batch, hour, &process.generations);
        let offered: BTreeMap<ConnectorId, String> = process
            .connectors
            .iter()
            .map(|config| (config.id.clone(), config.zone.to_string()))
            .collect();
        for id in &ids {
            if let Some(event) = self.events.get_mut(id) {
                event.offered.push(offered.clone());
            }
        }
        self.note(format!("{replica}: submit batch {end} with events {ids:?}"));
        if let Some(process) = &mut self.replicas[replica].up {
            process.submitted.insert(id, ids);
        }
        self.input(
            replica,
            Input::Submit {
                shard: ShardId(0),
                id,
                batch,
            },
        );
    }

    pub(super) fn pass_time(&mut self, replica: usize) {
        let timeout = self.replicas[replica]
            .up
            .as_ref()
            .and_then(|process| process.next_timeout());
        // Nobody waits for two days in a history that is not about that.
        let soon = |timeout: &u64| self.expires || *timeout < self.now + 3_600_000;
        self.now = match timeout.filter(soon) {
            Some(timeout) if self.healed || self.random.one_in(2) => self.now.max(timeout),
            _ => self.now + self.random.next() % 60_000,
        };
        self.input(replica, Input::Tick);
    }

    pub(super) fn late_arrival(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let place = self.random.below(self.late.len());
        let (sent, job, payload) = self.late.swap_remove(place);
        // One in four never arrives at all, nor does what was sent too long ago.
        let quiet = u64::try_from(self.installation.settings.quiet.as_millis()).unwrap();
        let arrives = self.healed || !self.random.one_in(4);
        if arrives && self.now < sent + quiet {
            let made = self.store.arrive(
                &job,
                payload,
                self.broken == Some(Broken::OverwriteInsteadOfCreate),
            );
            self.outcome.late += 1;
            self.note(format!(
                "late: {} {}",
                job.key(),
                if made { "made" } else { "refused" }
            ));
        }
    }

    pub(super) fn input(&mut self, replica: usize, input: Input) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        let commands = process.engine.handle(process.time(self.now), input);
        for command in commands {
            self.carry_out(replica, command);
        }
        let process = self.replicas[replica].up.as_ref();
        if let Some(untold) = process.and_then(|process| process.untold(self.now)) {
            self.violated(untold);
        }
        self.check_failure(replica);
    }
}

/// What goes beyond a quota, in histories where two of the connectors have one.
fn quota(seed: u64) -> Option<GivesUp> {
    match seed % 7 {
        2 => Some(GivesUp::Oldest),
        3 => Some(GivesUp::Newest),
        _ => None,
    }
}

/// Whether what cannot be delivered is given up within this history.
fn expires(seed: u64) -> bool {
    seed % 5 < 2
}

/// Every replica reads an input of its own.
pub(super) fn source(replica: usize) -> SourceId {
    SourceId::from_bytes([u8::try_from(replica).unwrap(); 16])
}
