//! From a range of a lane to the bytes of its object: positions and stored bodies in, bytes and digest out. Knows no clock, no
//! randomness and no configuration, so that every attempt, also of a later run, builds the same.

use std::sync::Arc;

use bucketline_format::{Encoder, Schema};
use bucketline_sink::Payload;
use bucketline_spool::{Lane, Lsn, Position};
use bytes::{Bytes, BytesMut};

use crate::digest::{EventDigest, sync_marker};
use crate::error::{Error, ErrorKind};
use crate::metadata::Contents;
use crate::reconcile::Expected;
use crate::shard::HeldBatch;
use crate::shard::Run;
use crate::tickets::{AttemptId, ShardId};

/// An object to be built. Frames that are not in memory have to be [supplied](Self::supply) before it is [run](Self::run).
#[derive(Debug)]
pub struct BuildJob {
    pub(crate) shard: ShardId,
    pub(crate) attempt: AttemptId,
    pub(crate) schema: Schema,
    /// The one that its seal names, or will.
    pub(crate) encoder: &'static dyn Encoder,
    pub(crate) lane: Lane,
    pub(crate) lane_tag: [u8; 16],
    pub(crate) first: Position,
    pub(crate) limit: Limit,
    pub(crate) parts: Vec<Part>,
}

/// Where an object ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// At the event of this position: it was sealed, or found in the store.
    Exactly(Position),
    /// Where it would grow beyond these, though after one event at least.
    Within { count: u64, bytes: u64 },
}

/// The events of one frame.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) run: Run,
    pub(crate) events: PartEvents,
}

/// Where the events of a part are.
#[derive(Debug)]
pub(crate) enum PartEvents {
    /// In a batch that is still in memory.
    Held(Arc<HeldBatch>),
    /// In the log.
    Missing,
    /// Read back: copied out of their frame, so that a few events do not keep all of it in memory.
    Read(Vec<(Position, Bytes)>),
}

/// An object as it was built.
#[derive(Debug, Clone)]
pub struct Built {
    pub(crate) payload: Payload,
    pub(crate) encoder: &'static dyn Encoder,
    pub(crate) expected: Expected,
}

impl BuildJob {
    /// The shard that it is for.
    pub fn shard(&self) -> ShardId {
        self.shard
    }

    /// The attempt that it belongs to.
    pub fn attempt(&self) -> AttemptId {
        self.attempt
    }

    /// The frames to be read back from the log.
    pub fn missing(&self) -> Vec<Lsn> {
        let missing = |part: &&Part| matches!(part.events, PartEvents::Missing);
        self.parts
            .iter()
            .filter(missing)
            .map(|part| part.run.frame)
            .collect()
    }

    /// Takes what it needs of a frame that was read back.
    ///
    /// # Errors
    ///
    /// `Contradiction` if the frame does not hold what it held before.
    pub fn supply(&mut self, lsn: Lsn, batch: &HeldBatch) -> Result<(), Error> {
        for part in self.parts.iter_mut().filter(|part| part.run.frame == lsn) {
            let events = events_of(&self.lane, &part.run, batch)?;
            let mut copy = BytesMut::with_capacity(events.iter().map(|(_, body)| body.len()).sum());
            events.iter().for_each(|(_, body)| copy.extend_from_slice(body));
            let mut copy = copy.freeze();
            let owned = events
                .iter()
                .map(|(position, body)| (*position, copy.split_to(body.len())));
            part.events = PartEvents::Read(owned.collect());
        }
        Ok(())
    }

