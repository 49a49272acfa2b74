//! The schemas that a log has pinned: what the bodies of its events mean, for ever, whatever a file of the same id says later.

use std::collections::HashMap;

use bucketline_format::{EventType, Schema, SchemaId};
use bucketline_spool::Schema as Pin;

use crate::digest::hash32;

/// Schemas by id, which are unique over all event types.
#[derive(Debug, Default)]
pub(crate) struct PinnedSchemas(HashMap<u32, Pinned>);

#[derive(Debug)]
struct Pinned {
    schema: Schema,
    fingerprint: [u8; 32],
}

/// How a schema of the configuration compares with the one that the log has pinned under its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The log knows none yet.
    New,
    /// They are the same.
    Same,
    /// Only their documentation differs.
    OtherText,
    /// The bytes of an event mean something else in each, or they belong to other event types.
    OtherShape,
}

impl PinnedSchemas {
    /// Pins a schema. Nothing if it cannot be read, or another one has its id.
    pub(crate) fn pin(&mut self, pin: &Pin) -> Option<()> {
        let event_type: EventType = pin.event_type.parse().ok()?;
        let schema = Schema::parse(event_type, SchemaId::new(pin.schema)?, &pin.text).ok()?;
        let pinned = Pinned {
            schema,
            fingerprint: pin.fingerprint,
        };
        match self.0.insert(pin.schema, pinned) {
            Some(before) if before.fingerprint != pin.fingerprint => None,
            _ => Some(()),
        }
    }

    /// The records that pin them, by id.
    pub(crate) fn pins(&self) -> Vec<Pin> {
        let mut pins: Vec<Pin> = self.0.values().map(|pinned| pin_of(&pinned.schema)).collect();
        pins.sort_unstable_by_key(|pin| pin.schema);
        pins
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Schema> {
        self.0.get(&id).map(|pinned| &pinned.schema)
    }

    pub(crate) fn compare(&self, schema: &Schema) -> Compared {
        let Some(pinned) = self.0.get(&schema.id().get()) else {
            return Compared::New;
        };
        if pinned.fingerprint != fingerprint(schema) || pinned.schema.event_type() != schema.event_type() {
            Compared::OtherShape
        } else if pinned.schema.text() != schema.text() {
            Compared::OtherText
        } else {
            Compared::Same
        }
    }
}

/// The record that pins a schema.
pub(crate) fn pin_of(schema: &Schema) -> Pin {
    Pin {
        event_type: schema.event_type().as_str().to_owned(),
        schema: schema.id().get(),
        fingerprint: fingerprint(schema),
        text: schema.text().to_owned(),
    }
}

fn fingerprint(schema: &Schema) -> [u8; 32] {
    hash32(schema.record().shape().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &str) -> Schema {
        let text = format!(r#"{{"type":"record","name":"Order","fields":[{fields}]}}"#);
        Schema::parse("shop.Order".parse().unwrap(), 7.try_into().unwrap(), &text).unwrap()
    }

    const PAYER: &str = r#"{"name":"bill_to","type":"string"},{"name":"ship_to","type":"string"}"#;

    #[test]
    fn documentation_is_told_apart_from_meaning() {
        let mut pinned = PinnedSchemas::default();
        assert_eq!(pinned.compare(&schema(PAYER)), Compared::New);
        pinned.pin(&pin_of(&schema(PAYER))).unwrap();
        assert_eq!(pinned.compare(&schema(PAYER)), Compared::Same);
        let documented = PAYER.replace(r#""bill_to","#, r#""bill_to","doc":"who pays","#);
        assert_eq!(pinned.compare(&schema(&documented)), Compared::OtherText);
        let swapped = r#"{"name":"ship_to","type":"string"},{"name":"bill_to","type":"string"}"#;
        let defaulted = r#"{"name":"bill_to","type":["null","string"],"default":null}"#;
        for other in [swapped, defaulted] {
            assert_eq!(pinned.compare(&schema(other)), Compared::OtherShape);
            assert_eq!(pinned.pin(&pin_of(&schema(other))), None, "an id is pinned once");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_pinned() {
        let unreadable = Pin {
            text: "{}".to_owned(),
            ..pin_of(&schema(PAYER))
        };
        assert_eq!(PinnedSchemas::default().pin(&unreadable), None);
    }
}
