//! The frames of batches that lanes still hold events of: how many lanes each, since when, and, up to a bound, the batches themselves.
//! The oldest go out of memory first, and are read back from the log when they are due. Decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use bucketline_spool::{Lsn, SpoolTime};

use super::held_batch::HeldBatch;

/// The frames that are held, by place.
#[derive(Debug)]
pub(crate) struct Frames {
    limit: u64,
    in_memory: u64,
    live: BTreeMap<Lsn, Live>,
    hot: BTreeMap<Lsn, Arc<HeldBatch>>,
}

/// A frame that something still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Live {
    /// How many lanes hold events of it.
    lanes: u32,
    /// When they were admitted.
    admitted: SpoolTime,
}

impl Frames {
    /// No frames; at most `limit` bytes of batches will be in memory.
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            in_memory: 0,
            live: BTreeMap::new(),
            hot: BTreeMap::new(),
        }
    }

    /// A batch that `lanes` lanes hold events of, kept in memory for as long as there is room.
    pub(crate) fn insert(&mut self, lsn: Lsn, admitted: SpoolTime, batch: Arc<HeldBatch>, lanes: usize) {
        let Ok(lanes @ 1..) = u32::try_from(lanes) else {
            return;
        };
        self.live.insert(lsn, Live { lanes, admitted });
        self.in_memory += batch.memory();
        self.hot.insert(lsn, batch);
        while self.in_memory > self.limit {
            let Some((_, oldest)) = self.hot.pop_first() else {
                break;
            };
            self.in_memory = self.in_memory.saturating_sub(oldest.memory());
        }
    }

    /// A frame that `lanes` lanes hold events of, and that is not in memory.
    pub(crate) fn insert_unread(&mut self, lsn: Lsn, admitted: SpoolTime, lanes: u32) {
        if lanes > 0 {
            self.live.insert(lsn, Live { lanes, admitted });
        }
    }

    /// The frames that are needed, by place: those of the log itself, then those of its cold log.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Lsn, SpoolTime)> {
        self.live.iter().map(|(lsn, live)| (*lsn, live.admitted))
    }

    /// Whether none is needed.
    pub(crate) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// The first frame of the log itself that is needed.
    pub(crate) fn first(&self) -> Option<Lsn> {
        self.live.range(..Lsn::COLD).next().map(|(lsn, _)| *lsn)
    }

    /// Those in the cold log.
    pub(crate) fn cold(&self) -> Vec<Lsn> {
        self.live.range(Lsn::COLD..).map(|(lsn, _)| *lsn).collect()
    }

    /// A frame has another place now; whether it is needed at all.
    pub(crate) fn relocate(&mut self, from: Lsn, to: Lsn) -> bool {
        let Some(live) = self.live.remove(&from) else {
            return false;
        };
        self.live.insert(to, live);
        if let Some(batch) = self.hot.remove(&from) {
            self.hot.insert(to, batch);
        }
        true
    }

    /// The batch, if it is in memory.
    pub(crate) fn hot(&self, lsn: Lsn) -> Option<Arc<HeldBatch>> {
        self.hot.get(&lsn).map(Arc::clone)
    }

    /// When the events of a frame were admitted, if any of them are still held.
    pub(crate) fn admitted(&self, lsn: Lsn) -> Option<SpoolTime> {
        self.live.get(&lsn).map(|live| live.admitted)
    }

    /// One lane holds nothing of this frame any more.
    pub(crate) fn release(&mut self, lsn: Lsn) {
        let Some(live) = self.live.get_mut(&lsn) else {
            return;
        };
        live.lanes = live.lanes.saturating_sub(1);
        if live.lanes == 0 {
            self.live.remove(&lsn);
            if let Some(batch) = self.hot.remove(&lsn) {
                self.in_memory = self.in_memory.saturating_sub(batch.memory());
            }
        }
    }
}
