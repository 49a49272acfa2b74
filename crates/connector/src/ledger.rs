//! The counts, folded from the same frames as everything else, and the two identities they keep. Knows nothing of why an
//! event was delivered or refused.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::AddAssign;
use std::sync::Arc;

use bucketline_spool::{
    Carry, Drop, DropReason, Gap, GivenUpCarry, Hour, Totals, UnreadableCarry, WorkspaceCounts,
};

/// What became of every line and every event since the log began.
///
/// Per workspace: received = accepted + duplicate + rejected. Per connector and event type: admitted = delivered + dropped +
/// pending. Both hold exactly, over all restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    workspaces: BTreeMap<Arc<str>, WorkspaceLedger>,
    connectors: BTreeMap<Arc<str>, BTreeMap<Arc<str>, EventLedger>>,
    objects: BTreeMap<Arc<str>, u64>,
    /// The workspace of each connector, as the log has it.
    homes: BTreeMap<Arc<str>, Arc<str>>,
    given_up: BTreeMap<GivenUpFor, GivenUp>,
    unreadable: Unreadable,
}

/// Connector, event type, reason, and whether it is known that no object holds them.
type GivenUpFor = (Arc<str>, Arc<str>, DropReason, bool);

/// Events of one connector and event type that were given up for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenUp {
    /// Why.
    pub reason: DropReason,
    /// Whether it is known that no object holds them.
    pub known: bool,
    /// How many events.
    pub count: u64,
    /// Bytes of their stored bodies.
    pub bytes: u64,
    /// The hour in which the oldest of them was accepted.
    pub oldest: Hour,
    /// The hour in which the newest of them was accepted.
    pub newest: Hour,
}

impl AddAssign for GivenUp {
    fn add_assign(&mut self, more: Self) {
        self.count += more.count;
        self.bytes += more.bytes;
        self.oldest = self.oldest.min(more.oldest);
        self.newest = self.newest.max(more.newest);
    }
}

/// The lines of one workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkspaceLedger {
    /// Lines read.
    pub received: u64,
    /// Lines that became events.
    pub accepted: u64,
    /// Lines that had been accepted before.
    pub duplicate: u64,
    /// Lines refused.
    pub rejected: u64,
}

/// The events of one connector and event type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventLedger {
    /// Events routed to the connector.
    pub admitted: u64,
    /// Events in an object that is known to exist.
    pub delivered: u64,
    /// Events given up.
    pub dropped: u64,
    /// Events still held: counted in the lanes that hold them, and not worked out from the others.
    pub pending: u64,
}

/// What of the log cannot be read any more: its disk lost what it had kept. What stood there is in no other count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// How many stretches of the log.
    pub stretches: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events that stood in them, as far as the numbering of those around tells; some may have been delivered before.
    pub events: u64,
    /// Whether there may have been more: nothing readable stands on both sides of a stretch, in one partition.
    pub more_events_possible: bool,
}

impl AddAssign<&Self> for Ledger {
    /// The counts of another log, too.
    fn add_assign(&mut self, other: &Self) {
        for (id, more) in &other.workspaces {
            let ledger = self.workspaces.entry(Arc::clone(id)).or_default();
            ledger.received += more.received;
            ledger.accepted += more.accepted;
            ledger.duplicate += more.duplicate;
            ledger.rejected += more.rejected;
        }
        for (id, types) in &other.connectors {
            for (event_type, more) in types {
                let ledger = self.entry(id, event_type);
                ledger.admitted += more.admitted;
                ledger.delivered += more.delivered;
                ledger.dropped += more.dropped;
                ledger.pending += more.pending;
            }
        }
        for (id, more) in &other.objects {
            *self.objects.entry(Arc::clone(id)).or_default() += more;
        }
        for (id, workspace) in &other.homes {
            self.homes.insert(Arc::clone(id), Arc::clone(workspace));
        }
        for (of, more) in &other.given_up {
            self.add_given_up(of.clone(), *more);
        }
        let unreadable = &mut self.unreadable;
        unreadable.stretches += other.unreadable.stretches;
        unreadable.bytes += other.unreadable.bytes;
        unreadable.events += other.unreadable.events;
        unreadable.more_events_possible |= other.unreadable.more_events_possible;
    }
}

impl EventLedger {
    /// Events still held.
    pub fn pending(&self) -> u64 {
        self.pending
    }

    /// Whether admitted = delivered + dropped + pending.
    pub fn balances(&self) -> bool {
        self.admitted == self.delivered + self.dropped + self.pending
    }
}

impl Ledger {
    /// The counts per workspace, by id. Lines that name no workspace, or an unknown one, stand under the empty id.
    pub fn workspaces(&self) -> impl Iterator<Item = (&str, WorkspaceLedger)> {
        self.workspaces.iter().map(|(id, ledger)| (&**id, *ledger))
    }

