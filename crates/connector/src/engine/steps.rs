//! Carrying out the steps of a delivery: each becomes a command, a change of its lane, or a word about its connector's health.

use std::sync::Arc;
use std::time::Duration;

use bucketline_sink::{Checksum, Encryption};
use bucketline_spool::{Commit, Learnt, Record, Seal, SpoolTime};

use super::shard_run::{Phase, Running, ShardRun};
use super::{Command, Engine, Purpose};
use crate::build::{Built, Limit};
use crate::delivery::{Delivery, Existing, Step};
use crate::dispatch::{Called, Timer};
use crate::error::{Error, ErrorKind};
use crate::meter::Delivered;
use crate::reconcile::Expected;
use crate::shard::LaneRef;
use crate::state::{Blockage, Cause, Party};
use crate::tickets::{AttemptId, ShardId};

/// The longest pause that a store's `Retry-After` is given: more would be a way to stop a connector.
const LONGEST_PAUSE_ASKED_FOR: Duration = Duration::from_secs(300);

impl Engine {
    /// Begins the delivery of a lane whose turn it is.
    pub(super) fn begin(&mut self, now: SpoolTime, called: Called) {
        let Called {
            connector,
            lane,
            slot,
        } = called;
        let queued = |run: &ShardRun| matches!(run.run(lane.lane).map(|run| &run.phase), Some(Phase::Queued));
        if !self.shards.get(&lane.shard).is_some_and(queued) {
            // What it waited with was given up meanwhile.
            return self.dispatcher.give_back(now, connector, &slot);
        }
        let target = self.target_of(lane);
        let standing = self.dispatcher.get(connector);
        let proved = standing.is_some_and(|standing| standing.health.is_proved());
        let run = self.shards.get(&lane.shard);
        let begun = run.filter(|run| run.has_lease(now)).and_then(|run| {
            let state = run.state(lane.lane)?;
            if state.in_doubt.is_some() {
                return Some(Delivery::of_given_up(target?));
            }
            match (&state.seal, target) {
                (Some(sealed), Some(target)) => Some(Delivery::of_sealed(
                    target,
                    sealed.unknown && sealed.tried.is_none(),
                )),
                (Some(_), None) => None,
                (None, _) => (state.events > 0).then(|| Delivery::next(proved)),
            }
        });
        let Some((delivery, step)) = begun else {
            self.stop_lane(now, lane);
            return self.dispatcher.give_back(now, connector, &slot);
        };
        let running = Running {
            delivery,
            slot: Some(slot),
            begun: now,
            existing: None,
            attempt: None,
        };
        self.set_phase(lane, Phase::Running(Box::new(running)));
        self.take(now, lane, step);
    }

    /// An object was built, or cannot be.
    pub(super) fn built(&mut self, now: SpoolTime, attempt: AttemptId, result: Result<Option<Built>, Error>) {
        match result {
            Ok(built) => self.answered(now, attempt, |delivery| delivery.on_built(built)),
            Err(error) => {
                let Some(lane) = self.attempts.remove(&attempt) else {
                    return;
                };
                if error.is_damage() {
                    // Its own affair: what others hold stands elsewhere.
                    let what = format!("nothing that could be built: {error}");
                    return self.conflict(now, lane, what);
                }
                self.fail(now, lane.shard, error);
            }
        }
    }

    /// The answer to an attempt leads to the next step.
    pub(super) fn answered(
        &mut self,
        now: SpoolTime,
        attempt: AttemptId,
        next: impl FnOnce(&mut Delivery) -> Step,
    ) {
        let Some(lane) = self.attempts.remove(&attempt) else {
            return;
        };
        let running = self
            .shards
            .get_mut(&lane.shard)
            .and_then(|run| run.running_mut(lane.lane))
            .filter(|running| running.attempt == Some(attempt));
        if let Some(running) = running {
            running.attempt = None;
            let step = next(&mut running.delivery);
            self.take(now, lane, step);
        }
    }

    pub(super) fn seal_durable(&mut self, now: SpoolTime, lane: LaneRef) {
        let target = self.target_of(lane);
        let running = self
            .shards
            .get_mut(&lane.shard)
            .and_then(|run| run.running_mut(lane.lane));
        if let (Some(target), Some(running)) = (target, running) {
            let step = running.delivery.on_sealed(target);
            self.take(now, lane, step);
        }
    }

