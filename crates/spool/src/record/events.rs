//! `Events`: one accepted batch, with a stored body per event and distinct transform set.
//! It must not know what a body's bytes mean, nor how a route was decided.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

mod layout;

use crate::{ContentProof, GenerationId, Hour, PartitionId, Position, Sequence, SourceId, SpoolTime};

/// One accepted batch: the unit that is acknowledged. It may hold no events at all, when it only counts.
///
/// What many events share stands in tables and is named by its index. [`Events::iter`] joins events with their
/// positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// The partition that numbers these events.
    pub partition: PartitionId,
    /// The position of the first event; without events, the position that the next one will have.
    pub first: Position,
    /// Where the batch came from.
    pub source: SourceId,
    /// Its place there.
    pub sequence: Sequence,
    /// The UTC hour in which the batch was queued, stamped at admission.
    pub hour: Hour,
    /// The spool time of the admission, where it is not the time of this frame: in copies and in events issued again.
    pub admitted: Option<SpoolTime>,
    /// What this batch adds to each workspace's counts; empty in copies and in events issued again.
    pub counts: Vec<WorkspaceCounts>,
    /// The generations that `routings` name; at most 65,535.
    pub generations: Vec<GenerationId>,
    /// The event types that `events` name; at most 65,535.
    pub event_types: Vec<Arc<str>>,
    /// The distinct sets of routes that `events` name; at most 65,535.
    pub routings: Vec<Vec<Route>>,
    /// Empty where the events' positions follow one another; else each event's distance from `first`, ascending.
    pub offsets: Vec<u32>,
    /// The events, in order of position; at most 4,294,967,295.
    pub events: Vec<StoredEvent>,
    /// The bytes of the source that were consumed with this batch and before it, where the reader proves them.
    pub proof: Option<Box<ContentProof>>,
}

/// What a batch adds to the counts of one workspace: `received = accepted + duplicate + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkspaceCounts {
    /// The workspace; empty for lines that name none or an unknown one.
    pub workspace: Arc<str>,
    /// Lines read.
    pub received: u64,
    /// Lines that became events.
    pub accepted: u64,
    /// Lines that had been taken before.
    pub duplicate: u64,
    /// Lines refused.
    pub rejected: u64,
}

/// One connector that takes an event, and the body that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// Index into [`Events::generations`].
    pub generation: u16,
    /// Which of the event's bodies: 0 for [`StoredEvent::body`], from 1 on for [`StoredEvent::others`].
    pub body: u8,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Index into [`Events::event_types`].
    pub event_type: u16,
    /// The id of the schema that the bodies follow.
    pub schema: u32,
    /// Index into [`Events::routings`].
    pub routing: u16,
    /// The first body; for all routes where no transform tells them apart.
    pub body: Body,
    /// The bodies of further transform sets, at most 254; empty for most events.
    pub others: Vec<Body>,
}

/// The bytes of an event in one encoding. Read from a log, they share the memory of their frame.
///
/// They belong to a customer's users: the `Debug` text tells how many they are, and no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// How to read the bytes.
    pub encoding: Encoding,
    /// The bytes.
    pub bytes: Bytes,
}

/// How a stored body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// The Avro datum of the event's schema.
    Avro,
    /// JSON text.
    Json,
}

impl Events {
    /// The events with their positions, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Position, &StoredEvent)> {
        self.events
            .iter()
            .enumerate()
            .map(|(index, event)| (self.position(index), event))
    }

    /// The position after the last event's; `first` where there are none.
    #[must_use]
    pub fn end(&self) -> Position {
        match self.events.len().checked_sub(1) {
            Some(last) => self.position(last).saturating_add(1),
            None => self.first,
        }
    }

    /// The routes of one of these events; none where the index is not in the table.
    #[must_use]
    pub fn routes(&self, event: &StoredEvent) -> &[Route] {
        self.routings
            .get(usize::from(event.routing))
            .map_or(&[], Vec::as_slice)
    }

    /// The UTC hour in which one of these events was queued.
    #[must_use]
    pub fn hour_of(&self, _event: &StoredEvent) -> Hour {
        // A batch is admitted in one hour; a log that is filled by others may hold batches over several.
        self.hour
    }

    fn position(&self, index: usize) -> Position {
        let offset = self
            .offsets
            .get(index)
            .map_or(index as u64, |offset| u64::from(*offset));
        self.first.saturating_add(offset)
    }
}

impl StoredEvent {
    /// The body that a route names.
    #[must_use]
    pub fn body_of(&self, route: Route) -> Option<&Body> {
        match usize::from(route.body).checked_sub(1) {
            None => Some(&self.body),
            Some(other) => self.others.get(other),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.encoding, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_events_content_is_not_in_its_debug_text() {
        let body = Body {
            encoding: Encoding::Json,
            bytes: Bytes::from_static(b"canary"),
        };
        let event = StoredEvent {
            event_type: 0,
            schema: 1,
            routing: 0,
            body: body.clone(),
            others: vec![body],
        };
        let text = format!("{event:?} {event:#?}");
        assert!(text.contains("Json(6 bytes)"), "{text}");
        assert!(
            !text.contains("canary") && !text.contains("99, 97, 110"),
            "{text}"
        );
    }
}
