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
    /// The object's size in bytes.
    pub bytes: u64,
    /// The checksum that is sent with every attempt, and that the store is to keep.
    pub checksum: ObjectChecksum,
}

/// A checksum of an object's bytes, tagged with its algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectChecksum {
    /// Which algorithm: one of this type's constants, or one that a later version knows.
    pub algorithm: u8,
    /// The sum, as the algorithm gives it.
    pub sum: Vec<u8>,
}

impl ObjectChecksum {
    /// One that had no number when it was written: nothing can be compared with it.
    pub const UNNUMBERED: u8 = 0;
    /// SHA-256, 32 bytes.
    pub const SHA_256: u8 = 1;
    /// CRC-64/NVME, 8 bytes, the most significant first.
    pub const CRC_64_NVME: u8 = 2;
    /// CRC-32C, 4 bytes, the most significant first.
    pub const CRC_32C: u8 = 3;
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
    bytes: u64,
    checksum: ObjectChecksum,
});

wire_fields!(ObjectChecksum {
    algorithm: u8,
    sum: Vec<u8>,
});
