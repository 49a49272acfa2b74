//! A lane as the log tells it: a queue of positions, its frontier, and at most one unsettled seal. Knows neither time nor
//! stores.

use std::collections::{HashMap, VecDeque};

use bucketline_spool::{Drop, GenerationId, HeldRun, Lane, Lsn, Position, Seal, SpoolTime};

use super::held_batch::{Place, Share};
use crate::backoff::mix;

/// A lane of a fold: never used again once it is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LaneId(pub(crate) usize);

/// The state of one lane.
#[derive(Debug)]
pub(crate) struct LaneState {
    pub(crate) key: Lane,
    /// The generation that its events were accepted under, as their batches name it.
    stored_under: GenerationId,
    /// A number that is the same wherever this lane is folded: what spreads its moments among those of the others.
    pub(crate) seed: u64,
    /// The generation's place in the fold.
    pub(crate) generation: usize,
    /// The connector's place in the fold.
    pub(crate) connector: usize,
    /// The first position of the next object's range: that of the first event ever admitted, then the successor of the last of
    /// each object. Restarts and drops never move it.
    pub(crate) frontier: Position,
    /// What is held, in order of position; includes what the unsettled seal covers.
    runs: VecDeque<Run>,
    /// Events held.
    pub(crate) events: u64,
    /// Stored bytes of the events held. Where an object ended within a batch, what is left of that batch counts in proportion: the
    /// lengths of single events are not kept.
    pub(crate) bytes: u64,
    /// When the oldest event held was admitted.
    pub(crate) oldest: Option<SpoolTime>,
    /// The seal whose object is not known to exist yet.
    pub(crate) seal: Option<Sealed>,
    /// What was given up though an object may hold it, until that is known. Nothing is sealed meanwhile: the next object would have the
    /// same key.
    pub(crate) in_doubt: Option<InDoubt>,
    /// Events up to here were in an attempt of unknown outcome that did not become their object.
    pub(crate) unknown_through: Option<Position>,
}

/// A seal without a commit, and what is known of its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) seal: Seal,
    /// Whether an attempt at it may have taken effect without our knowing, or may yet: an unanswered one makes it so for good, and so
    /// does a restart.
    pub(crate) unknown: bool,
    /// When it was last tried, in this run.
    pub(crate) tried: Option<SpoolTime>,
}

impl Sealed {
    /// A seal that is new: nothing was tried.
    pub(crate) fn new(seal: Seal) -> Self {
        Self {
            seal,
            unknown: false,
            tried: None,
        }
    }
}

/// A seal that was given up, and whose object may exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InDoubt {
    pub(crate) drop: Drop,
    /// When its seal was last tried, in this run.
    pub(crate) tried: Option<SpoolTime>,
}

/// The events of one frame that belong to one lane: how many, but not which. That is read again when an object is built, so that
/// what is held costs memory by the frame and not by the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// The frame.
    pub(crate) frame: Lsn,
    /// Nothing before this position is held any more. That of the first event, until an object ends within the run.
    pub(crate) first: Position,
    /// The distance to the position of its last event.
    span: u32,
    /// How many events.
    pub(crate) count: u32,
    /// Their stored bytes.
    bytes: u32,
    /// Where they stand in the frame.
    pub(crate) place: Place,
}

impl Run {
    /// A lane's share of a frame.
    pub(crate) fn new(frame: Lsn, share: Share) -> Self {
        let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            frame,
            first: share.first,
            span: narrow(share.last.saturating_sub(share.first)),
            count: share.count,
            bytes: narrow(share.bytes),
            place: share.place,
        }
    }

    /// The stored bytes of its events.
    pub(crate) fn bytes(&self) -> u32 {
        self.bytes
    }

    /// As a carry tells it.
    pub(crate) fn to_carry(self) -> HeldRun {
        let (group, body) = match self.place {
            Place::Group { group, body } => (Some(group), body),
            Place::Several => (None, 0),
        };
        HeldRun {
            frame: self.frame,
            first: self.first,
            last: self.last(),
            count: self.count,
            bytes: self.bytes,
            group,
            body,
        }
    }

    /// As a carry has told it.
    pub(crate) fn from_carry(held: &HeldRun) -> Self {
        let body = held.body;
        let place = held.group.map(|group| Place::Group { group, body });
        Self::new(
            held.frame,
            Share {
                place: place.unwrap_or(Place::Several),
                first: held.first,
                last: held.last,
                count: held.count,
                bytes: u64::from(held.bytes),
            },
        )
    }

    /// The position of its last event.
    pub(crate) fn last(&self) -> Position {
        self.first.saturating_add(u64::from(self.span))
    }

    /// Whether its positions follow one another without gaps.
    fn is_dense(&self) -> bool {
        u64::from(self.count) == u64::from(self.span) + 1
    }

    /// Splits off what stands up to `last`, which lies within it, before its last event. `count` is how many those are, where that is
    /// known; a dense run knows it by itself. Nothing if that cannot be.
    fn split_to(&mut self, last: Position, count: Option<u64>) -> Option<Self> {
        let span = u32::try_from(last.checked_sub(self.first)?).ok()?;
        let dense = self.is_dense().then(|| u64::from(span) + 1);
        let taken = match (dense, count) {
            (Some(dense), Some(count)) if dense != count => return None,
            (Some(count), _) | (None, Some(count)) => u32::try_from(count).ok()?,
            (None, None) => return None,
        };
        if taken == 0 || taken >= self.count || span >= self.span {
            return None;
        }
        let bytes = u64::from(self.bytes) * u64::from(taken) / u64::from(self.count);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let front = Self {
            span,
            count: taken,
            bytes,
            ..*self
        };
        self.first = last.saturating_add(1);
        self.span -= span + 1;
        self.count -= taken;
        self.bytes -= bytes;
        Some(front)
    }
}

