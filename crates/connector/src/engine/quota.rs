//! What is held for a connector beyond its quota is given up: from the one end or the other, as it asks, and never while an attempt at it
//! is under way.

use std::collections::{BTreeMap, BTreeSet};

use bucketline_spool::{Drop, DropReason, Position, SpoolTime};

use super::Engine;
use super::retention::oldest_of;
use super::shard_run::{Phase, ShardRun};
use crate::quota::{GivesUp, Quota};
use crate::shard::{LaneId, LaneRef};

/// What is held beyond a quota.
#[derive(Debug, Clone, Copy)]
struct Excess {
    events: u64,
    bytes: u64,
}

impl Excess {
    fn is_none(self) -> bool {
        self.events == 0 && self.bytes == 0
    }

    fn less(self, events: u64, bytes: u64) -> Self {
        Self {
            events: self.events.saturating_sub(events),
            bytes: self.bytes.saturating_sub(bytes),
        }
    }
}

impl Engine {
    /// Looks at the connectors for which something more is held.
    pub(super) fn mind_quotas(&mut self, now: SpoolTime) {
        for connector in std::mem::take(&mut self.grown) {
            let Some(quota) = self.configured(connector).and_then(|configured| configured.quota) else {
                continue;
            };
            let excess = self.excess(connector, quota);
            if !excess.is_none() {
                self.give_up_excess(now, connector, quota.gives_up, excess);
            }
        }
    }

    fn excess(&self, connector: usize, quota: Quota) -> Excess {
        let books = self.shards.values().filter_map(|run| run.book_of(connector));
        let (events, bytes) = books.fold((0, 0), |(events, bytes), book| {
            (events + book.events_held, bytes + book.bytes_held)
        });
        Excess {
            events: u64::saturating_sub(events, quota.events),
            bytes: u64::saturating_sub(bytes, quota.bytes),
        }
    }

    /// Whole batches' shares go, in the order of their age over all lanes, until it is enough. What is under way is looked at again when
    /// that has ended.
    fn give_up_excess(&mut self, now: SpoolTime, connector: usize, gives_up: GivesUp, excess: Excess) {
        let mut idle = Vec::new();
        for lane in self.lanes_of(connector) {
            let run = self.shards.get(&lane.shard).filter(|run| run.failed.is_none());
            match run.map(|run| run.run(lane.lane).map(|run| &run.phase)) {
                // How much is held then is seen when that is durable.
                Some(Some(Phase::GivingUp)) => return,
                Some(Some(Phase::Running(_))) if !bent!(QuotaDuringAnAttempt) => {}
                Some(_) => idle.push(lane),
                None => {}
            }
        }
        let drops: Vec<(LaneRef, Drop)> = self
            .extents(&idle, gives_up, excess)
            .into_iter()
            .filter_map(|(lane, to)| {
                let run = self.shards.get(&lane.shard)?;
                let drop = match gives_up {
                    GivesUp::Oldest => oldest_of(run, lane.lane, to, DropReason::Quota),
                    GivesUp::Newest => newest_of(run, lane.lane, to),
                };
                Some((lane, drop?))
            })
            .collect();
        for (lane, drop) in drops {
            self.order_drop(now, lane, drop);
        }
    }

    /// How far each lane has to go: to the last position from its beginning, or from the first one to its end.
    fn extents(
        &self,
        lanes: &[LaneRef],
        gives_up: GivesUp,
        mut excess: Excess,
    ) -> BTreeMap<LaneRef, Position> {
        let next = |lane: LaneRef, place: usize| {
            let run = self.shards.get(&lane.shard)?;
            let share = run
                .state(lane.lane)?
                .share_from_end(place, gives_up == GivesUp::Newest)?;
            let admitted = run.moment(run.fold.frames.admitted(share.frame)?);
            Some((admitted, share.first, lane, place))
        };
        let mut by_age: BTreeSet<_> = lanes.iter().filter_map(|lane| next(*lane, 0)).collect();
        let mut extents = BTreeMap::new();
        while !excess.is_none() {
            let share = match gives_up {
                GivesUp::Oldest => by_age.pop_first(),
                GivesUp::Newest => by_age.pop_last(),
            };
            let Some((_, first, lane, place)) = share else {
                break;
            };
            let run = self.shards.get(&lane.shard);
            let Some(state) = run.and_then(|run| run.state(lane.lane)) else {
                continue;
            };
            let Some(share) = state.share_from_end(place, gives_up == GivesUp::Newest) else {
                continue;
            };
            match (gives_up, &state.seal) {
                (GivesUp::Oldest, Some(sealed)) => {
                    // As a whole; what stands behind it, when that is done.
                    let seal = &sealed.seal;
                    if let Some(measured) = state.measure_to(seal.last, Some(seal.count)) {
                        extents.insert(lane, seal.last);
                        excess = excess.less(measured.events, measured.bytes);
                    }
                    continue;
                }
                (GivesUp::Newest, Some(sealed)) if share.first <= sealed.seal.last => continue,
                (GivesUp::Oldest, None) => extents.insert(lane, share.last()),
                (GivesUp::Newest, _) => extents.insert(lane, first),
            };
            excess = excess.less(u64::from(share.count), u64::from(share.bytes()));
            by_age.extend(next(lane, place + 1));
        }
        extents
    }
}

/// The shares of a lane from a position to its end.
fn newest_of(run: &ShardRun, lane: LaneId, first: Position) -> Option<Drop> {
    let state = run.state(lane)?;
    let (mut count, mut bytes, mut oldest) = (0, 0, None);
    for share in state.runs().rev().take_while(|share| share.first >= first) {
        count += u64::from(share.count);
        bytes += u64::from(share.bytes());
        oldest = Some(share.frame);
    }
    let admitted = |frame| run.fold.frames.admitted(frame);
    Some(Drop {
        lane: state.key.clone(),
        first,
        last: state.last()?,
        count,
        bytes,
        oldest: admitted(oldest?)?,
        newest: admitted(state.newest()?.frame)?,
        reason: DropReason::Quota,
        known: true,
        seal: None,
    })
}