    pub(super) fn commit_durable(&mut self, now: SpoolTime, lane: LaneRef) {
        // The lane itself may be done, and forgotten by the fold.
        let run = self.shards.get_mut(&lane.shard);
        let running = run.and_then(|run| run.running_mut(lane.lane));
        if let Some((connector, existing)) = running.and_then(|running| running.existing.take()) {
            self.dispatcher.delivered(now, connector);
            self.commands.push(Command::Delivered(existing));
        }
        self.set_phase(lane, Phase::Resting);
    }

    /// Does what comes next.
    fn take(&mut self, now: SpoolTime, lane: LaneRef, step: Step) {
        match step {
            Step::Build => {
                let (count, bytes) = (self.settings.max_count, self.settings.max_bytes);
                self.build(now, lane, Limit::Within { count, bytes });
            }
            Step::BuildTo(last) => self.build(now, lane, Limit::Exactly(last)),
            Step::Seal(expected) => self.seal(now, lane, &expected),
            Step::Scout | Step::Put | Step::Look | Step::Compare => self.ask_the_store(now, lane, &step),
            Step::LookInDoubt => {
                self.note_unknown(now, lane, true);
                self.ask_the_store(now, lane, &Step::Look);
            }
            Step::Commit(existing) => self.commit(now, lane, *existing),
            Step::Settle(found) => self.settle(now, lane, Some(&found)),
            Step::NotThere => self.not_there(now, lane),
            Step::Later(later) => {
                self.note_unknown(now, lane, later.unknown);
                self.pause(now, lane, later.at_least);
                let (retry, probe) = (self.settings.retry, self.settings.probe);
                if let Some(connector) = self.connector_of(lane) {
                    self.dispatcher.change(now, connector, |standing| {
                        standing.health.failed(now, later.cause, retry, probe);
                    });
                }
            }
            Step::Refused(blockage, cause) => self.refused(now, lane, blockage, cause),
            Step::Conflict(what) => {
                if let Some(connector) = self.connector_of(lane) {
                    self.dispatcher
                        .change(now, connector, |standing| standing.health.worked());
                }
                self.conflict(now, lane, what);
            }
            Step::Unbuildable => self.unbuildable(now, lane),
            Step::Nothing => {}
        }
    }

    fn build(&mut self, now: SpoolTime, lane: LaneRef, limit: Limit) {
        let attempt = self.attempt(lane);
        match self.build_job(lane, limit, attempt) {
            Some(job) => self.commands.push(Command::Build(Box::new(job))),
            // Not all of it is held: the delivery says what that means.
            None => self.answered(now, attempt, |delivery| delivery.on_built(None)),
        }
    }

    /// Makes the boundaries of an object durable, before any byte of it leaves.
    fn seal(&mut self, now: SpoolTime, lane: LaneRef, expected: &Expected) {
        let run = self.shards.get(&lane.shard);
        let (Some(key), Some(encoder), Some(state)) = (
            self.key_of(lane),
            self.encoder_of(lane),
            run.and_then(|run| run.state(lane.lane)),
        ) else {
            return self.conflict(now, lane, "its key cannot be made from its settings".to_owned());
        };
        let contents = &expected.contents;
        let seal = Seal {
            lane: state.key.clone(),
            first: contents.first,
            last: contents.last,
            count: contents.count,
            key: key.as_str().to_owned(),
            format: encoder.format().to_owned(),
            codec: encoder.codec().to_owned(),
            encoder_version: encoder.version(),
            digest: contents.digest,
            bytes: expected.size,
            checksum: expected.tagged_checksum(),
        };
        self.append(lane.shard, Purpose::Seal(lane), vec![Record::from(seal)]);
    }

    /// Puts, looks or compares, if this worker may.
    fn ask_the_store(&mut self, now: SpoolTime, lane: LaneRef, step: &Step) {
        if !self.shards.get(&lane.shard).is_some_and(|run| run.has_lease(now)) {
            // Whoever has the lease next goes on; nothing was asked.
            return self.pause(now, lane, None);
        }
        let attempt = self.attempt(lane);
        let Some(command) = self.question(lane, step, attempt) else {
            self.attempts.remove(&attempt);
            return;
        };
        if let (Step::Put, Some(run)) = (step, self.shards.get_mut(&lane.shard))
            && let Some(state) = run.fold.lanes.get_mut(&lane.lane)
            && let Some(sealed) = &mut state.seal
        {
            sealed.tried = Some(now);
        }
        let slow = now.plus(self.settings.slow_after);
        self.dispatcher.set_timer(slow, Timer::Slow(lane, attempt));
        self.commands.push(command);
    }