impl LaneState {
    /// An empty lane whose first event will have this position.
    pub(crate) fn new(key: Lane, generation: usize, connector: usize, first: Position) -> Self {
        Self {
            seed: seed_of(&key),
            stored_under: key.generation,
            key,
            generation,
            connector,
            frontier: first,
            runs: VecDeque::new(),
            events: 0,
            bytes: 0,
            oldest: None,
            seal: None,
            in_doubt: None,
            unknown_through: None,
        }
    }

    /// The lane's key, as the batches of its events name it.
    pub(crate) fn stored_key(&self) -> Lane {
        Lane {
            generation: self.stored_under,
            ..self.key.clone()
        }
    }

    /// The seal whose object may exist without our knowing: it stands, or was given up.
    pub(crate) fn open_seal(&self) -> Option<&Seal> {
        let given_up = self.in_doubt.as_ref().and_then(|doubt| doubt.drop.seal.as_ref());
        self.seal.as_ref().map(|sealed| &sealed.seal).or(given_up)
    }

    /// Whether it holds nothing, and nothing of it is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.events == 0 && self.seal.is_none() && self.in_doubt.is_none()
    }

    /// The position of the last event held.
    pub(crate) fn last(&self) -> Option<Position> {
        self.runs.back().map(Run::last)
    }

    /// Belongs to another generation from now on; what it holds, and its frontier, stay as they are.
    pub(crate) fn retarget(&mut self, generation: GenerationId, place: usize) {
        self.key.generation = generation;
        self.generation = place;
    }

    /// An empty lane whose events name another generation than it has now.
    pub(crate) fn stored_under(mut self, generation: GenerationId) -> Self {
        self.stored_under = generation;
        self
    }

    /// What is held, in order of position.
    pub(crate) fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter()
    }

    /// Frames have other places now.
    pub(crate) fn relocate(&mut self, places: &HashMap<Lsn, Lsn>) {
        for run in &mut self.runs {
            if let Some(to) = places.get(&run.frame) {
                run.frame = *to;
            }
        }
    }

    /// Adds events at the end, admitted at a time.
    pub(crate) fn push(&mut self, run: Run, admitted: SpoolTime) {
        self.events += u64::from(run.count);
        self.bytes += u64::from(run.bytes);
        self.oldest.get_or_insert(admitted);
        self.runs.push_back(run);
    }

    /// The runs from the front on that hold the next `count` events or `bytes`, or all that there is.
    pub(crate) fn front(&self, count: u64, bytes: u64) -> Vec<Run> {
        let (mut taken, mut size) = (0, 0);
        self.runs
            .iter()
            .take_while(|run| {
                let wanted = taken == 0 || (taken < count && size < bytes);
                taken += u64::from(run.count);
                size += u64::from(run.bytes);
                wanted
            })
            .copied()
            .collect()
    }

    /// The runs that hold the events up to `last`, if all of those that were ever admitted since the frontier are held.
    pub(crate) fn up_to(&self, last: Position) -> Option<Vec<Run>> {
        let runs: Vec<Run> = self
            .runs
            .iter()
            .take_while(|run| run.first <= last)
            .copied()
            .collect();
        runs.last().is_some_and(|run| last <= run.last()).then_some(runs)
    }

    /// Takes out the events up to `last`: `count` of them, where that is known. Nothing if they are not as many, or if that cannot be told.
    pub(crate) fn remove_to(&mut self, last: Position, count: Option<u64>) -> Option<Removed> {
        let mut removed = Removed::default();
        while let Some(run) = self.runs.front_mut() {
            if run.first > last {
                break;
            }
            let part = if run.last() <= last {
                let run = *run;
                self.runs.pop_front();
                if self.front_frame() != Some(run.frame) {
                    removed.frames.push(run.frame);
                }
                run
            } else {
                let rest = match count {
                    Some(count) => Some(count.checked_sub(removed.events)?),
                    None => None,
                };
                run.split_to(last, rest)?
            };
            removed.events += u64::from(part.count);
            removed.bytes += u64::from(part.bytes);
        }
        if count.is_some_and(|count| count != removed.events) {
            return None;
        }
        self.events = self.events.saturating_sub(removed.events);
        self.bytes = self.bytes.saturating_sub(removed.bytes);
        Some(removed)
    }

    /// Takes out the shares between two positions, of which there are `count` events, where that is known: what came after them may have
    /// been on its way. Nothing if they are not as many, or if a share stands across an end.
    pub(crate) fn remove_between(
        &mut self,
        first: Position,
        last: Position,
        count: Option<u64>,
    ) -> Option<Removed> {
        let begin = self.runs.partition_point(|run| run.last() < first);
        let end = self.runs.partition_point(|run| run.first <= last);
        let mut removed = Removed::default();
        for run in self.runs.range(begin..end.max(begin)) {
            if run.first < first || run.last() > last {
                return None;
            }
            removed.events += u64::from(run.count);
            removed.bytes += u64::from(run.bytes);
            if removed.frames.last() != Some(&run.frame) {
                removed.frames.push(run.frame);
            }
        }
        if count.is_some_and(|count| count != removed.events) {
            return None;
        }
        self.runs.drain(begin..end.max(begin));
        // A frame of which another share stands beside what went is needed on.
        let beside = [begin.checked_sub(1), Some(begin)].map(|place| Some(self.runs.get(place?)?.frame));
        removed.frames.retain(|frame| !beside.contains(&Some(*frame)));
        self.events = self.events.saturating_sub(removed.events);
        self.bytes = self.bytes.saturating_sub(removed.bytes);
        Some(removed)
    }

    /// What would go by [`remove_to`](Self::remove_to): how many events and bytes, and the frames of the oldest and the newest.
    pub(crate) fn measure_to(&self, last: Position, count: Option<u64>) -> Option<Measured> {
        let (mut events, mut bytes) = (0, 0);
        let mut frames = None;
        for run in self.runs.iter().take_while(|run| run.first <= last) {
            let part = if run.last() <= last {
                *run
            } else {
                let rest = match count {
                    Some(count) => Some(count.checked_sub(events)?),
                    None => None,
                };
                let mut run = *run;
                run.split_to(last, rest)?
            };
            events += u64::from(part.count);
            bytes += u64::from(part.bytes);
            let (oldest, _) = frames.unwrap_or((part.frame, part.frame));
            frames = Some((oldest, part.frame));
        }
        let (oldest, newest) = frames?;
        Some(Measured {
            events,
            bytes,
            oldest,
            newest,
        })
    }

    /// Moves the frontier past the last position of an object.
    pub(crate) fn advance(&mut self, last: Position) {
        self.frontier = last.saturating_add(1);
    }

    /// A share by its place, counted from the newest or from the oldest.
    pub(crate) fn share_from_end(&self, place: usize, newest: bool) -> Option<&Run> {
        if newest {
            self.runs.get(self.runs.len().checked_sub(place + 1)?)
        } else {
            self.runs.get(place)
        }
    }

    /// The share that came last.
    pub(crate) fn newest(&self) -> Option<&Run> {
        self.runs.back()
    }

    /// The frame of the oldest event held.
    pub(crate) fn front_frame(&self) -> Option<Lsn> {
        self.runs.front().map(|run| run.frame)
    }

    /// Whether the event at the front was in an attempt of unknown outcome.
    pub(crate) fn front_is_unknown(&self) -> bool {
        if bent!(AdoptionEndsTheDoubt) {
            return false;
        }
        let front = self.runs.front().map(|run| run.first);
        front
            .zip(self.unknown_through)
            .is_some_and(|(front, through)| front <= through)
    }
}

fn seed_of(key: &Lane) -> u64 {
    let numbers = [key.partition.get(), key.hour.get(), key.schema];
    let bytes = key.generation.as_bytes().iter().chain(key.event_type.as_bytes());
    let seed = numbers
        .iter()
        .fold(0, |seed, number| mix(seed ^ u64::from(*number)));
    bytes.fold(seed, |seed, byte| mix(seed ^ u64::from(*byte)))
}

/// What stands at the front of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    /// The frame of the oldest of them.
    pub(crate) oldest: Lsn,
    /// The frame of the newest of them.
    pub(crate) newest: Lsn,
}

/// What left a lane.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Removed {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    /// The frames that no event of this lane lies in any more.
    pub(crate) frames: Vec<Lsn>,
}

#[cfg(test)]
mod tests;
