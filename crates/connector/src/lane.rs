//! A lane as the log tells it: a queue of positions, its frontier, and at most one unsettled seal. Knows neither time nor
//! stores.

use std::collections::VecDeque;

use bucketline_spool::{Lane, Lsn, Position, Seal, SpoolTime};

/// A lane's place in the fold.
pub(crate) type LaneId = usize;

/// The state of one lane.
#[derive(Debug)]
pub(crate) struct LaneState {
    pub(crate) key: Lane,
    /// The generation's place in the fold.
    pub(crate) generation: usize,
    /// The connector's place in the fold.
    pub(crate) connector: usize,
    /// The first position of the next object's range: that of the first event ever admitted, then the successor of the last of
    /// each object. Restarts and drops never move it.
    pub(crate) frontier: Position,
    /// What is held, in order of position; includes what the unsettled seal covers.
    chunks: VecDeque<Chunk>,
    /// Events held.
    pub(crate) events: u64,
    /// Stored bytes of the events held.
    pub(crate) bytes: u64,
    /// The seal whose object is not known to exist yet.
    pub(crate) seal: Option<Seal>,
    /// Events up to here were in an attempt of unknown outcome that did not become their object.
    pub(crate) unknown_through: Option<Position>,
}

/// The events of one frame that belong to one lane.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    /// The frame.
    pub(crate) lsn: Lsn,
    /// When it was admitted.
    pub(crate) time: SpoolTime,
    /// The position that `offset`s count from.
    pub(crate) base: Position,
    /// The events, in order.
    pub(crate) items: VecDeque<Item>,
}

/// One event of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its index in the frame.
    pub(crate) index: u32,
    /// Its position, from the chunk's base.
    pub(crate) offset: u32,
    /// The length of its body.
    pub(crate) length: u32,
    /// Which of its bodies.
    pub(crate) body: u8,
}

impl Chunk {
    pub(crate) fn position(&self, item: Item) -> Position {
        self.base.saturating_add(u64::from(item.offset))
    }
}

impl LaneState {
    /// An empty lane whose first event will have this position.
    pub(crate) fn new(key: Lane, generation: usize, connector: usize, first: Position) -> Self {
        Self {
            key,
            generation,
            connector,
            frontier: first,
            chunks: VecDeque::new(),
            events: 0,
            bytes: 0,
            seal: None,
            unknown_through: None,
        }
    }

    /// Adds events at the end.
    pub(crate) fn push(&mut self, chunk: Chunk) {
        self.events += chunk.items.len() as u64;
        self.bytes += chunk.items.iter().map(|item| u64::from(item.length)).sum::<u64>();
        self.chunks.push_back(chunk);
    }

    /// When the oldest event held was admitted.
    pub(crate) fn oldest(&self) -> Option<SpoolTime> {
        self.chunks.front().map(|chunk| chunk.time)
    }

    /// The last position of the longest stretch within both limits, though of at least one event; nothing if nothing is held.
    pub(crate) fn next_last(&self, max_count: u64, max_bytes: u64) -> Option<Position> {
        let (mut count, mut bytes, mut last) = (0, 0, None);
        let events = self
            .chunks
            .iter()
            .flat_map(|chunk| chunk.items.iter().map(move |item| (chunk, *item)));
        for (chunk, item) in events {
            bytes += u64::from(item.length);
            if last.is_some() && (count >= max_count || bytes > max_bytes) {
                break;
            }
            count += 1;
            last = Some(chunk.position(item));
        }
        last
    }

    /// The events held up to `last`, chunk by chunk, if `last` is one of them.
    pub(crate) fn part(&self, last: Position) -> Option<Vec<Chunk>> {
        let mut parts = Vec::new();
        for chunk in &self.chunks {
            let mut part = chunk.clone();
            part.items.retain(|item| chunk.position(*item) <= last);
            let whole = part.items.len() == chunk.items.len();
            let ends_here = part.items.back().is_some_and(|item| part.position(*item) == last);
            if !part.items.is_empty() {
                parts.push(part);
            }
            if ends_here {
                return Some(parts);
            }
            if !whole {
                return None;
            }
        }
        None
    }

