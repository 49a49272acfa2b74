//! `Resolved`: a conflict's outcome, as an operator settled it.

use super::SettledPart;
use crate::wire::{wire_choice, wire_fields};
use crate::{Lane, Position};

/// An operator settled a conflict of one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The lane.
    pub lane: Lane,
    /// The first position of the range in conflict.
    pub first: Position,
    /// The last position of the range in conflict.
    pub last: Position,
    /// How it was settled.
    pub resolution: Resolution,
    /// What became of the events of the range, in order of position.
    pub parts: Vec<SettledPart>,
    /// The lane's frontier from now on.
    pub frontier: Position,
    /// The key of the object in conflict.
    pub key: String,
    /// The entity tag of that object.
    pub etag: Option<String>,
    /// What the operator said of it.
    pub note: String,
}

/// How a conflict was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// The object was read, and what it holds was taken.
    Verified,
    /// Taken as delivered.
    Delivered,
    /// Given up.
    Dropped,
    /// Issued again under a fresh partition: a [`Retarget`](super::Retarget) follows.
    Reissued,
}

wire_fields!(Resolved {
    lane: Lane,
    first: Position,
    last: Position,
    resolution: Resolution,
    parts: Vec<SettledPart>,
    frontier: Position,
    key: String,
    etag: Option<String>,
    note: String,
});

wire_choice!(Resolution {
    Verified = 1,
    Delivered = 2,
    Dropped = 3,
    Reissued = 4,
});
