//! `Carry`: what old segments still mean, written before they are unlinked.

use std::sync::Arc;

use super::{Drop, DropReason, Generation, Schema, Seal, WorkspaceCounts};
use crate::wire::{wire_fields, wire_fixed};
use crate::{
    ContentProof, GenerationId, Hour, Lane, Lsn, PartitionId, Position, Sequence, SourceId, SpoolTime,
};

/// What the fold needs of the frames that its writer had read, so that their segments can go. Folding starts anew with it:
/// it replaces whatever was folded from before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carry {
    /// What its writer had read: frames before this place are told here, later ones are not, wherever this one stands.
    pub before: Lsn,
    /// What each workspace was counted for.
    pub workspaces: Vec<WorkspaceCounts>,
    /// What each connector was counted for, per event type.
    pub totals: Vec<Totals>,
    /// Partitions that may still be named, with the next position of each.
    pub partitions: Vec<PartitionCarry>,
    /// Generations that may still be named.
    pub generations: Vec<Generation>,
    /// Lanes that may still receive, hold or settle events.
    pub lanes: Vec<LaneCarry>,
    /// Unsettled seals.
    pub seals: Vec<Seal>,
    /// Unsettled drops.
    pub drops: Vec<Drop>,
    /// Places of sources that are known.
    pub known: Vec<Known>,
    /// Connector ids that are never used again.
    pub retired: Vec<String>,
    /// Whether the spool was marked as restored from a backup, and not all of it has been looked at.
    pub restored: bool,
    /// Schemas of events that may still be built.
    pub schemas: Vec<Schema>,
    /// What is known of connectors besides.
    pub connectors: Vec<ConnectorCarry>,
    /// The frames that lanes hold events of, by place.
    pub frames: Vec<HeldFrame>,
    /// The latest hour of an event, counted in hours since 1970.
    pub hour: u32,
    /// What could not be read.
    pub unreadable: UnreadableCarry,
    /// Where refused lines stand that are not freed yet, in order.
    pub rejects: Vec<Lsn>,
    /// What was given up, by connector, event type and reason.
    pub given_up: Vec<GivenUpCarry>,
}

/// What of one connector and event type was given up for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUpCarry {
    /// The connector's id.
    pub connector: Arc<str>,
    /// The event type.
    pub event_type: Arc<str>,
    /// Why.
    pub reason: DropReason,
    /// Whether it is known that no object holds them.
    pub known: bool,
    /// How many events.
    pub count: u64,
    /// Bytes of their stored bodies.
    pub bytes: u64,
    /// The hour in which the oldest of them was queued.
    pub oldest: Hour,
    /// The hour in which the newest of them was queued.
    pub newest: Hour,
}

/// The counts of one connector and event type: `admitted = delivered + dropped + pending`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The connector's id.
    pub connector: Arc<str>,
    /// The event type.
    pub event_type: Arc<str>,
    /// Events routed to it.
    pub admitted: u64,
    /// Events in committed objects.
    pub delivered: u64,
    /// Events given up.
    pub dropped: u64,
}

/// What is known of a connector besides its generations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorCarry {
    /// The connector's id.
    pub connector: Arc<str>,
    /// Committed objects.
    pub objects: u64,
    /// The encryption of its last object, where that was not as asked.
    pub misencrypted: Option<String>,
}

/// What of the log could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadableCarry {
    /// How many stretches.
    pub stretches: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events that stood in them, as far as known.
    pub events: u64,
    /// Whether there may have been more.
    pub more_events_possible: bool,
}

/// A frame that lanes hold events of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldFrame {
    /// Where it stands, in the log or in the cold one.
    pub frame: Lsn,
    /// When its events were admitted.
    pub admitted: SpoolTime,
}

/// What a lane holds of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldRun {
    /// The frame.
    pub frame: Lsn,
    /// The first position that is held of it.
    pub first: Position,
    /// The last one.
    pub last: Position,
    /// How many events.
    pub count: u32,
    /// Bytes of their stored bodies.
    pub bytes: u32,
    /// Where they stand among the frame's groups of alike events; nothing where they are in several.
    pub group: Option<u32>,
    /// Which body of each.
    pub body: u8,
}

/// How far a partition has been numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionCarry {
    /// The partition.
    pub partition: PartitionId,
    /// The next position.
    pub next: Position,
}

/// Where a lane stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneCarry {
    /// The lane.
    pub lane: Lane,
    /// The name of the next object.
    pub frontier: Position,
    /// Events before this position are committed, dropped or issued again.
    pub settled_to: Position,
    /// Whether the outcome of an attempt at the frontier's key may be unknown.
    pub unknown: bool,
    /// How many events it holds.
    pub events: u64,
    /// Bytes of their stored bodies.
    pub bytes: u64,
    /// When the oldest of them was admitted; without events, zero.
    pub oldest: SpoolTime,
    /// The first frame that may hold one of them.
    pub held_from: Lsn,
    /// The generation that its events name.
    pub stored_under: GenerationId,
    /// Events up to here were in an attempt of unknown outcome that did not become their object.
    pub unknown_through: Option<Position>,
    /// What it holds, in order of position.
    pub held: Vec<HeldRun>,
}

/// A place of a source that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The source.
    pub source: SourceId,
    /// The place.
    pub sequence: Sequence,
    /// What of it is proved, in order.
    pub proofs: Vec<ContentProof>,
    /// When it was learnt.
    pub time: SpoolTime,
}

wire_fields!(Carry {
    before: Lsn,
    workspaces: Vec<WorkspaceCounts>,
    totals: Vec<Totals>,
    partitions: Vec<PartitionCarry>,
    generations: Vec<Generation>,
    lanes: Vec<LaneCarry>,
    seals: Vec<Seal>,
    drops: Vec<Drop>,
    known: Vec<Known>,
    retired: Vec<String>,
    restored: bool,
    schemas: Vec<Schema>,
    connectors: Vec<ConnectorCarry>,
    frames: Vec<HeldFrame>,
    hour: u32,
    unreadable: UnreadableCarry,
    rejects: Vec<Lsn>,
    given_up: Vec<GivenUpCarry>,
});

wire_fields!(GivenUpCarry {
    connector: Arc<str>,
    event_type: Arc<str>,
    reason: DropReason,
    known: bool,
    count: u64,
    bytes: u64,
    oldest: Hour,
    newest: Hour,
});

wire_fields!(ConnectorCarry {
    connector: Arc<str>,
    objects: u64,
    misencrypted: Option<String>,
});

wire_fields!(UnreadableCarry {
    stretches: u64,
    bytes: u64,
    events: u64,
    more_events_possible: bool,
});

wire_fixed!(HeldFrame {
    frame: Lsn,
    admitted: SpoolTime,
});

wire_fixed!(HeldRun {
    frame: Lsn,
    first: Position,
    last: Position,
    count: u32,
    bytes: u32,
    group: Option<u32>,
    body: u8,
});

wire_fields!(Totals {
    connector: Arc<str>,
    event_type: Arc<str>,
    admitted: u64,
    delivered: u64,
    dropped: u64,
});

wire_fields!(PartitionCarry {
    partition: PartitionId,
    next: Position,
});

wire_fields!(LaneCarry {
    lane: Lane,
    frontier: Position,
    settled_to: Position,
    unknown: bool,
    events: u64,
    bytes: u64,
    oldest: SpoolTime,
    held_from: Lsn,
    stored_under: GenerationId,
    unknown_through: Option<Position>,
    held: Vec<HeldRun>,
});

wire_fields!(Known {
    source: SourceId,
    sequence: Sequence,
    proofs: Vec<ContentProof>,
    time: SpoolTime,
});
