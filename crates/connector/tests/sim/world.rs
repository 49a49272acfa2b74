//! The world: replicas, the store, requests under way, time. Takes steps by chance, then heals and drains.

use std::collections::{BTreeMap, BTreeSet};

use bucketline_connector::engine::{Input, Prepared, PutJob, RequestId, ShardId};
use bucketline_connector::{Batch, ConnectorId, Line};
use bucketline_sink::ObjectKey;
use bucketline_spool::{Fault, Hour, Sequence, SimDisk, SourceId};
use bytes::Bytes;

use crate::checker;
use crate::mutant::Mutant;
use crate::random::Random;
use crate::replica::{Installation, Replica, Task, elsewhere};
use crate::store::{Store, Stored};

/// Steps before everything heals.
const STEPS: usize = 400;
/// Steps after, before a history counts as stuck.
const PATIENCE: usize = 20_000;

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) installation: Installation,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) store: Store,
    /// Puts that nobody waits for any more, and that may yet arrive.
    pub(crate) late: Vec<(PutJob, Bytes)>,
    /// Puts that were answered "lost" at least once, by key.
    pub(crate) retried: BTreeSet<ObjectKey>,
    /// What was last sent under a key: for the mutant that believes everything.
    pub(crate) sent: BTreeMap<ObjectKey, Stored>,
    /// Events by number: workspace, type, whether acknowledged.
    pub(crate) events: BTreeMap<u64, Event>,
    pub(crate) now: u64,
    wall: u64,
    next_id: u64,
    pub(crate) healed: bool,
    /// Whether connectors change their destination in this history. Then there are no copies: two that deliver into different places
    /// do not compete for the same keys.
    moves: bool,
    /// Whether all connectors deliver to their other destination.
    moved: bool,
    pub(crate) mutant: Option<Mutant>,
    pub(crate) outcome: Outcome,
}

/// An event that was submitted.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) workspace: &'static str,
    pub(crate) event_type: &'static str,
    pub(crate) acknowledged: bool,
    /// The connectors that were configured, each time that it was submitted.
    pub(crate) offered: Vec<BTreeSet<ConnectorId>>,
}

/// What came of a history.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) violation: Option<String>,
    pub(crate) history: Vec<String>,
    pub(crate) objects: usize,
    pub(crate) crashes: usize,
    pub(crate) copies: usize,
    pub(crate) adopted: usize,
    pub(crate) moved: usize,
    pub(crate) verified: usize,
    pub(crate) late: usize,
}

impl World {
    pub(crate) fn new(seed: u64, mutant: Option<Mutant>) -> Self {
        Self {
            random: Random::new(seed),
            installation: Installation::new(),
            replicas: vec![Replica::new(SimDisk::new(seed))],
            store: Store::default(),
            late: Vec::new(),
            retried: BTreeSet::new(),
            sent: BTreeMap::new(),
            events: BTreeMap::new(),
            now: 0,
            wall: 1_795_458_840,
            next_id: 0,
            healed: false,
            moves: seed.is_multiple_of(3),
            moved: false,
            mutant,
            outcome: Outcome::default(),
        }
    }

    pub(crate) fn run(mut self) -> Outcome {
        for _ in 0..STEPS {
            self.step();
            if self.outcome.violation.is_some() {
                return self.outcome;
            }
        }
        self.heal();
        if self.outcome.violation.is_none() {
            self.outcome.violation = checker::check(&mut self);
        }
        self.outcome.objects = self.store.objects.len();
        let elsewhere = |key: &&ObjectKey| key.as_str().contains("-moved/");
        self.outcome.moved = self.store.objects.keys().filter(elsewhere).count();
        self.outcome
    }

    pub(crate) fn note(&mut self, what: impl Into<String>) {
        self.outcome
            .history
            .push(format!("{:>8} {}", self.now, what.into()));
    }

    pub(crate) fn violated(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.note(format!("VIOLATED: {what}"));
        self.outcome.violation.get_or_insert(what);
    }

    pub(crate) fn step(&mut self) {
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

    pub(crate) fn restart(&mut self, replica: usize) {
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
            self.installation.changed(&mut self.random, self.moves)
        };
        let started = self.replicas[replica].start(
            &self.installation,
            connectors,
            &mut self.random,
            self.now,
            self.mutant,
        );
        match started {
            Ok(()) => {
                let state = &mut self.replicas[replica];
                let resumed = state
                    .up
                    .as_ref()
                    .and_then(|process| process.engine.resume_point(&source(replica)));
                state.read = resumed.map_or(0, |point| usize::try_from(point.end).unwrap());
                self.input(replica, Input::Tick);
            }
            // A fault that was planned for this disk has struck: the next start finds it gone.
            Err(_) if disk.is_down() => disk.crash(),
            Err(error)
                if ["simulated", "disk", "make room"]
                    .iter()
                    .any(|word| error.contains(word)) =>
            {
                disk.kill()
            }
            Err(error) => self.violated(format!("{replica} does not start: {error}")),
        }
    }

