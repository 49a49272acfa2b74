//! Over all shards: which connector may deliver next, in what share, and when. Knows lanes by their references, and nothing of objects.

mod health;
mod slots;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bucketline_spool::SpoolTime;

use crate::backoff::mix;
use crate::config::Settings;
use crate::shard::LaneRef;
use crate::state::{Blockage, Cause};
use crate::tickets::AttemptId;
use health::Look;
pub(crate) use health::{Health, Turn};
pub(crate) use slots::{Pool, Slot, Slots};

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A lane is due, or may be tried again.
    Lane(LaneRef),
    /// A connector may be tried.
    Connector(usize),
    /// A call may take long.
    Slow(LaneRef, AttemptId),
    /// Something may have been held for too long.
    Retention,
}

/// Whose turn it is.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    connectors: Vec<Standing>,
    places: HashMap<Arc<str>, usize>,
    /// Connectors that may deliver like all others, each once, the next one in front.
    round: VecDeque<usize>,
    /// Connectors in trouble that may be tried, each once, the next one in front.
    line: VecDeque<usize>,
    slots: Slots,
    most_per_connector: usize,
    timers: BTreeSet<(SpoolTime, Timer)>,
    /// Connectors that may be in another state than when these were last taken.
    changed: Vec<usize>,
}

/// One connector in the dispatcher.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) id: Arc<str>,
    pub(crate) health: Health,
    /// Lanes that wait for their turn.
    queue: VecDeque<LaneRef>,
    /// Whether it stands in the round or in the line.
    stands: bool,
    /// Lanes that are under way.
    pub(crate) running: usize,
    /// Those of them that are so apart from the others.
    apart: usize,
    /// That some of its events stay at a destination which it does not have any more, and why.
    pub(crate) stranded: Option<(Blockage, Cause)>,
    /// Whether it is known to be refused since the last drain began.
    pub(crate) tried: bool,
    /// When the last of its objects was found to exist.
    pub(crate) last_delivered: Option<SpoolTime>,
}

/// A lane whose turn it is.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) connector: usize,
    pub(crate) lane: LaneRef,
    pub(crate) slot: Slot,
}