    /// The object exists and is ours.
    fn commit(&mut self, now: SpoolTime, lane: LaneRef, existing: Existing) {
        let Some(connector) = self.connector_of(lane) else {
            return;
        };
        let Some(standing) = self.dispatcher.get(connector) else {
            return;
        };
        let connector_id = Arc::clone(&standing.id);
        let asked = self
            .configured(connector)
            .map_or(Encryption::BucketDefault, |configured| {
                configured.encryption.clone()
            });
        let Some(run) = self.shards.get_mut(&lane.shard) else {
            return;
        };
        let Some(state) = run.state(lane.lane) else { return };
        let unknown = state.seal.as_ref().is_some_and(|sealed| sealed.unknown);
        let Existing {
            contents,
            bytes,
            receipt,
            learnt,
        } = existing;
        let encrypted_as_asked = receipt.encryption.satisfies(&asked);
        let commit = Commit {
            lane: state.key.clone(),
            first: contents.first,
            last: contents.last,
            count: contents.count,
            bytes,
            etag: receipt.etag.as_ref().map(|tag| tag.as_str().to_owned()),
            version_id: receipt.version_id.clone(),
            checksum: receipt.checksums.iter().next().map(Checksum::tagged),
            learnt,
            encryption: encryption_text(&receipt.encryption),
            encrypted_as_asked,
            after_unknown: unknown || state.front_is_unknown(),
            digest: (learnt == Learnt::Adopted).then_some(contents.digest),
        };
        let oldest = state.oldest.map(|oldest| run.moment(oldest));
        let existing = Delivered {
            connector: connector_id.to_string(),
            events: contents.count,
            bytes,
            delay: oldest.map(|oldest| now.since(oldest)).unwrap_or_default(),
            learnt,
        };
        if let Some(running) = run.running_mut(lane.lane) {
            running.existing = Some((connector, Box::new(existing)));
        }
        run.run_mut(lane.lane).failures = 0;
        self.append(lane.shard, Purpose::Commit(lane), vec![Record::from(commit)]);
        self.release(now, lane);
        if encrypted_as_asked {
            self.dispatcher
                .change(now, connector, |standing| standing.health.worked());
        } else {
            let cause = not_encrypted_as_asked(&encryption_text(&receipt.encryption));
            self.dispatcher.change(now, connector, |standing| {
                standing.tried = true;
                standing.health.bar(Blockage::Encryption, cause);
            });
        }
    }

    /// Tries the same later, and not before a pause that the store asked for.
    pub(super) fn pause(&mut self, now: SpoolTime, lane: LaneRef, asked_for: Option<Duration>) {
        self.release(now, lane);
        let retry = self.settings.retry;
        let Some(run) = self.shards.get_mut(&lane.shard) else {
            return;
        };
        let Some(seed) = run.state(lane.lane).map(|state| state.seed) else {
            return;
        };
        let lane_run = run.run_mut(lane.lane);
        lane_run.failures = lane_run.failures.saturating_add(1);
        let asked_for = asked_for.unwrap_or_default().min(LONGEST_PAUSE_ASKED_FOR);
        let until = now.plus(retry.delay(lane_run.failures, seed).max(asked_for));
        self.wait_until(lane, until);
    }

    fn refused(&mut self, now: SpoolTime, lane: LaneRef, blockage: Blockage, cause: Cause) {
        let run = self.shards.get(&lane.shard);
        let begun = run
            .and_then(|run| run.running(lane.lane))
            .map_or(now, |running| running.begun);
        self.release(now, lane);
        if bent!(RefusalClearsUnknown) {
            self.forget_doubt(lane);
        }
        let probe = self.settings.probe;
        if let Some(connector) = self.connector_of(lane) {
            self.dispatcher.change(now, connector, |standing| {
                standing.tried = true;
                standing.health.refused(now, begun, blockage, cause, probe);
            });
        }
        self.enqueue(now, lane);
    }

    fn conflict(&mut self, now: SpoolTime, lane: LaneRef, what: String) {
        self.release(now, lane);
        self.set_phase(lane, Phase::Conflict(what.into_boxed_str()));
    }

