//! What becomes of events that are given up: out of their lane, into the ledger; and, where an object may hold them all the same, what
//! that turns out to be.

use bucketline_spool::{Drop, Lsn, Position, Settle};

use super::{Fold, contradiction};
use crate::error::Error;
use crate::shard::lane::{InDoubt, LaneState};

impl Fold {
    /// Events are given up: a whole seal, or what stands before all that is sealed. The frontier stays: it is what names the next object,
    /// and decides between everybody who could write it.
    pub(super) fn give_up(&mut self, lsn: Lsn, drop: Drop) -> Result<(), Error> {
        let behind_damage = self.is_behind_damage(lsn);
        let lane = match self.lane_ids.get(&drop.lane) {
            Some(lane) => *lane,
            None if behind_damage => return Ok(()), // What it gave up is lost anyway, and counted as that.
            None => return Err(contradiction(lsn, "a drop names a lane without events")),
        };
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        if !(fits(state, &drop) || behind_damage) {
            return Err(contradiction(lsn, "a drop gives up what may be delivered"));
        }
        let count = (!behind_damage).then_some(drop.count);
        let removed = if is_of_the_end(state, &drop) {
            state.remove_between(drop.first, drop.last, count)
        } else {
            state.remove_to(drop.last, count)
        };
        let removed =
            removed.ok_or_else(|| contradiction(lsn, "a drop counts other events than are held"))?;
        let sealed = state.seal.take_if(|_| drop.seal.is_some());
        if bent!(DropMovesTheFrontier) {
            state.advance(drop.last);
        }
        // Behind damage fewer may be held than it names: the others are lost already, and counted as that.
        let drop = Drop {
            count: removed.events,
            bytes: removed.bytes,
            ..drop
        };
        if let Some(book) = self.connectors.get(state.connector) {
            self.ledger.count_given_up(&book.id, &drop, removed.events);
        }
        if !drop.known && drop.seal.is_some() {
            let tried = sealed.and_then(|sealed| sealed.tried);
            state.in_doubt = Some(InDoubt { drop, tried });
        }
        self.left(lane, removed);
        Ok(())
    }

    /// What was given up while nobody knew whether an object holds it turned out delivered, or not.
    pub(super) fn settle(&mut self, lsn: Lsn, settle: &Settle) -> Result<(), Error> {
        let behind_damage = self.is_behind_damage(lsn);
        let lane = self.lane_ids.get(&settle.lane).copied();
        let state = lane.and_then(|lane| self.lanes.get_mut(&lane));
        let doubt = state.and_then(|state| {
            let meant =
                |doubt: &mut InDoubt| (doubt.drop.first, doubt.drop.last) == (settle.first, settle.last);
            Some((state.in_doubt.take_if(meant)?, state))
        });
        let (Some(lane), Some((doubt, state))) = (lane, doubt) else {
            if behind_damage {
                return Ok(()); // What it settled is lost, and counted as that.
            }
            return Err(contradiction(lsn, "a settle has no drop"));
        };
        let of = |delivered| {
            let parts = settle
                .parts
                .iter()
                .filter(move |part| part.delivered == delivered);
            parts.map(|part| part.count).sum::<u64>()
        };
        let (delivered, given_up) = (of(true), of(false));
        let frontier = frontier_after(state.frontier, &doubt.drop, delivered > 0);
        if !behind_damage && (delivered + given_up != doubt.drop.count || settle.frontier != frontier) {
            return Err(contradiction(lsn, "a settle does not fit its drop"));
        }
        let delivered = delivered.min(doubt.drop.count);
        state.frontier = frontier;
        if bent!(SettleKeepsTheFrontier) {
            state.frontier = doubt.drop.seal.as_ref().map_or(frontier, |seal| seal.first);
        }
        if let Some(book) = self.connectors.get(state.connector) {
            self.ledger.count_settled(&book.id, &doubt.drop, delivered);
        }
        let idle = state.is_idle();
        self.touched.push(lane);
        if idle {
            self.idle.insert(lane);
            self.forget_if_done(lane);
        }
        Ok(())
    }
}

/// What is not known to be undelivered is given up with its seal, as a whole; what was never sealed, from either end.
fn fits(state: &LaneState, drop: &Drop) -> bool {
    match (&state.seal, &drop.seal) {
        (Some(sealed), Some(given_up)) => sealed.seal == *given_up && drop.last == given_up.last,
        (Some(sealed), None) => drop.known && sealed.seal.last < drop.first,
        (None, None) => drop.known,
        (None, Some(_)) => false,
    }
}

/// Whether events are given up that came after others which are held on.
fn is_of_the_end(state: &LaneState, drop: &Drop) -> bool {
    state
        .runs()
        .next()
        .is_some_and(|oldest| oldest.first < drop.first)
}

/// Where a lane goes on once it is known whether an object holds what was given up.
pub(crate) fn frontier_after(frontier: Position, drop: &Drop, delivered: bool) -> Position {
    match &drop.seal {
        Some(seal) if delivered => seal.last.saturating_add(1),
        _ => frontier,
    }
}
