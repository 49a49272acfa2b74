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
        if event.kind().is_state() {
            self.slots.get(&event.slot()) != Some(&event.saying())
        } else {
            !self.known.contains(&event.id())
        }
    }

    /// Whether the last thing that was said of a connector is one that it can recover from.
    pub(super) fn of_trouble(&self, slot: &str) -> bool {
        const TROUBLE: [EventKind; 4] = [
            EventKind::ConnectorBlocked,
            EventKind::ConnectorDegraded,
            EventKind::ConnectorDropped,
            EventKind::ConnectorWarned,
        ];
        let said = self.slots.get(slot).and_then(|saying| saying.split_once(':'));
        said.is_some_and(|(kind, _)| TROUBLE.iter().any(|trouble| trouble.name() == kind))
    }

    pub(super) fn tell(&mut self, event: &Event) {
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
