//! When a lane is due and whose turn it is: timers, slots, queues. Decides nothing about objects.

use std::time::Duration;

use bucketline_spool::SpoolTime;

use super::Engine;
use super::connector::Health;
use super::delivery::{Begun, Slot, SlotKind, Stage};
use crate::shard::LaneId;

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A lane is due, or may be tried again.
    Lane(LaneId),
    /// A blocked connector may be probed.
    Probe(usize),
    /// A delivery may have held its slot for long.
    Slow(LaneId),
}

impl Engine {
    /// Looks whether a lane that has changed is due.
    pub(super) fn refresh(&mut self, now: SpoolTime, lane: LaneId) {
        let Some(state) = self.fold.lanes.get(&lane) else {
            return;
        };
        self.drain.note(state.connector);
        let Some(oldest) = state.oldest else { return };
        // What cannot grow any more is due at once: otherwise restarts more frequent than the age would put it off for ever.
        let grows = state.key.partition == self.partition;
        let due = oldest.plus(self.age_of(state.seed));
        let full = state.events >= self.settings.seal_count || state.bytes >= self.settings.max_bytes;
        let run = self.run_of(lane);
        if run.delivery.is_some() || run.queued {
            return;
        }
        let timer = run.timer;
        if !grows || full || self.drain.is_on() || due <= now {
            self.enqueue(now, lane);
        } else if timer != Some(due) {
            self.set_timer(lane, due);
        }
    }

    /// How old the oldest event of a lane may become: up to a tenth less than the setting, by a hash.
    fn age_of(&self, seed: u64) -> Duration {
        let age = self.settings.seal_age;
        let thousandths = u32::try_from(seed % 100).unwrap_or(0);
        age - age / 1_000 * thousandths
    }

    /// A lane is due: it waits for a slot from now on.
    pub(super) fn enqueue(&mut self, now: SpoolTime, lane: LaneId) {
        let Some(connector) = self.fold.lanes.get(&lane).map(|state| state.connector) else {
            return;
        };
        self.clear_timer(lane);
        let Some(book) = self.connectors.get_mut(connector) else {
            return;
        };
        let Some(run) = self.lanes.get_mut(&lane) else {
            return;
        };
        if run.queued || book.configured.is_none() {
            return;
        }
        run.queued = true;
        if book.is_well() {
            self.turns.push(connector, lane);
        } else {
            book.waiting.push_back(lane);
            self.stand_in_line(now, connector);
        }
    }

    /// Ends the delay of a lane that waits for one.
    pub(super) fn stop_waiting(&mut self, now: SpoolTime, lane: LaneId) {
        let waits = match self.lanes.get_mut(&lane) {
            Some(run) if run.timer.is_some() => run.delivery.is_some(),
            _ => false,
        };
        let in_conflict = match self.delivery(lane) {
            Some(delivery) if matches!(delivery.stage, Stage::Conflict(_)) => {
                delivery.stage = Stage::Waiting;
                true
            }
            _ => false,
        };
        if in_conflict {
            let connector = self.fold.lanes.get(&lane).map(|state| state.connector);
            if let Some(run) = connector.and_then(|connector| self.connectors.get_mut(connector)) {
                run.conflicts = run.conflicts.saturating_sub(1);
            }
        }
        if waits || in_conflict {
            self.enqueue(now, lane);
        }
    }

    pub(super) fn set_timer(&mut self, lane: LaneId, time: SpoolTime) {
        self.clear_timer(lane);
        if let Some(run) = self.lanes.get_mut(&lane) {
            run.timer = Some(time);
            self.timers.insert((time, Timer::Lane(lane)));
        }
    }

    pub(super) fn clear_timer(&mut self, lane: LaneId) {
        if let Some(time) = self.lanes.get_mut(&lane).and_then(|run| run.timer.take()) {
            self.timers.remove(&(time, Timer::Lane(lane)));
        }
    }

