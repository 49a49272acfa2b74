//! From a range of a lane to the bytes of its object: positions and stored bodies in, bytes and digest out. Knows no clock, no
//! randomness and no configuration, so that every attempt, also of a later run, builds the same.

use std::sync::Arc;

use bucketline_format::{Encoder, Schema};
use bucketline_sink::Payload;
use bucketline_spool::{Events, Lsn, Position, Route};
use bytes::{Bytes, BytesMut};

use crate::digest::{EventDigest, sync_marker};
use crate::engine::AttemptId;
use crate::error::{Error, ErrorKind};
use crate::lane::Chunk;
use crate::metadata::Contents;
use crate::reconcile::Expected;

/// An object to be built. Frames that are not in memory have to be [supplied](Self::supply) before it is [run](Self::run).
#[derive(Debug)]
pub struct BuildJob {
    pub(crate) attempt: AttemptId,
    pub(crate) schema: Schema,
    /// The one that its seal names, or will.
    pub(crate) encoder: &'static dyn Encoder,
    /// Whether the bodies are from before this start, and the schema's file may have been changed since.
    pub(crate) recheck: bool,
    pub(crate) lane_tag: [u8; 16],
    pub(crate) first: Position,
    pub(crate) parts: Vec<Part>,
}

/// The events of one frame.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) chunk: Chunk,
    pub(crate) bodies: Bodies,
}

/// Where the bodies of a part are.
#[derive(Debug)]
pub(crate) enum Bodies {
    /// In a batch that is still in memory.
    Held(Arc<Events>),
    /// In the log.
    Missing,
    /// Read back: copied out of their frame, so that a few events do not keep all of it in memory.
    Read(Vec<Bytes>),
}

/// An object as it was built.
#[derive(Debug, Clone)]
pub struct Built {
    pub(crate) payload: Payload,
    pub(crate) encoder: &'static dyn Encoder,
    pub(crate) expected: Expected,
}

impl BuildJob {
    /// The attempt that it belongs to.
    pub fn attempt(&self) -> AttemptId {
        self.attempt
    }

    /// The frames to be read back from the log.
    pub fn missing(&self) -> Vec<Lsn> {
        let missing = |part: &&Part| matches!(part.bodies, Bodies::Missing);
        self.parts
            .iter()
            .filter(missing)
            .map(|part| part.chunk.lsn)
            .collect()
    }

    /// Takes what it needs of a frame that was read back.
    ///
    /// # Errors
    ///
    /// `Contradiction` if the frame does not hold what it held before.
    pub fn supply(&mut self, lsn: Lsn, events: &Events) -> Result<(), Error> {
        for part in self.parts.iter_mut().filter(|part| part.chunk.lsn == lsn) {
            let bodies = bodies(&part.chunk, events)?;
            let mut copy = BytesMut::with_capacity(bodies.iter().map(Bytes::len).sum());
            bodies.iter().for_each(|body| copy.extend_from_slice(body));
            let mut copy = copy.freeze();
            part.bodies = Bodies::Read(bodies.iter().map(|body| copy.split_to(body.len())).collect());
        }
        Ok(())
    }

    /// Builds the object. Takes as long as hashing all of it twice: not for an async task.
    ///
    /// # Errors
    ///
    /// `Contradiction` if a frame was not supplied, or does not hold what it held before, or an event cannot be encoded;
    /// `MissingSchema` if the schema is not the one that the events were admitted under.
    pub fn run(self) -> Result<Built, Error> {
        let mut digest = EventDigest::default();
        let mut datums = Vec::new();
        let mut last = self.first;
        for part in &self.parts {
            let bodies = match &part.bodies {
                Bodies::Held(events) => bodies(&part.chunk, events)?,
                Bodies::Read(bodies) => bodies.clone(),
                Bodies::Missing => return Err(gone(part.chunk.lsn)),
            };
            for (item, body) in part.chunk.items.iter().zip(bodies) {
                if self.recheck && self.schema.validate(&body).is_err() {
                    return Err(changed(&self.schema));
                }
                last = part.chunk.position(*item);
                digest.event(last, &body);
                datums.push(body);
            }
        }
        let digest = digest.finish();
        let marker = sync_marker(&digest);
        let bytes: Vec<&[u8]> = datums.iter().map(|datum| &**datum).collect();
        let chunks = self.encoder.encode(self.schema.record(), marker, &bytes);
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
        Ok(Built {
            payload,
            encoder: self.encoder,
            expected,
        })
    }
}

impl Built {
    /// Whether an object, read whole, holds the same events in the same order; its bytes may differ.
    pub fn same_events(&self, object: &[u8]) -> bool {
        let ours = self.payload.to_bytes();
        *ours == *object || self.encoder.same_events(&ours, object)
    }
}

fn bodies(chunk: &Chunk, events: &Events) -> Result<Vec<Bytes>, Error> {
    let body = |item: &crate::lane::Item| {
        let event = events.events.get(usize::try_from(item.index).ok()?)?;
        let body = event.body_of(Route {
            generation: 0,
            body: item.body,
        })?;
        (body.bytes.len() as u64 == u64::from(item.length)).then(|| body.bytes.clone())
    };
    let bodies: Option<Vec<Bytes>> = chunk.items.iter().map(body).collect();
    bodies.ok_or_else(|| gone(chunk.lsn))
}

fn changed(schema: &Schema) -> Error {
    Error::new(
        ErrorKind::MissingSchema,
        format!(
            "schema {} of `{}` is not the one that held events were admitted under: bring the file back as it was; a \
             change of a schema gets a new id",
            schema.id().get(),
            schema.event_type()
        ),
    )
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
