//! A batch as lanes see it: its events grouped by what puts them into the same lanes, so that a lane finds its own without looking at the
//! others. Made once for each batch, also for one that is read back. Knows no lanes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use bucketline_spool::{Body, Events, Lane, Position, Route, StoredEvent};

use crate::backoff::mix;

/// What an event costs beside its bytes, roughly: its entry in the batch, and in its group.
const PER_EVENT: u64 = 100;

/// A batch and its groups.
#[derive(Debug)]
pub struct HeldBatch {
    events: Events,
    groups: Vec<Group>,
    memory: u64,
}

/// The events of one type, schema and routing.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) event_type: u16,
    pub(crate) schema: u32,
    pub(crate) routing: u16,
    /// Their indexes in the batch, ascending.
    events: Vec<u32>,
}

/// Where the events of one lane stand in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// All of one group, each with this body.
    Group { group: u32, body: u8 },
    /// In several groups: to be searched by the lane's key.
    Several,
}

/// What a lane holds of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) place: Place,
    pub(crate) first: Position,
    pub(crate) last: Position,
    pub(crate) count: u32,
    pub(crate) bytes: u64,
}

impl Share {
    /// Whether its positions follow one another without gaps.
    pub(crate) fn is_dense(&self) -> bool {
        u64::from(self.count) == self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// The same lane's share of another group, too.
    pub(crate) fn join(&mut self, other: Self) {
        self.place = Place::Several;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.count = self.count.saturating_add(other.count);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl HeldBatch {
    /// Groups the events of a batch.
    pub fn new(events: Events) -> Self {
        let mut places: HashMap<u64, usize, BuildHasherDefault<Mixing>> = HashMap::default();
        let mut groups: Vec<Group> = Vec::new();
        let (mut last_key, mut place) = (None, 0);
        let mut memory = 0;
        for (index, event) in (0..).zip(&events.events) {
            let others = event.others.iter().map(|body| body.bytes.len() as u64);
            memory += event.body.bytes.len() as u64 + others.sum::<u64>() + PER_EVENT;
            let key = key_of(event);
            if last_key != Some(key) {
                last_key = Some(key);
                place = *places.entry(key).or_insert_with(|| {
                    groups.push(Group {
                        event_type: event.event_type,
                        schema: event.schema,
                        routing: event.routing,
                        events: Vec::new(),
                    });
                    groups.len() - 1
                });
            }
            if let Some(group) = groups.get_mut(place) {
                group.events.push(index);
            }
        }
        Self {
            events,
            groups,
            memory,
        }
    }

    /// The batch itself.
    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// What it takes of memory, roughly.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }

    /// The groups, with the routes that each goes.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (u32, &Group, &[Route])> {
        (0..).zip(&self.groups).map(|(place, group)| {
            let routes = self.events.routings.get(usize::from(group.routing));
            (place, group, routes.map_or(&[][..], Vec::as_slice))
        })
    }

    /// What goes one of a group's routes; nothing if an event lacks the body.
    pub(crate) fn share(&self, place: u32, group: &Group, route: Route) -> Option<Share> {
        let (first, last) = (*group.events.first()?, *group.events.last()?);
        let mut bytes = 0;
        for index in &group.events {
            bytes += self.body(*index, route)?.bytes.len() as u64;
        }
        Some(Share {
            place: Place::Group {
                group: place,
                body: route.body,
            },
            first: self.position(first),
            last: self.position(last),
            count: u32::try_from(group.events.len()).unwrap_or(u32::MAX),
            bytes,
        })
    }

    /// The events of a lane, in order, from a position on; nothing if the place is not one of this batch.
    pub(crate) fn select(&self, lane: &Lane, place: Place, from: Position) -> Option<Vec<(Position, &Body)>> {
        let mut selected = Vec::new();
        match place {
            Place::Group { group, body } => {
                let group = self.groups.get(usize::try_from(group).ok()?)?;
                selected.reserve_exact(group.events.len());
                self.collect(group, body, from, &mut selected)?;
            }
            Place::Several => {
                for (_, group, routes) in self.groups() {
                    let event_type = self.events.event_types.get(usize::from(group.event_type))?;
                    if group.schema != lane.schema || *event_type != lane.event_type {
                        continue;
                    }
                    for route in routes {
                        let generation = self.events.generations.get(usize::from(route.generation))?;
                        if *generation == lane.generation {
                            self.collect(group, route.body, from, &mut selected)?;
                        }
                    }
                }
                selected.sort_unstable_by_key(|(position, _)| *position);
            }
        }
        Some(selected)
    }

    /// A share for each event of a lane; nothing if the place is not one of this batch.
    pub(crate) fn singles(&self, lane: &Lane, place: Place) -> Option<Vec<Share>> {
        let selected = self.select(lane, place, 0)?;
        let single = |(position, body): (Position, &Body)| Share {
            place,
            first: position,
            last: position,
            count: 1,
            bytes: body.bytes.len() as u64,
        };
        Some(selected.into_iter().map(single).collect())
    }

    fn collect<'a>(
        &'a self,
        group: &'a Group,
        body: u8,
        from: Position,
        into: &mut Vec<(Position, &'a Body)>,
    ) -> Option<()> {
        let route = Route { generation: 0, body };
        for index in &group.events {
            let position = self.position(*index);
            if position >= from {
                into.push((position, self.body(*index, route)?));
            }
        }
        Some(())
    }

    fn body(&self, index: u32, route: Route) -> Option<&Body> {
        let event = self.events.events.get(usize::try_from(index).ok()?)?;
        event.body_of(route)
    }

    fn position(&self, index: u32) -> Position {
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let offset = self.events.offsets.get(place).copied().unwrap_or(index);
        self.events.first.saturating_add(u64::from(offset))
    }
}

/// Type, routing and schema in one number.
fn key_of(event: &StoredEvent) -> u64 {
    u64::from(event.event_type) << 48 | u64::from(event.routing) << 32 | u64::from(event.schema)
}

/// Mixes one number: keys are made here, so nobody can choose them to collide beyond what a batch's own tables allow.
#[derive(Debug, Default)]
pub(crate) struct Mixing(u64);

impl Hasher for Mixing {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0 ^ number);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}