    /// Takes out the events up to `last` and moves the frontier past it. Returns how many they were, and the frames that no event
    /// of this lane lies in any more.
    pub(crate) fn deliver(&mut self, last: Position) -> Delivered {
        let mut delivered = Delivered::default();
        while let Some(chunk) = self.chunks.front_mut() {
            while let Some(item) = chunk
                .items
                .front()
                .copied()
                .filter(|item| chunk.position(*item) <= last)
            {
                chunk.items.pop_front();
                delivered.events += 1;
                delivered.bytes += u64::from(item.length);
            }
            if !chunk.items.is_empty() {
                break;
            }
            delivered.frames.push(chunk.lsn);
            self.chunks.pop_front();
        }
        self.events = self.events.saturating_sub(delivered.events);
        self.bytes = self.bytes.saturating_sub(delivered.bytes);
        self.frontier = last.saturating_add(1);
        delivered
    }

    /// Whether the event at the front was in an attempt of unknown outcome.
    pub(crate) fn front_is_unknown(&self) -> bool {
        let front = self
            .chunks
            .front()
            .and_then(|chunk| chunk.items.front().map(|item| chunk.position(*item)));
        front
            .zip(self.unknown_through)
            .is_some_and(|(front, through)| front <= through)
    }
}

/// What left a lane.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivered {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    pub(crate) frames: Vec<Lsn>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use bucketline_spool::{GenerationId, Hour, PartitionId};

    /// A lane that holds these positions, each a chunk of its own frame, of 10 bytes each.
    fn lane(positions: &[&[u64]]) -> LaneState {
        let key = Lane {
            generation: GenerationId::from_bytes([0; 16]),
            event_type: "a".into(),
            partition: PartitionId::from_random(1),
            hour: Hour::new(0),
            schema: 1,
        };
        let mut lane = LaneState::new(key, 0, 0, positions[0][0]);
        for (lsn, chunk) in positions.iter().enumerate() {
            let item = |position: &u64| Item {
                index: 0,
                offset: u32::try_from(*position).unwrap(),
                length: 10,
                body: 0,
            };
            lane.push(Chunk {
                lsn: Lsn::new(lsn as u64),
                time: SpoolTime::ZERO,
                base: 0,
                items: chunk.iter().map(item).collect(),
            });
        }
        lane
    }

    #[test]
    fn a_range_keeps_to_its_limits_but_has_one_event() {
        let lane = lane(&[&[3, 5], &[6, 9]]);
        assert_eq!(lane.next_last(100, 100), Some(9));
        assert_eq!(lane.next_last(3, 100), Some(6));
        assert_eq!(lane.next_last(100, 25), Some(5));
        assert_eq!(lane.next_last(100, 1), Some(3));
        assert_eq!(lane.next_last(0, 100), Some(3));
    }

    #[test]
    fn a_part_ends_at_an_event_that_is_held_or_is_none() {
        let lane = lane(&[&[3, 5], &[6, 9]]);
        let count = |last| {
            lane.part(last)
                .map(|parts| parts.iter().map(|chunk| chunk.items.len()).sum::<usize>())
        };
        assert_eq!(count(6), Some(3));
        assert_eq!(count(9), Some(4));
        assert_eq!(count(7), None);
        assert_eq!(count(10), None);
    }

    #[test]
    fn delivery_moves_the_frontier_to_the_successor_of_the_last() {
        let mut lane = lane(&[&[3, 5], &[6, 9]]);
        assert_eq!(
            lane.deliver(5),
            Delivered {
                events: 2,
                bytes: 20,
                frames: vec![Lsn::new(0)]
            }
        );
        assert_eq!((lane.frontier, lane.events, lane.bytes), (6, 2, 20));
        assert_eq!(
            lane.deliver(6),
            Delivered {
                events: 1,
                bytes: 10,
                frames: Vec::new()
            }
        );
        assert_eq!((lane.frontier, lane.next_last(9, 99)), (7, Some(9)));
    }
}
