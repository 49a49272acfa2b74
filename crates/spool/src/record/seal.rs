//! `Seal`: the boundaries of an object, fixed before any byte of it leaves.

use crate::wire::wire_fields;
use crate::{Lane, Position};

/// The boundaries of an object. With the stored bodies it decides every byte of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The lane that is sealed.
    pub lane: Lane,
    /// The lane's frontier: the first position of the object's range, whether its event is still held or not.
    pub first: Position,
    /// The position of the object's last event.
    pub last: Position,
    /// How many events the object holds.
    pub count: u64,
    /// The object's key.
    pub key: String,
    /// The object's format.
    pub format: String,
    /// The object's codec.
    pub codec: String,
    /// The version of the encoder that builds it; must stay buildable while this seal may be unsettled.
    pub encoder_version: u32,
    /// SHA-256 over, per event in order, position (u64), length (u32), both little-endian, and stored body.
    pub digest: [u8; 32],
}

wire_fields!(Seal {
    lane: Lane,
    first: Position,
    last: Position,
    count: u64,
    key: String,
    format: String,
    codec: String,
    encoder_version: u32,
    digest: [u8; 32],
});
