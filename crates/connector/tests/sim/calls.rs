//! What the engine commands, carried out by the world: appends, builds, puts and looks, each with its chance of going wrong.

use bucketline_connector::engine::{AttemptId, Command, HeldBatch, Input, Landed, PutJob, Request};
use bucketline_format::ocf;
use bucketline_sink::{
    Checksum, ETag, Effect, EncryptionSeen, Error as SinkError, ErrorKind, Operation, PutOutcome, Receipt,
};
use bucketline_spool::{Appended, Learnt, Record};
use bytes::Bytes;

use crate::checker;
use crate::mutant::Mutant;
use crate::replica::Task;
use crate::store::Stored;
use crate::world::World;

impl World {
    /// Group commit.
    pub(crate) fn flush(&mut self, replica: usize) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        let requests = std::mem::take(&mut process.appends);
        if requests.is_empty() {
            return;
        }
        let time = process.time(self.now);
        let answers = process.appender.append(&mut *process.log, requests, time);
        for (ticket, result) in answers {
            if result.is_err() {
                self.note(format!("{replica}: an append failed"));
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
    pub(crate) fn check_failure(&mut self, replica: usize) {
        let failure = self.replicas[replica]
            .up
            .as_ref()
            .and_then(|process| process.engine.failure().cloned());
        if let Some(failure) = failure
            && !matches!(failure.kind(), bucketline_connector::ErrorKind::Spool(_))
        {
            self.violated(format!("{replica} failed: {failure}"));
        }
    }

    /// One call under way goes on.
    pub(crate) fn task(&mut self, replica: usize) {
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
                let mut found = fault.map_or_else(|| Ok(self.store.look(job.key())), Err);
                if let (Some(Mutant::AdoptWithoutTheDigest), Ok(Some(info))) = (self.mutant, &mut found)
                    && let Some(sent) = self.sent.get(job.key())
                {
                    info.metadata = sent.metadata.clone();
                    info.size = sent.payload.len() as u64;
                    info.checksums = Checksum::sha256_of(std::slice::from_ref(&sent.payload)).into();
                }
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

    pub(crate) fn put(&mut self, replica: usize, job: PutJob) {
        if self.random.one_in(4) {
            self.check_sealed(replica, &job);
        }
        let mut payload = job.payload().to_bytes();
        if self.mutant == Some(Mutant::RetryWithAnotherRange) && self.retried.contains(job.key()) {
            payload = shorter(&payload);
        }
        let metadata = job.options().metadata;
        self.sent.insert(
            job.key().clone(),
            Stored {
                payload: payload.clone(),
                metadata,
            },
        );
        let overwrite = self.mutant == Some(Mutant::OverwriteInsteadOfCreate);
        let chance = if self.healed { 99 } else { self.random.below(100) };
        let timed_out = || Err(failure(Operation::Put, ErrorKind::TimedOut, Effect::Unknown));
        let answer = if self.mutant == Some(Mutant::CommitBeforeTheAnswer) {
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
                16..=24 => {
                    self.late.push((job.clone(), payload));
                    timed_out()
                }
                25..=32 => Err(failure(
                    Operation::Put,
                    ErrorKind::AccessDenied,
                    Effect::NotApplied,
                )),
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
        if answer.is_err() {
            self.retried.insert(job.key().clone());
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
    pub(crate) fn check_sealed(&mut self, replica: usize, job: &PutJob) {
        let disk = self.replicas[replica].disk.fork(self.random.next());
        disk.crash();
        if !checker::seals(&disk).contains(&job.key().as_str().to_owned()) {
            self.violated(format!("{} is put before its seal is durable", job.key()));
        }
    }

    pub(crate) fn fault(&mut self, operation: Operation) -> Option<SinkError> {
        let chance = if self.healed { 99 } else { self.random.below(10) };
        match chance {
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
                let payload = job.payload().to_bytes();
                self.late.push((job, payload));
            }
            self.note(format!("{replica}: a call is broken off"));
        }
    }

    pub(crate) fn carry_out(&mut self, replica: usize, command: Command) {
        let Some(process) = &mut self.replicas[replica].up else {
            return;
        };
        match command {
            Command::Append { ticket, records, .. } => {
                for record in &records {
                    if let Record::Commit(commit) = record {
                        self.outcome.adopted += usize::from(commit.learnt == Learnt::Adopted);
                        self.outcome.verified += usize::from(commit.learnt == Learnt::Verified);
                    }
                }
                let early = self.mutant == Some(Mutant::NoFsyncBeforeThePut)
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
            }
            Command::Accepted { id, result } => {
                let ids = process.submitted.remove(&id).unwrap_or_default();
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
            Command::Compare(job) => process.tasks.push(Task::Compare(*job)),
            Command::BreakOff { attempt } => self.break_off(replica, attempt),
            Command::Failed { .. } => {} // The process ends with its only log.
            other => panic!("the world does not know {other:?}"),
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
    let mut datums: Vec<&[u8]> = reader.map(Result::unwrap).collect();
    datums.pop();
    ocf::build(&text, ocf::Codec::Null, marker, datums)
        .concat()
        .into()
}