    /// The counts per connector and event type.
    pub fn connectors(&self) -> impl Iterator<Item = (&str, &str, EventLedger)> {
        self.connectors.iter().flat_map(|(id, types)| {
            types
                .iter()
                .map(move |(event_type, ledger)| (&**id, &**event_type, *ledger))
        })
    }

    /// The counts of one connector over all its event types.
    pub fn connector(&self, id: &str) -> EventLedger {
        let types = self.connectors.get(id).into_iter().flat_map(BTreeMap::values);
        types.fold(EventLedger::default(), |sum, ledger| EventLedger {
            admitted: sum.admitted + ledger.admitted,
            delivered: sum.delivered + ledger.delivered,
            dropped: sum.dropped + ledger.dropped,
            pending: sum.pending + ledger.pending,
        })
    }

    /// How many objects of one connector are known to exist.
    pub fn objects(&self, id: &str) -> u64 {
        self.objects.get(id).copied().unwrap_or(0)
    }

    /// Every connector that the log knows, with the workspace whose events it takes; that is empty where damage has taken it.
    pub fn known_connectors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.homes.iter().map(|(id, workspace)| (&**id, &**workspace))
    }

    /// What of a connector's event type was given up, by reason.
    pub fn given_up(&self, connector: &str, event_type: &str) -> impl Iterator<Item = GivenUp> {
        let of = self.given_up.iter();
        of.filter(move |((id, name, ..), _)| **id == *connector && **name == *event_type)
            .map(|(_, given_up)| *given_up)
    }

    /// What cannot be read any more; all zero for a log that is whole.
    pub fn unreadable(&self) -> Unreadable {
        self.unreadable
    }

    /// Whether received = accepted + duplicate + rejected, for every workspace, and admitted = delivered + dropped + pending for every
    /// connector and event type.
    pub fn balances(&self) -> bool {
        let lines = self.workspaces.values();
        let events = self.connectors.values().flat_map(BTreeMap::values);
        lines
            .into_iter()
            .all(|l| l.received == l.accepted + l.duplicate + l.rejected)
            && events.into_iter().all(EventLedger::balances)
            && self.connectors().all(|(connector, event_type, events)| {
                let reasons = self
                    .given_up(connector, event_type)
                    .map(|given_up| given_up.count);
                reasons.sum::<u64>() == events.dropped
            })
    }

    /// What a carry tells of it; what is held, it tells by its lanes.
    pub(crate) fn to_carry(&self, carry: &mut Carry) {
        carry.workspaces = self
            .workspaces
            .iter()
            .map(|(workspace, lines)| WorkspaceCounts {
                workspace: Arc::clone(workspace),
                received: lines.received,
                accepted: lines.accepted,
                duplicate: lines.duplicate,
                rejected: lines.rejected,
            })
            .collect();
        let types = self.connectors.iter().flat_map(|(connector, types)| {
            types
                .iter()
                .map(move |(event_type, events)| (connector, event_type, events))
        });
        carry.totals = types
            .map(|(connector, event_type, events)| Totals {
                connector: Arc::clone(connector),
                event_type: Arc::clone(event_type),
                admitted: events.admitted,
                delivered: events.delivered,
                dropped: events.dropped,
            })
            .collect();
        let given_up = self.given_up.iter();
        carry.given_up = given_up
            .map(|((connector, event_type, ..), given_up)| GivenUpCarry {
                connector: Arc::clone(connector),
                event_type: Arc::clone(event_type),
                reason: given_up.reason,
                known: given_up.known,
                count: given_up.count,
                bytes: given_up.bytes,
                oldest: given_up.oldest,
                newest: given_up.newest,
            })
            .collect();
        let Unreadable {
            stretches,
            bytes,
            events,
            more_events_possible,
        } = self.unreadable;
        carry.unreadable = UnreadableCarry {
            stretches,
            bytes,
            events,
            more_events_possible,
        };
    }

    /// The counts that a carry tells, without those of what is held.
    pub(crate) fn from_carry(carry: &Carry) -> Self {
        let mut ledger = Self::default();
        for lines in &carry.workspaces {
            ledger.count_lines(lines);
        }
        for totals in &carry.totals {
            let entry = ledger.entry(&totals.connector, &totals.event_type);
            entry.admitted = totals.admitted;
            entry.delivered = totals.delivered;
            entry.dropped = totals.dropped;
        }
        for connector in carry.connectors.iter().filter(|connector| connector.objects > 0) {
            ledger
                .objects
                .insert(Arc::clone(&connector.connector), connector.objects);
        }
        for told in &carry.given_up {
            let of = (
                Arc::clone(&told.connector),
                Arc::clone(&told.event_type),
                told.reason,
                told.known,
            );
            let given_up = GivenUp {
                reason: told.reason,
                known: told.known,
                count: told.count,
                bytes: told.bytes,
                oldest: told.oldest,
                newest: told.newest,
            };
            ledger.add_given_up(of, given_up);
        }
        let UnreadableCarry {
            stretches,
            bytes,
            events,
            more_events_possible,
        } = carry.unreadable;
        ledger.unreadable = Unreadable {
            stretches,
            bytes,
            events,
            more_events_possible,
        };
        ledger
    }

    /// A connector belongs to a workspace.
    pub(crate) fn note_home(&mut self, connector: &Arc<str>, workspace: &str) {
        self.homes.insert(Arc::clone(connector), workspace.into());
    }

    pub(crate) fn count_lines(&mut self, counts: &WorkspaceCounts) {
        let ledger = self.workspaces.entry(Arc::clone(&counts.workspace)).or_default();
        ledger.received += counts.received;
        ledger.accepted += counts.accepted;
        ledger.duplicate += counts.duplicate;
        ledger.rejected += counts.rejected;
    }

    pub(crate) fn count_admitted(&mut self, connector: &Arc<str>, event_type: &Arc<str>, events: u64) {
        self.entry(connector, event_type).admitted += events;
    }

    pub(crate) fn count_delivered(&mut self, connector: &Arc<str>, event_type: &Arc<str>, events: u64) {
        self.entry(connector, event_type).delivered += events;
    }

    /// Events were given up: `count` of them, and no others.
    pub(crate) fn count_given_up(&mut self, connector: &Arc<str>, drop: &Drop, count: u64) {
        let event_type = &drop.lane.event_type;
        self.entry(connector, event_type).dropped += count;
        let of = (
            Arc::clone(connector),
            Arc::clone(event_type),
            drop.reason,
            drop.known,
        );
        let given_up = GivenUp {
            reason: drop.reason,
            known: drop.known,
            count,
            bytes: drop.bytes,
            oldest: drop.lane.hour,
            newest: drop.lane.hour,
        };
        self.add_given_up(of, given_up);
    }

    /// Of what was given up in doubt, so much turned out delivered, in an object, and the rest not.
    pub(crate) fn count_settled(&mut self, connector: &Arc<str>, drop: &Drop, delivered: u64) {
        let event_type = &drop.lane.event_type;
        let of = |known| (Arc::clone(connector), Arc::clone(event_type), drop.reason, known);
        if let Entry::Occupied(mut doubted) = self.given_up.entry(of(false)) {
            let given_up = doubted.get_mut();
            given_up.count = given_up.count.saturating_sub(drop.count);
            given_up.bytes = given_up.bytes.saturating_sub(drop.bytes);
            if given_up.count == 0 {
                doubted.remove();
            }
        }
        let events = self.entry(connector, event_type);
        events.delivered += delivered;
        events.dropped = events.dropped.saturating_sub(delivered);
        if delivered > 0 {
            self.count_object(connector);
        }
        let count = drop.count.saturating_sub(delivered);
        if count > 0 {
            let lost = GivenUp {
                reason: drop.reason,
                known: true,
                count,
                bytes: drop.bytes,
                oldest: drop.lane.hour,
                newest: drop.lane.hour,
            };
            self.add_given_up(of(true), lost);
        }
    }

    fn add_given_up(&mut self, of: GivenUpFor, more: GivenUp) {
        match self.given_up.entry(of) {
            Entry::Occupied(mut known) => *known.get_mut() += more,
            Entry::Vacant(place) => {
                place.insert(more);
            }
        }
    }

    /// Events came into a lane.
    pub(crate) fn count_held(&mut self, connector: &Arc<str>, event_type: &Arc<str>, events: u64) {
        self.entry(connector, event_type).pending += events;
    }

    /// Events left a lane.
    pub(crate) fn count_left(&mut self, connector: &Arc<str>, event_type: &Arc<str>, events: u64) {
        let ledger = self.entry(connector, event_type);
        ledger.pending = ledger.pending.saturating_sub(events);
    }

    pub(crate) fn count_object(&mut self, connector: &Arc<str>) {
        *self.objects.entry(Arc::clone(connector)).or_default() += 1;
    }

    pub(crate) fn count_unreadable(&mut self, gap: &Gap) {
        let unreadable = &mut self.unreadable;
        unreadable.stretches += 1;
        unreadable.bytes += gap.end.get().saturating_sub(gap.first.get());
        match (gap.before, gap.after) {
            (Some(before), Some(after)) if before.partition == after.partition => {
                unreadable.events += after.position.saturating_sub(before.position);
            }
            _ => unreadable.more_events_possible = true,
        }
    }

    fn entry(&mut self, connector: &Arc<str>, event_type: &Arc<str>) -> &mut EventLedger {
        let types = self.connectors.entry(Arc::clone(connector)).or_default();
        types.entry(Arc::clone(event_type)).or_default()
    }
}
