//! How `Events` lie in a frame, and which of them cannot.
//!
//! The body begins with partition, first position and the distance to the position after the last, so that recovery
//! can tell what a gap may have held. An event takes 14 bytes and its bodies; these share the frame's memory when
//! they are read.

use crate::wire::{Fields, Malformed, NEVER, Put, Take, Wire, wire_choice, wire_fields, wire_fixed};
use crate::{PartitionId, Position, SourceId};

use super::{Body, Encoding, Events, Route, StoredEvent, WorkspaceCounts};

const EVENT_OVERHEAD: usize = 14;

impl Fields for Events {
    const LEAST_FIELDS: usize = 20;

    fn put_fields(&self, out: &mut Put<'_>) {
        let bodies: usize = self.events.iter().map(StoredEvent::size).sum();
        out.reserve(bodies + self.events.len() * EVENT_OVERHEAD);
        self.partition.put(out);
        self.first.put(out);
        self.end().saturating_sub(self.first).put(out);
        self.source.put(out);
        self.sequence.put(out);
        self.hour.put(out);
        self.admitted.put(out);
        self.counts.put(out);
        self.generations.put(out);
        self.event_types.put(out);
        self.routings.put(out);
        self.offsets.put(out);
        self.events.put(out);
        self.proof.put(out);
    }

    fn take_fields(input: &mut Take<'_>) -> Result<Self, Malformed> {
        let partition = PartitionId::take(input)?;
        let first = Position::take(input)?;
        let span = u64::take(input)?;
        let events = Self {
            partition,
            first,
            source: SourceId::take(input)?,
            sequence: Wire::take(input)?,
            hour: Wire::take(input)?,
            admitted: Wire::take(input)?,
            counts: Wire::take(input)?,
            generations: Wire::take(input)?,
            event_types: Wire::take(input)?,
            routings: Wire::take(input)?,
            offsets: Wire::take(input)?,
            events: Wire::take(input)?,
            proof: input.later(NEVER, None)?,
        };
        if let Some(fault) = events.fault() {
            return Err(Malformed(fault));
        }
        if events.end() - first != span {
            return Err(Malformed("the events do not fill their positions"));
        }
        Ok(events)
    }
}

impl Wire for StoredEvent {
    const LEAST: usize = EVENT_OVERHEAD;

    fn put(&self, out: &mut Put<'_>) {
        self.event_type.put(out);
        self.schema.put(out);
        self.routing.put(out);
        out.short_count(self.others.len());
        self.body.put(out);
        for body in &self.others {
            body.put(out);
        }
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        let event_type = u16::take(input)?;
        let schema = u32::take(input)?;
        let routing = u16::take(input)?;
        let others = u8::take(input)?;
        Ok(Self {
            event_type,
            schema,
            routing,
            body: Body::take(input)?,
            others: (0..others).map(|_| Body::take(input)).collect::<Result<_, _>>()?,
        })
    }
}

impl Wire for Body {
    const LEAST: usize = 5;

    fn put(&self, out: &mut Put<'_>) {
        self.encoding.put(out);
        out.bytes(&self.bytes);
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            encoding: Encoding::take(input)?,
            bytes: input.shared()?,
        })
    }
}

wire_choice!(Encoding {
    Avro = 1,
    Json = 2,
});

wire_fixed!(Route {
    generation: u16,
    body: u8,
});

wire_fields!(WorkspaceCounts {
    workspace: std::sync::Arc<str>,
    received: u64,
    accepted: u64,
    duplicate: u64,
    rejected: u64,
});

impl StoredEvent {
    fn size(&self) -> usize {
        self.body.bytes.len()
            + self
                .others
                .iter()
                .map(|body| body.bytes.len() + Body::LEAST)
                .sum::<usize>()
    }
}

impl Events {
    /// What keeps this batch from being read again with the same meaning.
    pub(in crate::record) fn fault(&self) -> Option<&'static str> {
        let tables = [
            self.generations.len(),
            self.event_types.len(),
            self.routings.len(),
        ];
        if tables.iter().any(|length| *length > usize::from(u16::MAX)) {
            return Some("a table of a batch has more than 65,535 entries");
        }
        if !self.offsets.is_empty() && self.offsets.len() != self.events.len() {
            return Some("a batch has positions for some of its events alone");
        }
        if !self.offsets.is_sorted_by(|earlier, later| earlier < later) {
            return Some("the positions of a batch do not ascend");
        }
        let last = self
            .offsets
            .last()
            .map_or(self.events.len() as u64, |offset| u64::from(*offset) + 1);
        if self.first.checked_add(last).is_none() {
            return Some("the positions of a batch do not fit 64 bits");
        }
        let generations = self.generations.len();
        if self
            .routings
            .iter()
            .flatten()
            .any(|route| usize::from(route.generation) >= generations)
        {
            return Some("a route names a generation that is not in its table");
        }
        // The highest body that each set of routes asks for.
        let bodies: Vec<u8> = self
            .routings
            .iter()
            .map(|set| set.iter().map(|r| r.body).max().unwrap_or(0))
            .collect();
        self.events.iter().find_map(|event| {
            if usize::from(event.event_type) >= self.event_types.len() {
                return Some("an event names a type that is not in its table");
            }
            match bodies.get(usize::from(event.routing)) {
                None => Some("an event names routes that are not in their table"),
                Some(body) if usize::from(*body) > event.others.len() => {
                    Some("a route names a body that is not there")
                }
                Some(_) if event.others.len() >= usize::from(u8::MAX) => {
                    Some("an event has more than 255 bodies")
                }
                Some(_) => None,
            }
        })
    }
}