    pub(super) fn run_timers(&mut self, now: SpoolTime) {
        while let Some((time, timer)) = self.timers.first().copied() {
            if time > now {
                break;
            }
            self.timers.pop_first();
            match timer {
                Timer::Lane(lane) => {
                    if let Some(run) = self.lanes.get_mut(&lane) {
                        run.timer = None;
                    }
                    self.enqueue(now, lane);
                }
                Timer::Probe(connector) => self.stand_in_line(now, connector),
                Timer::Slow(lane) => self.share_slot(now, lane),
            }
        }
    }

    /// Hands out the free slots.
    pub(super) fn pump(&mut self, now: SpoolTime) {
        while self.slots_used < self.settings.put_slots {
            let (connectors, lanes) = (&self.connectors, &self.fold.lanes);
            let most = self.settings.put_slots_per_connector;
            let may_run = |connector: usize| {
                connectors
                    .get(connector)
                    .is_some_and(|run| run.is_well() && run.slots < most)
            };
            let cost = |lane: &LaneId| {
                lanes
                    .get(lane)
                    .map_or(0, |state| state.bytes.min(self.settings.max_bytes))
            };
            let Some((connector, lane)) = self.turns.next(may_run, cost) else {
                break;
            };
            if self.begin(now, lane, Slot::of(SlotKind::Common)) == Begun::Building {
                self.timers
                    .insert((now.plus(self.settings.slow_after), Timer::Slow(lane)));
                self.slots_used += 1;
                if let Some(run) = self.connectors.get_mut(connector) {
                    run.slots += 1;
                }
            }
        }
        while self.trouble_slots_used < self.settings.trouble_slots {
            let Some(connector) = self.trouble.pop_front() else {
                break;
            };
            let Some(run) = self.connectors.get_mut(connector) else {
                continue;
            };
            run.in_line = false;
            if run.is_well() {
                continue;
            }
            let Some(lane) = run.waiting.pop_front() else {
                continue;
            };
            if self.begin(now, lane, Slot::of(SlotKind::Trouble)) == Begun::Building {
                self.timers
                    .insert((now.plus(self.settings.slow_after), Timer::Slow(lane)));
                self.trouble_slots_used += 1;
                if let Some(run) = self.connectors.get_mut(connector) {
                    run.trying = true;
                }
            } else {
                self.stand_in_line(now, connector);
            }
        }
    }

    /// Lets others have the slot of a delivery that has held it for long, too.
    fn share_slot(&mut self, now: SpoolTime, lane: LaneId) {
        let patience = self.settings.slow_after;
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let begun = delivery.begun;
        if let Some(slot) = delivery.slot.as_mut().filter(|slot| slot.counted)
            && begun.plus(patience) <= now
        {
            slot.counted = false;
            let kind = slot.kind;
            self.count_down(kind);
        }
    }

    fn count_down(&mut self, kind: SlotKind) {
        let used = match kind {
            SlotKind::Common => &mut self.slots_used,
            SlotKind::Trouble => &mut self.trouble_slots_used,
        };
        *used = used.saturating_sub(1);
    }

    /// Gives back the slot of a lane.
    pub(super) fn release(&mut self, now: SpoolTime, lane: LaneId) {
        let Some(connector) = self.fold.lanes.get(&lane).map(|state| state.connector) else {
            return;
        };
        let Some(slot) = self.delivery(lane).and_then(|delivery| delivery.slot.take()) else {
            return;
        };
        if slot.counted {
            self.count_down(slot.kind);
        }
        let Some(run) = self.connectors.get_mut(connector) else {
            return;
        };
        match slot.kind {
            SlotKind::Common => run.slots = run.slots.saturating_sub(1),
            SlotKind::Trouble => {
                run.trying = false;
                if run.health == Health::Trouble {
                    self.stand_in_line(now, connector);
                }
            }
        }
    }
}
