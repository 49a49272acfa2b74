//! `Settle`: what a drop of unknown outcome turned out to be.

use crate::wire::wire_fields;
use crate::{Lane, Position};

/// What a [`Drop`](super::Drop) gave up turned out delivered, or not. It may also correct a known drop that an
/// object proves wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settle {
    /// The lane.
    pub lane: Lane,
    /// The first position of the drop.
    pub first: Position,
    /// The last position of the drop.
    pub last: Position,
    /// Its parts, in order of position: more than one where an object holds only some of the events.
    pub parts: Vec<SettledPart>,
    /// The lane's frontier from now on.
    pub frontier: Position,
    /// The entity tag of the object that decided, where there is one.
    pub etag: Option<String>,
    /// The version of that object, in a versioned bucket.
    pub version_id: Option<String>,
}

/// A stretch of a settled drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledPart {
    /// The first position.
    pub first: Position,
    /// The last position.
    pub last: Position,
    /// How many events of the lane that is.
    pub count: u64,
    /// Whether an object holds them.
    pub delivered: bool,
}

wire_fields!(Settle {
    lane: Lane,
    first: Position,
    last: Position,
    parts: Vec<SettledPart>,
    frontier: Position,
    etag: Option<String>,
    version_id: Option<String>,
});

wire_fields!(SettledPart {
    first: Position,
    last: Position,
    count: u64,
    delivered: bool,
});
