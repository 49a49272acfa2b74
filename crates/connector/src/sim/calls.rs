//! What the engine commands, carried out by the world: appends, builds, puts and looks, each with its chance of going wrong.

use crate::engine::{AttemptId, Command, HeldBatch, Input, Landed, PutJob, Request, make_room, relocate};
use crate::error::ErrorKind as Failure;
use crate::loss::Loss;
use crate::quota::GivesUp;
use bucketline_format::ocf;
use bucketline_sink::{
    ETag, Effect, EncryptionSeen, Error as SinkError, ErrorKind, Operation, PutOutcome, Receipt,
};
use bucketline_spool::{Appended, DropReason, ErrorKind as SpoolFailure, Learnt, Record};
use bytes::Bytes;

use super::broken::Broken;
use super::checker;
use super::replica::Task;
use super::world::{World, source};

impl World {
    /// Group commit.
    pub(super) fn flush(&mut self, replica: usize) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        if process.appends.is_empty() {
            return;
        }
        // Some of them may still be on their way to the disk.
        let now = 1 + self.random.below(process.appends.len());
        let requests: Vec<Request> = process.appends.drain(..now).collect();
        let time = process.time(self.now);
        let answers = process.appender.append(&mut *process.log, requests, time);
        for (ticket, result) in answers {
            match &result {
                Ok(landed) => self.given_up.landed(&landed.records),
                Err(_) => self.note(format!("{replica}: an append failed")),
            }
            self.input(replica, Input::Appended { ticket, result });
        }
        if self.replicas[replica]
            .up
            .as_ref()
            .is_some_and(|process| process.engine.failure().is_some())
        {
            // Whatever a failed disk did, the process ends and starts again.
            self.note(format!("{replica}: ends, its log failed"));
            self.check_failure(replica);
            self.end(replica);
            self.replicas[replica].disk.kill();
        }
    }

    /// Only the disk may make an engine fail.
    pub(super) fn check_failure(&mut self, replica: usize) {
        let failure = self.replicas[replica]
            .up
            .as_ref()
            .and_then(|process| process.engine.failure().cloned());
        if let Some(failure) = failure
            && !matches!(failure.kind(), crate::ErrorKind::Spool(_))
        {
            self.violated(format!("{replica} failed: {failure}"));
        }
    }

    /// One call under way goes on.
    pub(super) fn task(&mut self, replica: usize) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        if process.tasks.is_empty() {
            return;
        }
        let place = self.random.below(process.tasks.len());
        match process.tasks.swap_remove(place) {
            Task::Build(mut job) => {
                for lsn in job.missing() {
                    match process.log.read_at(lsn) {
                        Ok(frame) => {
                            let Record::Events(events) = frame.record else {
                                panic!("not a batch at {lsn}")
                            };
                            job.supply(lsn, &HeldBatch::new(events)).unwrap();
                        }
                        Err(_) => {
                            // The disk is down: so is the process, in a moment.
                            self.crash(replica);
                            return;
                        }
                    }
                }
                let attempt = job.attempt();
                self.input(
                    replica,
                    Input::Built {
                        attempt,
                        result: job.run(),
                    },
                );
            }
            Task::Put(job) => self.put(replica, job),
            Task::Look(job) => {
                let fault = self.fault(Operation::List);
                let silent = self.random.one_in(6);
                let found = fault.map_or_else(|| Ok(self.store.look(job.key(), silent)), Err);
                self.input(
                    replica,
                    Input::Looked {
                        attempt: job.attempt(),
                        found,
                    },
                );
            }
            Task::Compare(job) => {
                let same =
                    match (self.fault(Operation::Get), self.store.objects.get(job.key())) {
                        (None, Some(stored)) => Ok(job.same_events(&stored.payload)),
                        (fault, _) => Err(fault
                            .unwrap_or_else(|| failure(Operation::Get, ErrorKind::Busy, Effect::NotApplied))),
                    };
                self.input(
                    replica,
                    Input::Compared {
                        attempt: job.attempt(),
                        same,
                    },
                );
            }
        }
    }

    pub(super) fn put(&mut self, replica: usize, job: PutJob) {
        if self.random.one_in(4) {
            self.check_sealed(replica, &job);
        }
        let mut payload = job.payload().to_bytes();
        if self.broken == Some(Broken::RetryWithAnotherRange) && self.retried.contains(job.key()) {
            payload = shorter(&payload);
        }
        let overwrite = self.broken == Some(Broken::OverwriteInsteadOfCreate);
        let chance = if self.healed { 99 } else { self.random.below(100) };
        let timed_out = || Err(failure(Operation::Put, ErrorKind::TimedOut, Effect::Unknown));
        let refused = || failure(Operation::Put, ErrorKind::AccessDenied, Effect::NotApplied);
        let answer = if self.revoked {
            Err(refused())
        } else if self.broken == Some(Broken::CommitBeforeTheAnswer) {
            if chance >= 20 {
                self.store.arrive(&job, payload, overwrite);
            }
            Ok(PutOutcome::Created(receipt()))
        } else {
            match chance {
                // The reply is lost.
                0..=9 => {
                    self.store.arrive(&job, payload, overwrite);
                    timed_out()
                }
                // The request is lost.
                10..=15 => timed_out(),
                // The request is late.
                16..=23 => {
                    self.late.push((self.now, job.clone(), payload));
                    timed_out()
                }
                // The upload breaks.
                24 => {
                    self.store.spoil(&job);
                    timed_out()
                }
                25..=32 => Err(refused()),
                33..=36 => Err(failure(Operation::Put, ErrorKind::Busy, Effect::Unknown)),
                37..=39 => Err(failure(Operation::Put, ErrorKind::Throttled, Effect::NotApplied)),
                _ => {
                    if self.store.arrive(&job, payload, overwrite) {
                        Ok(PutOutcome::Created(receipt()))
                    } else {
                        Ok(PutOutcome::PreconditionFailed)
                    }
                }
            }
        };
        if let Err(error) = &answer {
            self.retried.insert(job.key().clone());
            if error.effect() == Effect::Unknown {
                self.note_unknown(replica, &job);
            }
        }
        let told = match &answer {
            Ok(PutOutcome::Created(_)) => "created".to_owned(),
            Ok(PutOutcome::PreconditionFailed) => "taken".to_owned(),
            Err(error) => error.kind().to_string(),
        };
        self.note(format!("{replica}: put {} -> {told}", job.key()));
        self.input(
            replica,
            Input::Put {
                attempt: job.attempt(),
                answer,
            },
        );
    }

    /// Before a byte leaves, its seal survives any crash.
    pub(super) fn check_sealed(&mut self, replica: usize, job: &PutJob) {
        let disk = self.replicas[replica].disk.fork(self.random.next());
        disk.crash();
        if !checker::seals(&disk).contains(&job.key().as_str().to_owned()) {
            self.violated(format!("{} is put before its seal is durable", job.key()));
        }
    }

    pub(super) fn fault(&mut self, operation: Operation) -> Option<SinkError> {
        let chance = if self.healed { 99 } else { self.random.below(10) };
        match chance {
            _ if self.revoked => Some(failure(operation, ErrorKind::AccessDenied, Effect::NotApplied)),
            0 => Some(failure(operation, ErrorKind::Throttled, Effect::NotApplied)),
            1 => Some(failure(operation, ErrorKind::AccessDenied, Effect::NotApplied)),
            _ => None,
        }
    }

    /// A call that nobody waits for any more: what was sent of it may yet arrive.
    fn break_off(&mut self, replica: usize, attempt: AttemptId) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        let is_meant = |task: &Task| task.attempt() == attempt;
        if let Some(place) = process.tasks.iter().position(is_meant) {
            if let Task::Put(job) = process.tasks.swap_remove(place) {
                self.may_arrive_late(replica, job);
            }
            self.note(format!("{replica}: a call is broken off"));
        }
    }

    pub(super) fn carry_out(&mut self, replica: usize, command: Command) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        match command {
            Command::Append { ticket, records, .. } => {
                let mut doubtful = None;
                self.given_up.ordered(&records);
                let told: Vec<String> = records
                    .iter()
                    .filter_map(|record| match record {
                        Record::Drop(drop) => Some(self.given_up.tell(drop)),
                        _ => None,
                    })
                    .collect();
                for record in &records {
                    if let Record::Seal(seal) = record {
                        let place = (seal.lane.clone(), seal.first);
                        self.sealed.insert(place, seal.key.clone());
                    }
                    // A drop in doubt says by itself that an object may be there.
                    if let Record::Drop(drop) = record
                        && let (false, Some(seal)) = (drop.known, &drop.seal)
                    {
                        self.flagged.insert(seal.key.clone());
                    }
                    if let Record::Drop(drop) = record
                        && drop.reason == DropReason::Quota
                    {
                        let newest = process.connectors.iter().any(|config| {
                            config
                                .quota
                                .is_some_and(|quota| quota.gives_up == GivesUp::Newest)
                        });
                        self.outcome.beyond[usize::from(newest)] += 1;
                    }
                    if let Record::Commit(commit) = record {
                        self.outcome.adopted += usize::from(commit.learnt == Learnt::Adopted);
                        self.outcome.verified += usize::from(commit.learnt == Learnt::Verified);
                        let key = self.sealed.get(&(commit.lane.clone(), commit.first)).cloned();
                        let lane = key
                            .as_deref()
                            .and_then(|key| checker::lane_of(&key.parse().ok()?));
                        let through = lane.and_then(|lane| self.unknown.get(&(replica, lane)));
                        if commit.after_unknown {
                            self.flagged.extend(key);
                        } else if let Some(through) = through
                            && let range = (commit.first..=commit.last)
                            && let Some(first) = self.given_up.first_in_object(&commit.lane, range)
                            && first <= *through
                        {
                            doubtful = key;
                        }
                    }
                }
                let early = self.broken == Some(Broken::NoFsyncBeforeThePut)
                    && records.iter().any(|record| matches!(record, Record::Seal(_)));
                if early {
                    let next = process.log.usage().next_lsn;
                    let time = process.time(self.now);
                    let place = Appended::new(vec![next; records.len()], next, time);
                    process.appends.push(Request {
                        ticket,
                        records: records.clone(),
                    });
                    let landed = Landed::new(place, records);
                    self.input(
                        replica,
                        Input::Appended {
                            ticket,
                            result: Ok(landed),
                        },
                    );
                } else {
                    process.appends.push(Request { ticket, records });
                }
                for told in told {
                    self.note(format!("{replica}: gives up {told}"));
                }
                if let Some(key) = doubtful {
                    self.violated(format!(
                        "{key} was in an attempt of unknown outcome, and its commit does not say so"
                    ));
                }
            }
            Command::Move { ticket, ranges, .. } => match relocate(&mut *process.log, ranges) {
                Ok(moved) => {
                    let records = vec![Record::from(moved)];
                    process.appends.push(Request { ticket, records });
                    self.outcome.cooled += 1;
                }
                // Nobody is told before the end of this process: nothing more is moved by it.
                Err(error) if error.kind() == Failure::Spool(SpoolFailure::Full) => {}
                Err(_) => self.crash(replica),
            },
            Command::Checkpoint {
                carry, free, cold, ..
            } => {
                let mut tasks = std::mem::take(&mut process.tasks);
                for task in &mut tasks {
                    let Task::Build(job) = task else { continue };
                    for lsn in job.missing() {
                        // A disk that is down is met by the task itself.
                        if let Ok(frame) = process.log.read_at(lsn)
                            && let Record::Events(events) = frame.record
                        {
                            job.supply(lsn, &HeldBatch::new(events)).unwrap();
                        }
                    }
                }
                process.tasks = tasks;
                make_room(&mut *process.log, &carry, free, cold.as_deref());
                self.outcome.checkpoints += 1;
            }
            Command::Delivered(_) => {}
            Command::Changed(change) => {
                process.told.insert(change.now.id.clone(), change.now.state);
            }
            Command::Accepted { id, result } => {
                let ids = process.submitted.remove(&id).unwrap_or_default();
                if result.is_err() {
                    // Whoever reads the input goes on where the source stands.
                    let stands = process.engine.resume_point(&source(replica));
                    self.replicas[replica].read =
                        stands.map_or(0, |point| usize::try_from(point.end).unwrap());
                }
                if result.is_ok() {
                    for id in ids {
                        if let Some(event) = self.events.get_mut(&id) {
                            event.acknowledged = true;
                        }
                    }
                }
            }
            Command::Drained { .. } => process.drained = true,
            Command::Build(job) => process.tasks.push(Task::Build(*job)),
            Command::Put(job) => process.tasks.push(Task::Put(*job)),
            Command::Look(job) => process.tasks.push(Task::Look(*job)),
            Command::Compare(job) => {
                self.outcome.compared += 1;
                process.tasks.push(Task::Compare(*job));
            }
            Command::Loss(loss) => self.outcome.warned += usize::from(matches!(*loss, Loss::Ahead { .. })),
            Command::BreakOff { attempt } => self.break_off(replica, attempt),
            Command::Failed { .. } => {} // The process ends with its only log.
        }
    }
}

fn failure(operation: Operation, kind: ErrorKind, effect: Effect) -> SinkError {
    SinkError::new(operation, kind, effect)
}

fn receipt() -> Receipt {
    let mut receipt = Receipt::default();
    receipt.etag = Some(ETag::new("\"etag\""));
    receipt.encryption = EncryptionSeen::Aes256;
    receipt
}

/// The same object without its last event.
fn shorter(object: &Bytes) -> Bytes {
    let reader = ocf::Reader::new(object).unwrap();
    let (text, marker) = (reader.schema().text().to_owned(), reader.marker());
    let mut datums: Vec<Bytes> = reader.map(Result::unwrap).collect();
    datums.pop();
    ocf::build(
        &text,
        ocf::Codec::Null,
        marker,
        datums.iter().map(|datum| &**datum),
    )
    .unwrap()
    .concat()
    .into()
}
