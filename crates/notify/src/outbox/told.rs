//! What was told already, so that each change is told once. Bounded: of the things that happen once, the last ones are
//! known; of each subject, the last thing that was said.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::record::Record;
use crate::{Event, EventKind};

/// So many ids of things that happened are known.
const MAX_KNOWN: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Told {
    slots: BTreeMap<String, String>,
    order: VecDeque<String>,
    known: HashSet<String>,
}

impl Told {
    pub(super) fn is_news(&self, event: &Event) -> bool {
        if event.kind() == EventKind::ConnectorRecovered {
            return self.of_trouble(event);
        }
        if event.kind() == EventKind::ConnectorLaunched && self.is_under_way(event) {
            return false;
        }
        if event.kind().is_state() {
            self.slots.get(&event.slot()) != Some(&event.saying())
        } else {
            !self.known.contains(&event.id())
        }
    }

    /// Whether the last thing that was said of a connector is one that it can recover from.
    fn of_trouble(&self, event: &Event) -> bool {
        const TROUBLE: [EventKind; 4] = [
            EventKind::ConnectorBlocked,
            EventKind::ConnectorDegraded,
            // Where an older version remembered losses.
            EventKind::ConnectorDropped,
            EventKind::ConnectorWarned,
        ];
        let said = self.said_last(event);
        said.is_some_and(|said| TROUBLE.iter().any(|trouble| trouble.name() == said))
            || self.slots.contains_key(&event.loss_slot())
    }

    /// Whether a connector was told of and has not ended since: that it runs after a restart is no news.
    fn is_under_way(&self, event: &Event) -> bool {
        const ENDS: [EventKind; 2] = [EventKind::ConnectorPaused, EventKind::ConnectorStopped];
        self.said_last(event)
            .is_some_and(|said| ENDS.iter().all(|end| end.name() != said))
    }

    fn said_last(&self, event: &Event) -> Option<&str> {
        let (kind, _) = self.slots.get(&event.slot())?.split_once(':')?;
        Some(kind)
    }

    pub(super) fn tell(&mut self, event: &Event) {
        if event.kind() == EventKind::ConnectorRecovered {
            self.slots.remove(&event.loss_slot());
        }
        if event.kind().is_state() {
            self.remember(event.slot(), event.saying());
        } else {
            self.know(event.id());
        }
    }

    pub(super) fn remember(&mut self, slot: String, saying: String) {
        self.slots.insert(slot, saying);
    }

    pub(super) fn know(&mut self, id: String) {
        if self.known.insert(id.clone()) {
            self.order.push_back(id);
        }
        while self.order.len() > MAX_KNOWN {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    pub(super) fn records(&self) -> Vec<Record> {
        let told = self.slots.iter().map(|(slot, saying)| Record::Told {
            slot: slot.clone(),
            saying: saying.clone(),
        });
        told.chain(self.order.iter().map(|id| Record::Known { id: id.clone() }))
            .collect()
    }
}
