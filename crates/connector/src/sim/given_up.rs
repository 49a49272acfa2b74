//! Which events were given up, by what was ordered and by what is durable: the log itself is freed before a history ends.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use bucketline_spool::{Drop, Events, GenerationId, Hour, Lane, PartitionId, Record};

/// What stands at a position.
#[derive(Debug)]
struct Stored {
    id: u64,
    hour: Hour,
    event_type: String,
    connectors: Vec<String>,
}

/// What is durably known of an event that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// An object may hold it.
    InDoubt,
    /// No object holds it.
    NotDelivered,
    /// Its object was looked for, and was not there.
    NotThere,
    /// Its object was there after all.
    Found,
}

/// An event, for one connector.
type For = (String, u64);

#[derive(Debug, Default)]
pub(super) struct GivenUpEvents {
    connectors: BTreeMap<GenerationId, String>,
    stored: BTreeMap<(PartitionId, u64), Stored>,
    /// Their drops were ordered; whether they are durable, a crash may have left open.
    ordered: BTreeSet<For>,
    /// The same, by where they stand.
    places: BTreeSet<(String, PartitionId, u64)>,
    durable: BTreeMap<For, Fate>,
    /// Settles were ordered that say that these are delivered.
    found: BTreeSet<For>,
}

impl GivenUpEvents {
    /// To whom generations belong.
    pub(super) fn know(&mut self, generations: impl Iterator<Item = (GenerationId, String)>) {
        self.connectors.extend(generations);
    }

    /// Records are on their way to the disk.
    pub(super) fn ordered(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Drop(drop) => self.order(drop),
                Record::Settle(settle) if settle.parts.iter().any(|part| part.delivered) => {
                    self.found
                        .extend(self.between(&settle.lane, settle.first..=settle.last));
                }
                _ => {}
            }
        }
    }

    /// Records are durable.
    pub(super) fn landed(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Events(events) => self.store(events),
                Record::Drop(drop) => {
                    self.order(drop);
                    let fate = if drop.known {
                        Fate::NotDelivered
                    } else {
                        Fate::InDoubt
                    };
                    for of in self.of(drop) {
                        let known = self.durable.entry(of).or_insert(fate);
                        *known = fate.max(*known);
                    }
                }
                Record::Settle(settle) => {
                    let delivered = settle.parts.iter().any(|part| part.delivered);
                    let fate = if delivered { Fate::Found } else { Fate::NotThere };
                    for of in self.between(&settle.lane, settle.first..=settle.last) {
                        if let Some(known) = self.durable.get_mut(&of)
                            && *known == Fate::InDoubt
                        {
                            *known = fate;
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn order(&mut self, drop: &Drop) {
        self.ordered.extend(self.of(drop));
        let (partition, connector) = (drop.lane.partition, &self.connectors[&drop.lane.generation]);
        let given_up = self.positions(&drop.lane, drop.first..=drop.last);
        let given_up = given_up.map(|(position, _)| (connector.clone(), partition, position));
        self.places.extend(given_up.collect::<Vec<_>>());
    }

    /// What a drop gives up, for whoever reads a history.
    pub(super) fn tell(&self, drop: &Drop) -> String {
        let known = if drop.known {
            ""
        } else {
            ", which may be delivered"
        };
        let (lane, events) = (&drop.lane, self.of(drop));
        let (partition, first, last) = (lane.partition, drop.first, drop.last);
        format!(
            "{events:?} of {} at {partition}+{first} to {last}{known}",
            lane.event_type
        )
    }

    /// What is known of an event that was given up for a connector.
    pub(super) fn fate(&self, connector: &str, id: u64) -> Option<Fate> {
        self.durable.get(&(connector.to_owned(), id)).copied()
    }

    /// Whether it may be given up.
    pub(super) fn may_be(&self, connector: &str, id: u64) -> bool {
        self.ordered.contains(&(connector.to_owned(), id))
    }

    /// How many events met a fate.
    pub(super) fn met(&self, fate: Fate) -> usize {
        self.durable.values().filter(|known| **known == fate).count()
    }

    /// How many were given up, and are not known to be delivered: at least, and at most.
    pub(super) fn counts(&self) -> (u64, u64) {
        let may_be_found = self.durable.keys().filter(|of| !self.found.contains(*of)).count();
        let found = self.met(Fate::Found);
        (may_be_found as u64, (self.ordered.len() - found) as u64)
    }

    fn store(&mut self, events: &Events) {
        for (position, event) in events.iter() {
            let text = std::str::from_utf8(&event.body.bytes[1..]).unwrap();
            let connectors = events.routes(event).iter().map(|route| {
                let generation = events.generations[usize::from(route.generation)];
                self.connectors[&generation].clone()
            });
            let stored = Stored {
                id: text.parse().unwrap(),
                hour: events.hour,
                event_type: events.event_types[usize::from(event.event_type)].to_string(),
                connectors: connectors.collect(),
            };
            self.stored.insert((events.partition, position), stored);
        }
    }

    /// The first event of a range that its object has: those that were given up lie in the range, and are not in it.
    pub(super) fn first_in_object(&self, lane: &Lane, range: RangeInclusive<u64>) -> Option<u64> {
        let connector = &self.connectors[&lane.generation];
        let mut positions = self.positions(lane, range).map(|(position, _)| position);
        positions.find(|position| {
            !self
                .places
                .contains(&(connector.clone(), lane.partition, *position))
        })
    }

    fn of(&self, drop: &Drop) -> BTreeSet<For> {
        self.between(&drop.lane, drop.first..=drop.last)
    }

    fn between(&self, lane: &Lane, range: RangeInclusive<u64>) -> BTreeSet<For> {
        let connector = &self.connectors[&lane.generation];
        self.positions(lane, range)
            .map(|(_, stored)| (connector.clone(), stored.id))
            .collect()
    }

    /// What stands in a range of a lane.
    fn positions(&self, lane: &Lane, range: RangeInclusive<u64>) -> impl Iterator<Item = (u64, &Stored)> {
        let connector = self.connectors[&lane.generation].clone();
        let range = (lane.partition, *range.start())..=(lane.partition, *range.end());
        let (hour, event_type) = (lane.hour, Arc::clone(&lane.event_type));
        let of_lane = move |stored: &Stored| {
            stored.hour == hour && *stored.event_type == *event_type && stored.connectors.contains(&connector)
        };
        self.stored
            .range(range)
            .filter(move |(_, stored)| of_lane(stored))
            .map(|((_, position), stored)| (*position, stored))
    }
}
