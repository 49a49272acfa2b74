//! What is held too long is given up, oldest first, and the log says so: an unsealed beginning of a lane, or a whole seal once the newest
//! of its events is too old; where nobody knows whether that was delivered, the drop says so, and it is looked for from then on. Never
//! while an attempt is under way.

use std::time::Duration;

use bucketline_spool::{Drop, DropReason, Elapsed, Position, Record, SpoolTime};

use super::shard_run::{Phase, ShardRun};
use super::{Engine, Purpose};
use crate::dispatch::Timer;
use crate::loss::Loss;
use crate::shard::{LaneId, LaneRef};

/// How often the log tells the time while something is held and nothing else happens: by this much restarts may put off its end.
const LONGEST_TELLING: Duration = Duration::from_secs(10);
const SHORTEST_TELLING: Duration = Duration::from_millis(100);
/// The longest between two looks while something waits to be given up.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Engine {
    /// Sets the moment at which what is held is looked at, where none is set and something is held.
    pub(super) fn mind_retention(&mut self, now: SpoolTime) {
        if !self.minds_retention && self.shards.values().any(holds) {
            let next = self.next_expiry(now).min(now.plus(self.told_every()));
            self.minds_retention = true;
            self.dispatcher.set_timer(next, Timer::Retention);
        }
    }

    /// Logs the time of those that hold something, where nothing else has told it: else restarts would put off the end of a retention for
    /// ever.
    fn tell_time(&mut self, now: SpoolTime) {
        let every = self.told_every();
        let mut told = Vec::new();
        for (shard, run) in &mut self.shards {
            if holds(run) && now.since(run.moment(run.told)) >= every {
                told.push((*shard, Elapsed { since: run.told }));
                // Asked for once; what becomes of it is seen at the next look.
                run.told = run.log_time(now);
            }
        }
        for (shard, elapsed) in told {
            self.append(shard, Purpose::Elapsed, vec![Record::from(elapsed)]);
        }
    }

    fn told_every(&self) -> Duration {
        (self.settings.retention / 50).clamp(SHORTEST_TELLING, LONGEST_TELLING)
    }

    /// Gives up what was held for too long.
    pub(super) fn expire(&mut self, now: SpoolTime) {
        let retention = self.settings.retention;
        self.warn_of_losses(now);
        let mut due = Vec::new();
        for (shard, run) in self.shards.iter().filter(|(_, run)| run.failed.is_none()) {
            let of_run = |lane| LaneRef { shard: *shard, lane };
            let overdue = run.lane_ids().into_iter().filter(|lane| {
                let oldest = run.state(*lane).and_then(|state| state.oldest);
                oldest.is_some_and(|oldest| now.since(run.moment(oldest)) >= retention)
            });
            due.extend(overdue.map(of_run));
        }
        for lane in due {
            self.give_up_what_is_old(now, lane);
        }
        self.tell_time(now);
        self.minds_retention = false;
    }

    fn give_up_what_is_old(&mut self, now: SpoolTime, lane: LaneRef) {
        let Some(run) = self.shards.get(&lane.shard) else {
            return;
        };
        let busy = match run.run(lane.lane).map(|run| &run.phase) {
            Some(Phase::Running(_)) => !bent!(DropDuringAnAttempt),
            Some(Phase::GivingUp) => true,
            _ => false,
        };
        if busy {
            return;
        }
        let Some(drop) = too_old(run, lane.lane, now, self.settings.retention) else {
            return;
        };
        self.order_drop(now, lane, drop);
    }

    /// Events go: whatever their lane does ends, and nothing begins before that is durable.
    pub(super) fn order_drop(&mut self, now: SpoolTime, lane: LaneRef, drop: Drop) {
        let connector = self
            .connector_of(lane)
            .and_then(|connector| self.dispatcher.get(connector));
        let loss = Loss::GivenUp {
            connector: connector
                .map(|standing| standing.id.to_string())
                .unwrap_or_default(),
            event_type: drop.lane.event_type.to_string(),
            events: drop.count,
            reason: drop.reason,
            known: drop.known,
        };
        self.stop_lane(now, lane);
        self.set_phase(lane, Phase::GivingUp);
        let purpose = Purpose::Drop(lane, Box::new(loss));
        self.append(lane.shard, purpose, vec![Record::from(drop)]);
    }

    /// When the next event is too old. What could not be given up in time is looked at again soon.
    fn next_expiry(&self, now: SpoolTime) -> SpoolTime {
        let retention = self.settings.retention;
        let lanes = self
            .shards
            .values()
            .filter(|run| run.failed.is_none())
            .flat_map(|run| {
                let oldest = run.fold.all_lanes().filter_map(|lane| lane.oldest);
                oldest.map(|oldest| self.next_warning(now, run.moment(oldest)))
            });
        let soon = (retention / 1_000).clamp(Duration::from_millis(1), LONGEST_PAUSE);
        let next = lanes.min().unwrap_or_else(|| now.plus(retention));
        next.max(now.plus(soon))
    }
}

fn holds(run: &ShardRun) -> bool {
    run.failed.is_none() && !run.fold.frames.is_empty()
}

/// What of a lane is too old.
fn too_old(run: &ShardRun, lane: LaneId, now: SpoolTime, retention: Duration) -> Option<Drop> {
    let state = run.state(lane)?;
    let is_old = |time| now.since(run.moment(time)) >= retention;
    let held_too_long = |frame| run.fold.frames.admitted(frame).is_some_and(is_old);
    let last = state
        .runs()
        .take_while(|run| held_too_long(run.frame))
        .last()?
        .last();
    let drop = oldest_of(run, lane, last, DropReason::Retention)?;
    is_old(drop.newest).then_some(drop)
}

/// The beginning of a lane up to a position, given up; where it is sealed, the whole seal.
pub(super) fn oldest_of(run: &ShardRun, lane: LaneId, last: Position, reason: DropReason) -> Option<Drop> {
    let state = run.state(lane)?;
    let admitted = |frame| run.fold.frames.admitted(frame);
    let sealed = state.seal.as_ref();
    let known = sealed.is_none_or(|sealed| !sealed.unknown) || bent!(DropOfWhatIsUnknown);
    let (last, count) = match sealed {
        Some(sealed) => (sealed.seal.last, Some(sealed.seal.count)),
        None => (last, None),
    };
    let measured = state.measure_to(last, count)?;
    Some(Drop {
        lane: state.key.clone(),
        first: state.runs().next()?.first,
        last,
        count: measured.events,
        bytes: measured.bytes,
        oldest: admitted(measured.oldest)?,
        newest: admitted(measured.newest)?,
        reason,
        known,
        seal: sealed.map(|sealed| sealed.seal.clone()),
    })
}