impl Dispatcher {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            connectors: Vec::new(),
            places: HashMap::new(),
            round: VecDeque::new(),
            line: VecDeque::new(),
            slots: Slots::new(
                settings.put_slots,
                settings.trouble_slots,
                settings.in_flight_bytes,
            ),
            most_per_connector: settings.put_slots_per_connector,
            timers: BTreeSet::new(),
            changed: Vec::new(),
        }
    }

    /// The place of a connector, which is made for it if it is new.
    pub(crate) fn place_of(&mut self, id: &Arc<str>) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        let place = self.connectors.len();
        let seed = id.bytes().fold(0, |seed, byte| mix(seed ^ u64::from(byte)));
        self.places.insert(Arc::clone(id), place);
        self.connectors.push(Standing {
            id: Arc::clone(id),
            health: Health::new(seed),
            queue: VecDeque::new(),
            stands: false,
            running: 0,
            apart: 0,
            stranded: None,
            tried: false,
            last_delivered: None,
        });
        self.changed.push(place);
        place
    }

    /// The place of a connector that is known.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    pub(crate) fn connectors(&self) -> &[Standing] {
        &self.connectors
    }

    pub(crate) fn get(&self, connector: usize) -> Option<&Standing> {
        self.connectors.get(connector)
    }

    /// Changes a connector's health, and lets it stand where it belongs then.
    pub(crate) fn change(&mut self, now: SpoolTime, connector: usize, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = self.connectors.get_mut(connector) {
            let before = standing.look();
            change(standing);
            if standing.look() != before {
                self.note_change(connector);
            }
        }
        self.stand(now, connector);
    }

    /// An object of a connector was found to exist.
    pub(crate) fn delivered(&mut self, now: SpoolTime, connector: usize) {
        if let Some(standing) = self.connectors.get_mut(connector) {
            standing.last_delivered = Some(now);
        }
    }

    /// A connector may be in another state.
    pub(crate) fn note_change(&mut self, connector: usize) {
        if self.changed.last() != Some(&connector) {
            self.changed.push(connector);
        }
    }

    /// All connectors may be in another state.
    pub(crate) fn note_changes(&mut self) {
        self.changed = (0..self.connectors.len()).collect();
    }

    /// The connectors that may be in another state, each once.
    pub(crate) fn take_changed(&mut self) -> Vec<usize> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// A lane waits for its turn from now on.
    pub(crate) fn enqueue(&mut self, now: SpoolTime, connector: usize, lane: LaneRef) {
        if let Some(standing) = self.connectors.get_mut(connector) {
            standing.queue.push_back(lane);
        }
        self.stand(now, connector);
    }

    /// The next lane whose turn it is. `bytes` tells how large what a lane would deliver is.
    pub(crate) fn call(&mut self, now: SpoolTime, bytes: impl Fn(LaneRef) -> u64) -> Option<Called> {
        self.call_from(now, Pool::Common, &bytes)
            .or_else(|| self.call_from(now, Pool::Apart, &bytes))
    }

    fn call_from(&mut self, now: SpoolTime, pool: Pool, bytes: &impl Fn(LaneRef) -> u64) -> Option<Called> {
        loop {
            let waiting = match pool {
                Pool::Common => &mut self.round,
                Pool::Apart => &mut self.line,
            };
            let connector = *waiting.front()?;
            let may = self.may_stand(now, connector) == Some(pool);
            let next = self
                .connectors
                .get(connector)
                .and_then(|standing| standing.queue.front().copied());
            let size = next.map_or(0, bytes);
            if may && !self.slots.has_room(pool, size) {
                return None;
            }
            match pool {
                Pool::Common => self.round.pop_front(),
                Pool::Apart => self.line.pop_front(),
            };
            let standing = self.connectors.get_mut(connector)?;
            standing.stands = false;
            let Some(lane) = next.filter(|_| may) else {
                self.stand(now, connector);
                continue;
            };
            standing.queue.pop_front();
            standing.running += 1;
            standing.apart += usize::from(pool == Pool::Apart);
            let slot = self.slots.take(pool, size);
            self.stand(now, connector);
            return Some(Called {
                connector,
                lane,
                slot,
            });
        }
    }

    /// A lane is no longer under way.
    pub(crate) fn give_back(&mut self, now: SpoolTime, connector: usize, slot: &Slot) {
        self.slots.give_back(slot);
        if let Some(standing) = self.connectors.get_mut(connector) {
            standing.running = standing.running.saturating_sub(1);
            standing.apart -= usize::from(slot.pool == Pool::Apart).min(standing.apart);
        }
        self.stand(now, connector);
    }

    /// What is under way takes long: it makes room for the others. Whether there is room for it elsewhere.
    pub(crate) fn move_apart(
        &mut self,
        now: SpoolTime,
        connector: usize,
        slot: &mut Slot,
        cause: Cause,
    ) -> bool {
        let was_apart = slot.pool == Pool::Apart;
        let Some(standing) = self.connectors.get_mut(connector) else {
            return true;
        };
        if bent!(NoSlotsApart) {
            return true;
        }
        standing.health.slow(now, cause);
        self.changed.push(connector);
        // Of one connector, one call may hang at a time.
        let stays = was_apart || (standing.apart == 0 && self.slots.move_apart(slot));
        standing.apart += usize::from(stays && !was_apart);
        self.stand(now, connector);
        stays
    }

    /// Lets a connector stand in the round or in the line, if it may; or sets a timer for when it may.
    pub(crate) fn stand(&mut self, now: SpoolTime, connector: usize) {
        let pool = self.may_stand(now, connector);
        let Some(standing) = self.connectors.get_mut(connector) else {
            return;
        };
        if standing.stands || standing.queue.is_empty() {
            return;
        }
        match pool {
            Some(Pool::Common) => self.round.push_back(connector),
            Some(Pool::Apart) => self.line.push_back(connector),
            None => {
                if let Turn::Apart { from } = standing.health.turn(self.most_per_connector)
                    && from > now
                {
                    self.timers.insert((from, Timer::Connector(connector)));
                }
                return;
            }
        }
        standing.stands = true;
    }

    fn may_stand(&self, now: SpoolTime, connector: usize) -> Option<Pool> {
        let standing = self.connectors.get(connector)?;
        match standing.health.turn(self.most_per_connector) {
            Turn::Common { at_a_time } => (standing.running < at_a_time).then_some(Pool::Common),
            Turn::Apart { .. } if bent!(NoSlotsApart) => Some(Pool::Common),
            Turn::Apart { from } => (standing.running == 0 && from <= now).then_some(Pool::Apart),
            Turn::Never => None,
        }
    }

    pub(crate) fn set_timer(&mut self, time: SpoolTime, timer: Timer) {
        self.timers.insert((time, timer));
    }

    pub(crate) fn clear_timer(&mut self, time: SpoolTime, timer: Timer) {
        self.timers.remove(&(time, timer));
    }

    /// A timer whose time has come.
    pub(crate) fn due_timer(&mut self, now: SpoolTime) -> Option<Timer> {
        let (time, timer) = *self.timers.first()?;
        if time > now {
            return None;
        }
        self.timers.pop_first();
        Some(timer)
    }

    /// When the next timer is due.
    pub(crate) fn next_timeout(&self) -> Option<SpoolTime> {
        self.timers.first().map(|(time, _)| *time)
    }

    /// How long until a connector is tried.
    pub(crate) fn next_try(&self, now: SpoolTime, connector: usize) -> Option<Duration> {
        self.get(connector)?.health.next_try(now)
    }

    /// Forgets what waits of a shard that is gone.
    pub(crate) fn forget(&mut self, gone: impl Fn(LaneRef) -> bool) {
        for standing in &mut self.connectors {
            standing.queue.retain(|lane| !gone(*lane));
        }
        self.timers.retain(|(_, timer)| match timer {
            Timer::Lane(lane) | Timer::Slow(lane, _) => !gone(*lane),
            Timer::Connector(_) | Timer::Retention => true,
        });
    }
}

impl Standing {
    /// What of it decides its state.
    fn look(&self) -> (Look, bool) {
        (self.health.look(), self.stranded.is_some())
    }
}

#[cfg(test)]
mod tests;
