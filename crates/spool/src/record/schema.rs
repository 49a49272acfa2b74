//! `Schema`: what the bodies of an event type mean under one schema id, for ever.

use crate::wire::wire_fields;

/// The text of a schema, before the first event that is stored with it. Objects are built with this text, whatever a file of
/// the same id holds later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The event type.
    pub event_type: String,
    /// The schema's id.
    pub schema: u32,
    /// What tells two schemas apart whose texts may differ in nothing that matters: SHA-256 of names, order, types and
    /// defaults in a canonical form.
    pub fingerprint: [u8; 32],
    /// The schema as it was read.
    pub text: String,
}

wire_fields!(Schema {
    event_type: String,
    schema: u32,
    fingerprint: [u8; 32],
    text: String,
});