    pub(crate) fn crash(&mut self, replica: usize) {
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
    pub(crate) fn end(&mut self, replica: usize) {
        let Some(process) = self.replicas[replica].up.take() else {
            return;
        };
        for task in process.tasks {
            if let Task::Put(job) = task {
                let payload = job.payload().to_bytes();
                self.late.push((job, payload));
            }
        }
    }

    /// Another process over a copy of the log, as it stands on the disk; at most three in all.
    pub(crate) fn copy(&mut self, replica: usize) {
        if self.moves || self.replicas.len() >= 3 || self.random.one_in(3) {
            return;
        }
        self.outcome.copies += 1;
        self.note(format!("{replica}: copied as {}", self.replicas.len()));
        let copy = self.replicas[replica].disk.fork(self.random.next());
        copy.crash();
        self.replicas.push(Replica::new(copy));
    }

    pub(crate) fn plan_a_disk_fault(&mut self, replica: usize) {
        let fault = [Fault::Io, Fault::Full, Fault::Crash, Fault::Crash][self.random.below(4)];
        let calls = self.random.next() % 12;
        self.note(format!("{replica}: {fault:?} planned in {calls} calls"));
        self.replicas[replica].disk.plan(calls, fault);
    }

    pub(crate) fn request_id(&mut self) -> RequestId {
        self.next_id += 1;
        RequestId(self.next_id)
    }

    /// The next batch of the input, or, now and then, the last one again.
    pub(crate) fn submit(&mut self, replica: usize) {
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
        let offered: BTreeSet<ConnectorId> = process
            .connectors
            .iter()
            .map(|config| config.id.clone())
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

    pub(crate) fn pass_time(&mut self, replica: usize) {
        let timeout = self.replicas[replica]
            .up
            .as_ref()
            .and_then(|process| process.next_timeout());
        self.now = match timeout {
            Some(timeout) if self.healed || self.random.one_in(2) => self.now.max(timeout),
            _ => self.now + self.random.next() % 60_000,
        };
        self.input(replica, Input::Tick);
    }

    pub(crate) fn late_arrival(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let place = self.random.below(self.late.len());
        let (job, payload) = self.late.swap_remove(place);
        // One in four never arrives at all.
        if self.healed || !self.random.one_in(4) {
            let made = self.store.arrive(
                &job,
                payload,
                self.mutant == Some(Mutant::OverwriteInsteadOfCreate),
            );
            self.outcome.late += 1;
            self.note(format!(
                "late: {} {}",
                job.key(),
                if made { "made" } else { "refused" }
            ));
        }
    }

    pub(crate) fn input(&mut self, replica: usize, input: Input) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        let commands = process.engine.handle(process.time(self.now), input);
        for command in commands {
            self.carry_out(replica, command);
        }
        self.check_failure(replica);
    }

    /// No more faults: everything that is late arrives, everything that is down starts, everything is drained: first where the connectors
    /// deliver for good, then where some of it was sealed for while they delivered elsewhere, then the first once more.
    pub(crate) fn heal(&mut self) {
        self.note("heals");
        self.healed = true;
        for round in 0..3 {
            self.moved = round == 1;
            self.drain_all();
            if self.outcome.violation.is_some() {
                return;
            }
        }
    }

    fn drain_all(&mut self) {
        for replica in 0..self.replicas.len() {
            // Whatever was planned for its disk and has not struck yet goes with this copy of it.
            let disk = self.replicas[replica].disk.clone();
            self.end(replica);
            disk.kill();
            let seed = self.random.next();
            self.replicas[replica].disk = disk.fork(seed);
            self.restart(replica);
            let id = self.request_id();
            self.input(replica, Input::Drain { id });
        }
        while !self.late.is_empty() {
            self.late_arrival();
        }
        for _ in 0..PATIENCE {
            if self.outcome.violation.is_some() {
                return;
            }
            let busy = |replica: &Replica| {
                replica
                    .up
                    .as_ref()
                    .is_none_or(|process| !process.drained || !process.appends.is_empty())
            };
            let Some(replica) = self.replicas.iter().position(busy) else {
                return;
            };
            let Some(process) = &self.replicas[replica].up else {
                return self.violated("it does not stay up");
            };
            if !process.tasks.is_empty() {
                self.task(replica);
            } else if !process.appends.is_empty() {
                self.flush(replica);
            } else {
                self.pass_time(replica);
            }
        }
        for replica in &self.replicas {
            if let Some(process) = &replica.up {
                let held = process.engine.status(process.time(self.now));
                let held = held.into_iter().filter(|status| status.events_held > 0);
                self.outcome
                    .history
                    .push(format!("stuck: {:#?}", held.collect::<Vec<_>>()));
            }
        }
        self.violated("it does not come to an end");
    }
}

/// Every replica reads an input of its own.
fn source(replica: usize) -> SourceId {
    SourceId::from_bytes([u8::try_from(replica).unwrap(); 16])
}