    /// What is held no longer builds what was sealed. With events lost to damage that is this lane's conflict; without, nothing that
    /// the log says can be relied on.
    fn unbuildable(&mut self, now: SpoolTime, lane: LaneRef) {
        let run = self.shards.get(&lane.shard);
        if run.is_some_and(|run| run.fold.ledger.unreadable().stretches > 0) {
            let what = "nothing that could be built again: events it was sealed with stood in a part of the log that cannot be \
                        read any more";
            return self.conflict(now, lane, what.to_owned());
        }
        let what =
            "the events held no longer build the object that was sealed; keep the spool and report this";
        self.fail(now, lane.shard, Error::new(ErrorKind::Contradiction, what));
    }

    /// An attempt may have taken effect without our knowing, or may yet.
    pub(super) fn note_unknown(&mut self, now: SpoolTime, lane: LaneRef, unknown: bool) {
        let run = self.shards.get_mut(&lane.shard);
        let state = run.and_then(|run| run.fold.lanes.get_mut(&lane.lane));
        if let Some(sealed) = state.and_then(|state| state.seal.as_mut())
            && unknown
        {
            sealed.unknown = true;
            // What is sent may have been sent until now.
            sealed.tried = sealed.tried.map(|_| now);
        }
    }

    /// As if nothing had ever been tried: only a test asks for that.
    fn forget_doubt(&mut self, lane: LaneRef) {
        let run = self.shards.get_mut(&lane.shard);
        let state = run.and_then(|run| run.fold.lanes.get_mut(&lane.lane));
        if let Some(sealed) = state.and_then(|state| state.seal.as_mut()) {
            sealed.unknown = false;
        }
    }

    /// Gives back the place of a lane among all that is under way.
    pub(super) fn release(&mut self, now: SpoolTime, lane: LaneRef) {
        let slot = self
            .shards
            .get_mut(&lane.shard)
            .and_then(|run| run.running_mut(lane.lane))
            .and_then(|running| running.slot.take());
        if let (Some(slot), Some(connector)) = (slot, self.connector_of(lane)) {
            self.dispatcher.give_back(now, connector, &slot);
        }
    }

    /// Ends what a lane does, whatever it is.
    pub(super) fn stop_lane(&mut self, now: SpoolTime, lane: LaneRef) {
        self.release(now, lane);
        let run = self.shards.get(&lane.shard);
        if run.is_some_and(|run| run.run(lane.lane).is_some()) {
            self.set_phase(lane, Phase::Resting);
        }
    }

    /// The lanes of a shard that have an object under way.
    pub(super) fn lanes_under_way(&self, shard: ShardId) -> Vec<LaneRef> {
        let run = self.shards.get(&shard);
        let lanes = run.into_iter().flat_map(|run| {
            let lanes = run.lane_ids().into_iter();
            lanes.filter(|lane| run.running(*lane).is_some())
        });
        lanes.map(|lane| LaneRef { shard, lane }).collect()
    }

    /// Names a new attempt. A lane has at most one under way.
    fn attempt(&mut self, lane: LaneRef) -> AttemptId {
        let attempt = AttemptId(self.new_id());
        let running = self
            .shards
            .get_mut(&lane.shard)
            .and_then(|run| run.running_mut(lane.lane));
        if let Some(running) = running {
            running.attempt = Some(attempt);
        }
        self.attempts.insert(attempt, lane);
        attempt
    }
}

/// What is told of a store that keeps objects otherwise than asked.
pub(super) fn not_encrypted_as_asked(seen: &str) -> Cause {
    Cause::plain(
        Party::Customer,
        format!("an object was stored, but not encrypted as asked: `{seen}`"),
        "look at the bucket's default encryption and at what its policy allows; nothing more is put until this connector is \
         resumed (`bucketline run --resume`)",
    )
}

fn encryption_text(seen: &bucketline_sink::EncryptionSeen) -> String {
    use bucketline_sink::EncryptionSeen as Seen;
    match seen {
        Seen::None => "none".to_owned(),
        Seen::Aes256 => "aes256".to_owned(),
        Seen::Kms(kms) => {
            let layers = if kms.dsse { "kms-dsse" } else { "kms" };
            format!("{layers}:{}", kms.key_id.as_deref().unwrap_or(""))
        }
        Seen::Other(other) => other.clone(),
        _ => "unknown".to_owned(),
    }
}