    /// Builds the object; `None` if it has to end at a position where no event is held. Takes as long as hashing all of it twice: not
    /// for an async task.
    ///
    /// # Errors
    ///
    /// `Contradiction` if a frame was not supplied, or does not hold what it held before, or an event cannot be encoded.
    pub fn run(self) -> Result<Option<Built>, Error> {
        let mut range = Range::new(self.limit, self.first);
        for part in &self.parts {
            match &part.events {
                PartEvents::Held(batch) => range.extend(events_of(&self.lane, &part.run, batch)?),
                PartEvents::Read(events) => {
                    range.extend(events.iter().map(|(position, body)| (*position, &**body)));
                }
                PartEvents::Missing => return Err(gone(part.run.frame)),
            }
        }
        let Some((last, datums)) = range.finish() else {
            return Ok(None);
        };
        let mut digest = EventDigest::default();
        for (position, datum) in &datums {
            digest.event(*position, datum);
        }
        let datums: Vec<&[u8]> = datums.into_iter().map(|(_, datum)| datum).collect();
        let digest = digest.finish();
        let marker = sync_marker(&digest);
        let chunks = self.encoder.encode(self.schema.record(), marker, &datums);
        let payload = Payload::from(chunks.map_err(|error| unencodable(&self.schema, &error))?);
        let contents = Contents {
            lane: self.lane_tag,
            first: self.first,
            last,
            count: datums.len() as u64,
            digest,
        };
        let expected = Expected {
            contents,
            size: payload.len(),
            checksum: payload.checksum(),
        };
        Ok(Some(Built {
            payload,
            encoder: self.encoder,
            expected,
        }))
    }
}

impl Built {
    /// Whether an object, read whole, holds the same events in the same order; its bytes may differ.
    pub fn same_events(&self, object: &[u8]) -> bool {
        let ours = self.payload.to_bytes();
        *ours == *object || self.encoder.same_events(&ours, object)
    }
}

/// A position, and the body that stands there.
type Event<'a> = (Position, &'a [u8]);

/// Events in order, up to where the object ends.
struct Range<'a> {
    limit: Limit,
    bytes: u64,
    last: Position,
    ended: bool,
    events: Vec<Event<'a>>,
}

impl<'a> Range<'a> {
    fn new(limit: Limit, first: Position) -> Self {
        Self {
            limit,
            bytes: 0,
            last: first,
            ended: false,
            events: Vec::new(),
        }
    }

    fn extend(&mut self, events: impl IntoIterator<Item = Event<'a>>) {
        for (position, body) in events {
            self.bytes += body.len() as u64;
            self.ended |= match self.limit {
                Limit::Exactly(last) => position > last,
                Limit::Within { count, bytes } => {
                    !self.events.is_empty() && (self.events.len() as u64 >= count || self.bytes > bytes)
                }
            };
            if self.ended {
                return;
            }
            self.last = position;
            self.events.push((position, body));
        }
    }

    /// The last position and all events; nothing if they do not end where they have to.
    fn finish(self) -> Option<(Position, Vec<Event<'a>>)> {
        let whole = match self.limit {
            Limit::Exactly(last) => self.last == last,
            Limit::Within { .. } => true,
        };
        (whole && !self.events.is_empty()).then_some((self.last, self.events))
    }
}

/// The events of a run, which have to be as many as it says.
fn events_of<'a>(lane: &Lane, run: &Run, batch: &'a HeldBatch) -> Result<Vec<Event<'a>>, Error> {
    let events = batch
        .select(lane, run.place, run.first)
        .ok_or_else(|| gone(run.frame))?;
    let wanted = usize::try_from(run.count).unwrap_or(usize::MAX);
    let last = run.last();
    let events: Vec<Event<'_>> = events
        .into_iter()
        .filter(|(position, _)| *position <= last)
        .map(|(position, body)| (position, &*body.bytes))
        .collect();
    if events.len() == wanted {
        Ok(events)
    } else {
        Err(gone(run.frame))
    }
}

fn unencodable(schema: &Schema, error: &bucketline_format::Error) -> Error {
    Error::new(
        ErrorKind::Contradiction,
        format!(
            "an event of `{}` that was accepted cannot be encoded: {error}; keep the spool and report this",
            schema.event_type()
        ),
    )
}

fn gone(lsn: Lsn) -> Error {
    Error::new(
        ErrorKind::Contradiction,
        format!(
            "the frame at byte {lsn} of the log no longer holds the events it held; keep the spool and report this"
        ),
    )
}
