//! The identity of one event's values: 128 bits, so that a comparison of many millions stays in memory.

use std::collections::HashMap;

use bucketline_format::{EventType, Schema};
use sha2::{Digest as _, Sha256};

/// A hash of an event's type and values, as its newest schema encodes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Values(u128);

/// How often an event has to be there, and how often it was found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(super) expected: u32,
    pub(super) found: u32,
}

/// The events of one connector as a multiset.
pub(crate) type Multiset = HashMap<Values, Tally>;

impl Values {
    /// Of a datum of the newest schema of its type.
    pub(super) fn of(event_type: &EventType, datum: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update((event_type.as_str().len() as u64).to_le_bytes());
        hash.update(event_type.as_str());
        hash.update(datum);
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Self(u128::from_le_bytes(bytes))
    }
}

/// The event's own id, for people to look it up by.
pub(super) fn id(schema: &Schema, datum: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Event {
        id: String,
    }
    schema
        .decode_event(datum)
        .ok()
        .and_then(|json| serde_json::from_str::<Event>(&json).ok())
        .map_or_else(|| "?".to_owned(), |event| event.id)
}
