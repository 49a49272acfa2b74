//! Folding on behind a stretch of the log that cannot be read: what a record proves of those that are missing. Nothing before
//! such a stretch is read with more lenience than in a whole log.
//!
//! A later record says much about lost ones. A lane has one unsettled seal at a time, so a seal or commit that begins behind
//! the frontier proves that everything before it was committed. A generation is a hash of its settings, so a lost one is
//! known again by the configuration that made it. What stays unknown is held, never guessed: see [`Fold::lost_generation`].

use bucketline_spool::{Commit, Gap, Generation, GenerationId, Lane, Lsn, Position, Seal};

use super::{Fold, contradiction};
use crate::error::Error;
use crate::shard::lane::{LaneId, Sealed};

/// That the log is damaged, and what helps to fold on.
#[derive(Debug)]
pub(crate) struct Damage {
    /// The first byte that cannot be read.
    from: Lsn,
    /// Generations that the configuration could have made.
    known: Vec<Generation>,
}

impl Damage {
    /// What the log's own gaps tell; nothing if there are none.
    pub(crate) fn of(gaps: &[Gap], known: Vec<Generation>) -> Option<Self> {
        let from = gaps.iter().map(|gap| gap.first).min()?;
        Some(Self { from, known })
    }
}

impl Fold {
    /// Whether records before this one may be missing.
    pub(super) fn is_behind_damage(&self, lsn: Lsn) -> bool {
        self.damage.as_ref().is_some_and(|damage| damage.from <= lsn)
    }

    /// Begins a generation whose record is lost: as the configuration makes it; else as that of a connector that nobody
    /// configures, so that its events are held and shown as orphaned.
    pub(super) fn lost_generation(&mut self, lsn: Lsn, id: GenerationId) -> Result<usize, Error> {
        let known = self.damage.iter().flat_map(|damage| &damage.known);
        let record = known.into_iter().find(|known| known.id == id).cloned();
        let record = record.unwrap_or_else(|| Generation {
            id,
            counter: 0,
            connector: format!("lost-{id}"),
            workspace: String::new(),
            grant: String::new(),
            bucket: String::new(),
            endpoint: String::new(),
            folder: String::new(),
            cluster: String::new(),
            zone: String::new(),
            format: String::new(),
            codec: String::new(),
            encryption: "none".to_owned(),
            transforms: String::new(),
        });
        let place = self.generations.len();
        self.generation(lsn, record)?;
        Ok(place)
    }

    /// A seal behind damage. What stands before it in its lane was committed.
    pub(super) fn seal_behind_damage(&mut self, lsn: Lsn, seal: Seal) -> Result<(), Error> {
        let lane = self.lane_behind_damage(lsn, &seal.lane, seal.first)?;
        self.settle_before(lsn, lane, seal.first)?;
        if let Some(state) = self.lanes.get_mut(&lane) {
            // Earlier events of the lane may be missing.
            state.frontier = seal.first;
            state.seal = Some(Sealed::new(seal));
            // What was in doubt was settled, and what it came to is lost.
            state.in_doubt = None;
        }
        self.idle.remove(&lane);
        self.touched.push(lane);
        Ok(())
    }

    /// A commit behind damage: its object exists, whether or not its seal or all of its events can be read.
    pub(super) fn commit_behind_damage(&mut self, lsn: Lsn, commit: &Commit) -> Result<(), Error> {
        let lane = self.lane_behind_damage(lsn, &commit.lane, commit.first)?;
        self.settle_before(lsn, lane, commit.first)?;
        let Some(state) = self.lanes.get_mut(&lane) else {
            return Ok(());
        };
        let seal = state.seal.take();
        state.in_doubt = None;
        if let Some(sealed) = seal.filter(|sealed| commit.after_unknown && commit.last < sealed.seal.last) {
            state.unknown_through = Some(sealed.seal.last);
        }
        self.remove_behind_damage(lsn, lane, commit.last, true)
    }

    fn lane_behind_damage(&mut self, lsn: Lsn, key: &Lane, first: Position) -> Result<LaneId, Error> {
        match self.lane_ids.get(key) {
            Some(lane) => Ok(*lane),
            None => self.new_lane(lsn, key.clone(), first),
        }
    }

    /// Takes what lies before a position as delivered: the record of that is lost.
    fn settle_before(&mut self, lsn: Lsn, lane: LaneId, first: Position) -> Result<(), Error> {
        let Some(state) = self.lanes.get_mut(&lane).filter(|state| state.frontier < first) else {
            return Ok(());
        };
        let sealed = state.seal.take().is_some();
        self.remove_behind_damage(lsn, lane, first.saturating_sub(1), sealed)
    }

    /// How many events those are, the runs know by themselves: see [`Fold::hold`].
    fn remove_behind_damage(
        &mut self,
        lsn: Lsn,
        lane: LaneId,
        last: Position,
        in_object: bool,
    ) -> Result<(), Error> {
        self.deliver(lane, last, None, in_object).ok_or_else(|| {
            contradiction(
                lsn,
                "an object ends within a batch, and nothing tells at which event",
            )
        })
    }
}
