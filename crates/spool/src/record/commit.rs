//! `Commit`: an object exists, and what is known of it.

use crate::wire::{wire_choice, wire_fields};
use crate::{Lane, Position};

/// The object of a lane's seal exists. Only now are the positions of its range delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The lane.
    pub lane: Lane,
    /// The first position of the object's range: that of its seal.
    pub first: Position,
    /// The position of the object's last event: that of its seal, or another one where the object was adopted.
    pub last: Position,
    /// How many events the object holds.
    pub count: u64,
    /// The object's size in bytes.
    pub bytes: u64,
    /// The object's entity tag, as the store told it.
    pub etag: Option<String>,
    /// The object's version, in a versioned bucket.
    pub version_id: Option<String>,
    /// The checksum that the store keeps, with its algorithm, as text.
    pub checksum: Option<String>,
    /// How the object's existence was learnt.
    pub learnt: Learnt,
    /// The encryption that the store reported, as text.
    pub encryption: String,
    /// Whether that is the encryption asked for.
    pub encrypted_as_asked: bool,
    /// Whether any of its events was ever in an attempt of unknown outcome.
    pub after_unknown: bool,
    /// The digest of the object's events where it is not that of the seal: in an adopted object.
    pub digest: Option<[u8; 32]>,
}

/// How an object's existence was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Learnt {
    /// The store answered the put.
    Answered,
    /// The object was found, and is the sealed one.
    Verified,
    /// The object was found, made of the same events with another last one.
    Adopted,
    /// An operator said so: see [`Resolved`](super::Resolved).
    Resolved,
}

wire_fields!(Commit {
    lane: Lane,
    first: Position,
    last: Position,
    count: u64,
    bytes: u64,
    etag: Option<String>,
    version_id: Option<String>,
    checksum: Option<String>,
    learnt: Learnt,
    encryption: String,
    encrypted_as_asked: bool,
    after_unknown: bool,
    digest: Option<[u8; 32]>,
});

wire_choice!(Learnt {
    Answered = 1,
    Verified = 2,
    Adopted = 3,
    Resolved = 4,
});
