//! When a lane is due, and what its turn leads to. Decides nothing about objects.

use std::time::Duration;

use bucketline_spool::SpoolTime;

use super::shard_run::Phase;
use super::{Command, Engine};
use crate::dispatch::Timer;
use crate::shard::{LaneId, LaneRef};
use crate::state::{Cause, Party};
use crate::tickets::{AttemptId, ShardId};

impl Engine {
    /// Looks at the lanes that have changed.
    pub(super) fn refresh_touched(&mut self, now: SpoolTime) {
        let shards: Vec<ShardId> = self.shards.keys().copied().collect();
        for shard in shards {
            let touched = self.shards.get_mut(&shard).map(|run| run.fold.take_touched());
            for lane in touched.into_iter().flatten() {
                self.refresh(now, LaneRef { shard, lane });
            }
        }
    }

    /// Looks whether a lane that rests is due.
    pub(super) fn refresh(&mut self, now: SpoolTime, lane: LaneRef) {
        let Some(run) = self
            .shards
            .get_mut(&lane.shard)
            .filter(|run| run.failed.is_none())
        else {
            return;
        };
        if let Some(connector) = run.connector_of(lane.lane) {
            self.drain.note(connector);
            self.grown.insert(connector);
        }
        let Some(state) = run.state(lane.lane) else {
            return;
        };
        if state.in_doubt.is_some() {
            // Before anything else of this lane: whether what was given up is there after all.
            if matches!(
                run.run(lane.lane).map(|run| &run.phase),
                None | Some(Phase::Resting)
            ) {
                self.enqueue(now, lane);
            }
            return;
        }
        let (oldest, sealed) = (state.oldest, state.seal.is_some());
        let Some(oldest) = oldest else { return };
        // What cannot grow any more is due at once: otherwise restarts more frequent than the age would put it off for ever.
        let grows = state.key.partition == run.partition && !sealed;
        // What waits for others to fill its object is not to be given up meanwhile.
        let age = self.settings.seal_age.min(self.settings.retention / 2);
        let due = run.moment(oldest).plus(age_of(state.seed, age));
        let full = state.events >= self.settings.seal_count || state.bytes >= self.settings.max_bytes;
        let lane_run = run.run_mut(lane.lane);
        let at = match lane_run.phase {
            Phase::Resting => None,
            Phase::Until(at) if !sealed && lane_run.failures == 0 => Some(at),
            _ => return,
        };
        if !grows || full || self.drain.is_on() || due <= now {
            self.enqueue(now, lane);
        } else if at != Some(due) {
            self.wait_until(lane, due);
        }
    }

    /// A lane is due: it waits for its turn from now on.
    pub(super) fn enqueue(&mut self, now: SpoolTime, lane: LaneRef) {
        let Some(connector) = self.connector_of(lane) else {
            return;
        };
        self.set_phase(lane, Phase::Resting);
        if self.configured(connector).is_none() || self.is_stranded(now, lane) {
            return; // Held, and shown.
        }
        self.set_phase(lane, Phase::Queued);
        self.dispatcher.enqueue(now, connector, lane);
    }

    /// Ends the delay of a lane that waits for one, or stands in a conflict.
    pub(super) fn stop_waiting(&mut self, now: SpoolTime, lane: LaneRef) {
        let Some(run) = self.shards.get(&lane.shard).and_then(|run| run.run(lane.lane)) else {
            return;
        };
        match run.phase {
            Phase::Conflict(_) => self.enqueue(now, lane),
            Phase::Until(_) if run.failures > 0 => self.enqueue(now, lane),
            _ => {}
        }
    }

    /// A lane waits for a moment.
    pub(super) fn wait_until(&mut self, lane: LaneRef, time: SpoolTime) {
        self.set_phase(lane, Phase::Until(time));
        if !bent!(TimersAreLost) {
            self.dispatcher.set_timer(time, Timer::Lane(lane));
        }
    }

