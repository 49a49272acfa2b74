//! Draining: everything held is due at once, and the end is when nothing more can be done.

use std::collections::BTreeSet;
use std::time::Duration;

use bucketline_spool::SpoolTime;

use super::shard_run::Phase;
use super::{Command, Engine};
use crate::error::Error;
use crate::shard::LaneRef;
use crate::state::{Cause, State};
use crate::tickets::RequestId;

/// The drains under way.
#[derive(Debug, Default)]
pub(super) struct Drain {
    waiting: Vec<RequestId>,
    /// Connectors that may still have something to deliver.
    open: BTreeSet<usize>,
}

/// How a drain went, per connector.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DrainReport {
    /// Every connector: those of the configuration in its order, then those that only the log knows.
    pub connectors: Vec<ConnectorReport>,
    /// Whether it ended because its time was up.
    pub timed_out: bool,
    /// The failure of the log that ended it, if one did.
    pub failure: Option<Error>,
}

/// What became of one connector's events, since the log began.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectorReport {
    /// Its id.
    pub id: String,
    /// Its name, or its id where the configuration has none.
    pub name: String,
    /// Events routed to it.
    pub admitted: u64,
    /// Events in objects that are known to exist.
    pub delivered: u64,
    /// Events given up.
    pub dropped: u64,
    /// Events still held.
    pub pending: u64,
    /// Objects that are known to exist.
    pub objects: u64,
    /// What it is doing.
    pub state: State,
    /// Why it holds events still, if it does.
    pub cause: Option<Cause>,
    /// How long ago the last of its objects was found to exist, since the program started.
    pub last_delivered: Option<Duration>,
}

impl DrainReport {
    /// Whether every event was delivered or dropped, with the log intact.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.connectors.iter().all(|connector| connector.pending == 0)
    }
}

impl Drain {
    pub(super) fn is_on(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Something of this connector has changed.
    pub(super) fn note(&mut self, connector: usize) {
        if self.is_on() {
            self.open.insert(connector);
        }
    }
}

impl Engine {
    pub(super) fn begin_drain(&mut self, now: SpoolTime, id: RequestId) {
        self.drain.waiting.push(id);
        for connector in 0..self.dispatcher.connectors().len() {
            self.drain.open.insert(connector);
            self.dispatcher
                .change(now, connector, |standing| standing.tried = false);
            self.hasten(now, connector);
        }
        let lanes = self.shards.iter().flat_map(|(shard, run)| {
            let of = |lane| LaneRef { shard: *shard, lane };
            run.lane_ids().into_iter().map(of)
        });
        for lane in lanes.collect::<Vec<_>>() {
            self.refresh(now, lane);
        }
    }

    pub(super) fn give_up(&mut self, now: SpoolTime, id: RequestId) {
        if let Some(place) = self.drain.waiting.iter().position(|waiting| *waiting == id) {
            self.drain.waiting.swap_remove(place);
            let mut report = self.report(now);
            report.timed_out = true;
            self.commands.push(Command::Drained {
                id,
                report: Box::new(report),
            });
        }
    }

    /// Answers the drains if nothing more can be done.
    pub(super) fn end_drain(&mut self, now: SpoolTime) {
        if !self.drain.is_on() {
            return;
        }
        let mut open = std::mem::take(&mut self.drain.open);
        open.retain(|connector| !self.is_done(*connector));
        self.drain.open = open;
        let mut shards = self.shards.values().filter(|run| run.failed.is_none());
        if !self.drain.open.is_empty() || shards.any(|run| !run.submissions.is_empty()) {
            return;
        }
        for id in std::mem::take(&mut self.drain.waiting) {
            let report = Box::new(self.report(now));
            self.commands.push(Command::Drained { id, report });
        }
    }

    /// Whether a connector has delivered all, or cannot go on: refused since the drain began, or in conflict; what a shard holds whose
    /// log failed does not count.
    fn is_done(&self, connector: usize) -> bool {
        let Some(standing) = self.dispatcher.get(connector) else {
            return true;
        };
        if self.configured(connector).is_none() {
            return true;
        }
        let health = &standing.health;
        let blocked = health.blockage().is_some() && (standing.tried || health.is_barred());
        self.lanes_of(connector).into_iter().all(|lane| {
            let Some(run) = self.shards.get(&lane.shard).filter(|run| run.failed.is_none()) else {
                return true;
            };
            let phase = run.run(lane.lane).map(|run| &run.phase);
            match phase {
                Some(Phase::Running(_) | Phase::GivingUp) => false,
                Some(Phase::Conflict(_) | Phase::Stranded) => true,
                _ => blocked || run.state(lane.lane).is_none_or(|state| state.events == 0),
            }
        })
    }

    /// How things stand, as a drain would report it.
    pub fn report(&self, now: SpoolTime) -> DrainReport {
        let ledger = self.ledger();
        let connectors = self.status(now).into_iter().map(|status| {
            let counts = ledger.connector(&status.id);
            ConnectorReport {
                admitted: counts.admitted,
                delivered: counts.delivered,
                dropped: counts.dropped,
                pending: counts.pending(),
                objects: ledger.objects(&status.id),
                state: status.state,
                cause: status.cause,
                last_delivered: status.last_delivered,
                id: status.id,
                name: status.name,
            }
        });
        DrainReport {
            connectors: connectors.collect(),
            timed_out: false,
            failure: self.failure().cloned(),
        }
    }
}
