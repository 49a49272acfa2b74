//! Records for tests: one of every kind, and batches of events.

use std::sync::Arc;

use bucketline_spool::*;
use bytes::Bytes;

/// A partition for tests.
pub(crate) fn partition(number: u32) -> PartitionId {
    PartitionId::new(number).unwrap()
}

/// A lane for tests.
pub(crate) fn lane() -> Lane {
    Lane {
        generation: GenerationId::from_bytes([7; 16]),
        event_type: Arc::from("users.messages.email.Open"),
        partition: partition(1_234_567),
        hour: Hour::new(498_738),
        schema: 42,
    }
}

/// A batch of `count` events of `size` bytes each.
pub(crate) fn batch(first: Position, count: usize, size: usize, end: u64) -> Events {
    let body = |index: usize| Body {
        encoding: Encoding::Avro,
        bytes: Bytes::from(vec![u8::try_from((first as usize + index) % 251).unwrap(); size]),
    };
    Events {
        partition: partition(1_234_567),
        first,
        source: SourceId::from_bytes([9; 16]),
        sequence: Sequence::Offset { end, line: end / 10 },
        hour: Hour::new(498_738),
        admitted: None,
        counts: vec![WorkspaceCounts {
            workspace: Arc::from("acme"),
            received: count as u64 + 1,
            accepted: count as u64,
            duplicate: 0,
            rejected: 1,
        }],
        generations: vec![GenerationId::from_bytes([7; 16])],
        event_types: vec![Arc::from("users.messages.email.Open")],
        routings: vec![vec![Route {
            generation: 0,
            body: 0,
        }]],
        offsets: Vec::new(),
        events: (0..count)
            .map(|index| StoredEvent {
                event_type: 0,
                schema: 42,
                routing: 0,
                body: body(index),
                others: vec![],
            })
            .collect(),
    }
}

/// The rejects of the same batch.
pub(crate) fn rejects(end: u64) -> Rejects {
    Rejects {
        source: SourceId::from_bytes([9; 16]),
        sequence: Sequence::Offset { end, line: end / 10 },
        input: "events.ndjson".to_owned(),
        lines: vec![RejectedLine {
            number: 3,
            offset: 250,
            workspace: Some("acme".to_owned()),
            reason: "unknown_field".to_owned(),
            path: "event.colour".to_owned(),
        }],
    }
}