    /// Changes what a lane does; the timer of what it did goes with that.
    pub(super) fn set_phase(&mut self, lane: LaneRef, phase: Phase) {
        let Some(run) = self.shards.get_mut(&lane.shard) else {
            return;
        };
        let is_conflict = matches!(phase, Phase::Conflict(_));
        let before = std::mem::replace(&mut run.run_mut(lane.lane).phase, phase);
        if matches!(before, Phase::Running(_) | Phase::GivingUp)
            && let Some(connector) = run.connector_of(lane.lane)
        {
            // Nothing of it could be given up meanwhile.
            self.grown.insert(connector);
        }
        if matches!(before, Phase::Conflict(_)) != is_conflict
            && let Some(connector) = run.connector_of(lane.lane)
            && !bent!(ConflictsAreNotTold)
        {
            self.dispatcher.note_change(connector);
        }
        if let Phase::Until(time) = before {
            self.dispatcher.clear_timer(time, Timer::Lane(lane));
        }
    }

    pub(super) fn run_timers(&mut self, now: SpoolTime) {
        while let Some(timer) = self.dispatcher.due_timer(now) {
            match timer {
                Timer::Lane(lane) => self.enqueue(now, lane),
                Timer::Connector(connector) => self.dispatcher.stand(now, connector),
                Timer::Slow(lane, attempt) => self.takes_long(now, lane, attempt),
                Timer::Retention => self.expire(now),
            }
        }
    }

    /// Calls up whoever may deliver now.
    pub(super) fn pump(&mut self, now: SpoolTime) {
        loop {
            let (shards, most) = (&self.shards, self.settings.max_bytes);
            let bytes = |lane: LaneRef| {
                let state = shards.get(&lane.shard).and_then(|run| run.state(lane.lane));
                state.map_or(0, |state| state.bytes.min(most))
            };
            let Some(called) = self.dispatcher.call(now, bytes) else {
                break;
            };
            self.begin(now, called);
        }
    }

    /// A call has taken long: it makes room for others, or is broken off.
    fn takes_long(&mut self, now: SpoolTime, lane: LaneRef, attempt: AttemptId) {
        let Some(connector) = self.connector_of(lane) else {
            return;
        };
        let running = self
            .shards
            .get_mut(&lane.shard)
            .and_then(|run| run.running_mut(lane.lane))
            .filter(|running| running.attempt == Some(attempt));
        let Some(running) = running else { return };
        let Some(slot) = &mut running.slot else { return };
        let cause = Cause::plain(
            Party::Store,
            format!("no answer within {:?}", self.settings.slow_after),
            "see whether the store, or the way to it, is overloaded",
        );
        if self.dispatcher.move_apart(now, connector, slot, cause.clone()) {
            return;
        }
        let later = running.delivery.on_broken_off(cause);
        self.attempts.remove(&attempt);
        self.commands.push(Command::BreakOff { attempt });
        self.note_unknown(now, lane, later.unknown);
        self.pause(now, lane, None);
    }

    /// Forgets what was remembered of lanes that are done.
    pub(super) fn forget_done(&mut self) {
        let shards: Vec<ShardId> = self.shards.keys().copied().collect();
        for shard in shards {
            let forgotten = self.shards.get_mut(&shard).map(|run| run.fold.take_forgotten());
            for lane in forgotten.into_iter().flatten() {
                self.forget_lane(shard, lane);
            }
        }
    }

    fn forget_lane(&mut self, shard: ShardId, lane: LaneId) {
        let run = self.shards.get_mut(&shard).and_then(|run| run.forget(lane));
        if let Some(Phase::Until(time)) = run.map(|run| run.phase) {
            self.dispatcher
                .clear_timer(time, Timer::Lane(LaneRef { shard, lane }));
        }
    }

    /// The dispatcher's place of a lane's connector.
    pub(super) fn connector_of(&self, lane: LaneRef) -> Option<usize> {
        self.shards.get(&lane.shard)?.connector_of(lane.lane)
    }
}

/// How old the oldest event of a lane may become: up to a tenth less than the setting, by the lane.
fn age_of(seed: u64, age: Duration) -> Duration {
    let thousandths = u32::try_from(seed % 100).unwrap_or(0);
    age - age / 1_000 * thousandths
}
