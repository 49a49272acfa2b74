//! The room that a shard's log takes: when what it means is told anew, what is freed then, and what is moved out of the way. Never
//! frees what is not durably told elsewhere.
//!
//! A `Carry` is appended now and then. Once it is durable, the same is written as the checkpoint, and everything before the first
//! frame that something still needs is freed. What blocked connectors hold would pin the log for everybody: it is copied to the cold
//! log, a `Moved` says so, and the next carry frees what it stood in.

use std::collections::{BTreeMap, BTreeSet};

use bucketline_spool::{Lsn, MovedRange, Record};

use super::shard_run::ShardRun;
use super::{Command, Engine, Purpose};
use crate::journal::Landed;
use crate::tickets::{ShardId, Ticket};

/// What a log takes of its disk.
#[derive(Debug)]
pub(super) struct Space {
    /// Everything before is folded.
    pub(super) folded_to: Lsn,
    /// Up to where it was carried.
    carried: Lsn,
    /// Before this everything was given free.
    freed: Lsn,
    /// How large the last carry was.
    carry_bytes: u64,
    carrying: bool,
    pub(super) moving: bool,
    /// Where the log ended when something to move was last looked for.
    looked: Lsn,
}

impl Space {
    pub(super) fn new(folded_to: Lsn) -> Self {
        Self {
            folded_to,
            // At the first chance after a start: it may have read a lot.
            carried: Lsn::ZERO,
            freed: Lsn::ZERO,
            carry_bytes: 0,
            carrying: false,
            moving: false,
            looked: Lsn::ZERO,
        }
    }
}

const fn distance(from: Lsn, to: Lsn) -> u64 {
    to.get().saturating_sub(from.get())
}

impl ShardRun {
    /// Nothing before this place is needed but for what a carry tells.
    fn needed_from(&self) -> Lsn {
        let end = self.space.folded_to;
        self.fold.frames.first().map_or(end, |first| first.min(end))
    }
}

impl Engine {
    /// Looks after the disks.
    pub(super) fn mind_space(&mut self) {
        let shards: Vec<ShardId> = self.shards.keys().copied().collect();
        for shard in shards {
            self.carry(shard);
            self.move_apart(shard);
        }
    }

    fn carry(&mut self, shard: ShardId) {
        let every = self.settings.checkpoint_every;
        let Some(run) = self.shards.get_mut(&shard).filter(|run| run.failed.is_none()) else {
            return;
        };
        let (needed, end) = (run.needed_from(), run.space.folded_to);
        // What is held by many frames makes a large carry: it is told the less often.
        let every = every.max(run.space.carry_bytes.saturating_mul(4));
        // Half of it for what can go, so that what is left fits into two segments.
        let due = distance(run.space.carried, end) >= every || distance(run.space.freed, needed) >= every / 2;
        if run.space.carrying || !due {
            return;
        }
        let carry = run.fold.to_carry(end, needed);
        run.space.carrying = true;
        self.append(shard, Purpose::Carry(needed), vec![Record::from(carry)]);
    }

    /// What the log means is durably told.
    pub(super) fn carried(&mut self, shard: ShardId, free: Lsn, landed: Landed) {
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        run.space.carrying = false;
        // Its own bytes are no growth: a log that is left alone comes to rest.
        run.space.carry_bytes = distance(landed.lsn, landed.end);
        run.space.carried = landed.end;
        let nothing_held = run.fold.frames.first().is_none() && landed.lsn == free;
        run.space.freed = if nothing_held { landed.end } else { free };
        let gone = run.fold.rejects.partition_point(|lsn| *lsn < free);
        run.fold.rejects.drain(..gone);
        let carry = landed.records.into_iter().find_map(|record| match record {
            Record::Carry(carry) => Some(carry),
            _ => None,
        });
        if let Some(carry) = carry {
            self.commands.push(Command::Checkpoint {
                shard,
                carry: Box::new(carry),
                free,
                // What is being copied there now is in no list yet.
                cold: (!run.space.moving).then(|| run.fold.frames.cold()),
            });
        }
    }

    /// The disk is full: tried again when the log has grown.
    pub(super) fn space_failed(&mut self, shard: ShardId) {
        if let Some(run) = self.shards.get_mut(&shard) {
            run.space.carrying = false;
            run.space.moving = false;
            run.space.carried = run.space.folded_to;
            run.space.freed = run.needed_from();
        }
    }

    /// Has the oldest frames that something needs copied to the cold log, if only connectors that cannot deliver need them.
    fn move_apart(&mut self, shard: ShardId) {
        let (every, most) = (self.settings.checkpoint_every, self.settings.cold_after);
        let Some(run) = self.shards.get(&shard).filter(|run| run.failed.is_none()) else {
            return;
        };
        let (needed, end) = (run.needed_from(), run.space.folded_to);
        let waits = run.space.moving || distance(run.space.looked, end) < every;
        if waits || distance(needed, end) < most {
            return;
        }
        let ranges = self.movable(run, needed, needed.plus(every));
        let Some(run) = self.shards.get_mut(&shard) else {
            return;
        };
        // What is moved makes room for the next look at once.
        run.space.moving = !ranges.is_empty();
        if ranges.is_empty() {
            run.space.looked = end;
            return;
        }
        let ticket = Ticket(self.new_id());
        self.appends.insert(ticket, (shard, Purpose::Move));
        self.commands.push(Command::Move {
            shard,
            ticket,
            ranges,
        });
    }

    /// The frames between two places that are needed, up to the first one that a connector needs which delivers.
    fn movable(&self, run: &ShardRun, from: Lsn, to: Lsn) -> Vec<MovedRange> {
        let mut needed: BTreeMap<Lsn, MovedRange> = BTreeMap::new();
        let mut delivered: BTreeSet<Lsn> = BTreeSet::new();
        for lane in run.fold.all_lanes() {
            let place = run.connectors.get(lane.connector);
            let standing = place.and_then(|place| self.dispatcher.get(*place));
            let delivers = standing.is_some_and(|standing| {
                self.configured.contains_key(&standing.id) && standing.health.blockage().is_none()
            });
            let between = |frame: Lsn| from <= frame && frame < to;
            // In order, those in the cold log first.
            let runs = lane.runs().skip_while(|held| held.frame.is_cold());
            for held in runs
                .take_while(|held| held.frame < to)
                .filter(|held| between(held.frame))
            {
                if delivers {
                    delivered.insert(held.frame);
                }
                let whole = needed.entry(held.frame).or_insert(MovedRange {
                    from: held.frame,
                    to: Lsn::ZERO,
                    partition: lane.key.partition,
                    first: held.first,
                    last: held.last(),
                    count: 0,
                });
                whole.first = whole.first.min(held.first);
                whole.last = whole.last.max(held.last());
                whole.count += u64::from(held.count);
            }
        }
        let first_delivered = delivered.first().copied().unwrap_or(to);
        needed
            .into_values()
            .take_while(|range| range.from < first_delivered)
            .collect()
    }
}
