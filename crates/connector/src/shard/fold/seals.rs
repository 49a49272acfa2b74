//! What becomes of events that are held: sealed, committed, given to another generation; and lanes that are done.

use bucketline_spool::{Commit, Lane, Lsn, Position, Retarget, Seal};

use super::{Fold, contradiction};
use crate::error::Error;
use crate::shard::lane::{LaneId, Removed, Sealed};

impl Fold {
    pub(super) fn seal(&mut self, lsn: Lsn, seal: Seal) -> Result<(), Error> {
        if self.is_behind_damage(lsn) {
            return self.seal_behind_damage(lsn, seal);
        }
        let lane = self.known_lane(lsn, &seal.lane)?;
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        if state.open_seal().is_some() || seal.first != state.frontier {
            return Err(contradiction(
                lsn,
                "a seal does not begin at its lane's frontier, or follows an unsettled one",
            ));
        }
        state.seal = Some(Sealed::new(seal));
        self.idle.remove(&lane);
        self.touched.push(lane);
        Ok(())
    }

    pub(super) fn commit(&mut self, lsn: Lsn, commit: &Commit) -> Result<(), Error> {
        if self.is_behind_damage(lsn) {
            return self.commit_behind_damage(lsn, commit);
        }
        let lane = self.known_lane(lsn, &commit.lane)?;
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        let Some(sealed) = state.seal.take_if(|sealed| sealed.seal.first == commit.first) else {
            return Err(contradiction(lsn, "a commit has no seal"));
        };
        if commit.after_unknown && commit.last < sealed.seal.last {
            state.unknown_through = Some(sealed.seal.last);
        }
        if let Some(book) = self.connectors.get_mut(state.connector) {
            book.misencrypted = (!commit.encrypted_as_asked).then(|| commit.encryption.as_str().into());
        }
        self.deliver(lane, commit.last, Some(commit.count), true)
            .ok_or_else(|| {
                contradiction(
                    lsn,
                    format!(
                        "a commit counts {} events, and other than that are held",
                        commit.count
                    ),
                )
            })
    }

    /// Events are not held any more.
    pub(super) fn left(&mut self, lane: LaneId, removed: Removed) {
        let Some(state) = self.lanes.get_mut(&lane) else {
            return;
        };
        for frame in removed.frames {
            self.frames.release(frame);
        }
        state.oldest = state.front_frame().and_then(|frame| self.frames.admitted(frame));
        if let Some(book) = self.connectors.get_mut(state.connector) {
            book.events_held = book.events_held.saturating_sub(removed.events);
            book.bytes_held = book.bytes_held.saturating_sub(removed.bytes);
            self.ledger
                .count_left(&book.id, &state.key.event_type, removed.events);
        }
        self.touched.push(lane);
        if state.is_idle() {
            self.idle.insert(lane);
            self.forget_if_done(lane);
        }
    }

    /// Takes the events of a lane up to `last` as delivered, in an object or without one that is known. Nothing if `count`, where it is
    /// known, is not how many are held.
    pub(super) fn deliver(
        &mut self,
        lane: LaneId,
        last: Position,
        count: Option<u64>,
        in_object: bool,
    ) -> Option<()> {
        let state = self.lanes.get_mut(&lane)?;
        let removed = state.remove_to(last, count)?;
        state.advance(last);
        if let Some(book) = self.connectors.get(state.connector) {
            let (id, event_type) = (&book.id, &state.key.event_type);
            let delivered = count.unwrap_or(removed.events);
            self.ledger.count_delivered(id, event_type, delivered);
            if in_object {
                self.ledger.count_object(id);
            }
        }
        self.left(lane, removed);
        Some(())
    }

    /// Forgets the idle lanes that no event will go into any more.
    pub(super) fn forget_what_is_done(&mut self) {
        for lane in self.idle.iter().copied().collect::<Vec<_>>() {
            self.forget_if_done(lane);
        }
    }

    /// Events go into the newest partition and the latest hour alone.
    pub(super) fn forget_if_done(&mut self, lane: LaneId) {
        let Some(state) = self.lanes.get(&lane) else {
            return;
        };
        let newest = self.newest.map(|(partition, _)| partition);
        if newest == Some(state.key.partition) && state.key.hour >= self.hour {
            return;
        }
        self.idle.remove(&lane);
        if let Some(book) = self.connectors.get_mut(state.connector) {
            book.lanes.remove(&lane);
        }
        self.lane_ids.remove(&state.key);
        self.lanes.remove(&lane);
        self.forgotten.push(lane);
    }

    /// All that a lane holds belongs to another generation of its connector from now on, under the positions that it has: so whoever
    /// holds the same events, and moves them to the same place, competes for the same keys.
    pub(super) fn retarget(&mut self, lsn: Lsn, retarget: &Retarget) -> Result<(), Error> {
        let place = self.generation_ids.get(&retarget.to).copied();
        let key = Lane {
            generation: retarget.to,
            ..retarget.lane.clone()
        };
        let lane = self.lane_ids.get(&retarget.lane).copied();
        let (Some(lane), Some(place)) = (lane, place) else {
            if self.is_behind_damage(lsn) {
                return Ok(()); // What it moved is lost, and counted as that.
            }
            return Err(contradiction(
                lsn,
                "a retarget names a lane or a generation that is not there",
            ));
        };
        let connector = self.generations.get(place).map(|generation| generation.connector);
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        let whole = state.last() == Some(retarget.last) && state.events == retarget.count;
        let in_place = retarget.partition == key.partition && retarget.new_first == retarget.first;
        let fits = state.open_seal().is_none() && connector == Some(state.connector) && in_place;
        if !fits || !(whole || self.damage.is_some()) || self.lane_ids.contains_key(&key) {
            return Err(contradiction(
                lsn,
                "a retarget moves what is sealed, not held, or held already",
            ));
        }
        state.retarget(retarget.to, place);
        self.lane_ids.remove(&retarget.lane);
        self.lane_ids.insert(key, lane);
        self.touched.push(lane);
        Ok(())
    }
}
