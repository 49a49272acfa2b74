//! The batches whose events are still held, in memory up to a bound; the oldest go first, and are read back from the log
//! when they are due. Decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use bucketline_spool::{Events, Lsn};

/// What an event costs beside its bytes, roughly: its entry in the batch.
const PER_EVENT: u64 = 96;

/// Batches by the place of their frame.
#[derive(Debug)]
pub(crate) struct BodyCache {
    limit: u64,
    held: u64,
    batches: BTreeMap<Lsn, Held>,
}

#[derive(Debug)]
struct Held {
    events: Arc<Events>,
    bytes: u64,
    /// How many lanes still hold events of it. The bytes of a batch are one buffer, so it goes as a whole.
    lanes: usize,
}

impl BodyCache {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            held: 0,
            batches: BTreeMap::new(),
        }
    }

    /// Keeps a batch that `lanes` lanes hold events of, for as long as there is room.
    pub(crate) fn insert(&mut self, lsn: Lsn, events: Arc<Events>, lanes: usize) {
        if lanes == 0 {
            return;
        }
        let bytes = events
            .events
            .iter()
            .map(|event| event.body.bytes.len() as u64 + PER_EVENT)
            .sum();
        self.held += bytes;
        self.batches.insert(lsn, Held { events, bytes, lanes });
        while self.held > self.limit {
            let Some((_, oldest)) = self.batches.pop_first() else {
                break;
            };
            self.held = self.held.saturating_sub(oldest.bytes);
        }
    }

    /// The batch, if it is in memory.
    pub(crate) fn get(&self, lsn: Lsn) -> Option<Arc<Events>> {
        self.batches.get(&lsn).map(|held| Arc::clone(&held.events))
    }

    /// One lane holds nothing of this batch any more.
    pub(crate) fn release(&mut self, lsn: Lsn) {
        if let Some(held) = self.batches.get_mut(&lsn) {
            held.lanes -= 1;
            if held.lanes == 0 {
                self.held = self.held.saturating_sub(held.bytes);
                self.batches.remove(&lsn);
            }
        }
    }
}
