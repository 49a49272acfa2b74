//! Draining: everything held is due at once, and the end is when nothing more can be done.

use std::collections::BTreeSet;

use bucketline_spool::SpoolTime;

use super::connector::Health;
use super::delivery::Stage;
use super::{Command, Engine, RequestId};
use crate::error::Error;
use crate::state::{Cause, State};

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
    /// Every connector, in the order in which the log came to know them.
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
        for (place, run) in self.connectors.iter_mut().enumerate() {
            self.drain.open.insert(place);
            run.tried = false;
            if let Health::Blocked { next_probe, .. } = &mut run.health {
                *next_probe = now;
            }
        }
        for lane in self.all_lanes() {
            self.stop_waiting(now, lane);
            self.refresh(now, lane);
        }
        for connector in 0..self.connectors.len() {
            self.stand_in_line(now, connector);
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
        if self.failed.is_none() {
            let mut open = std::mem::take(&mut self.drain.open);
            open.retain(|connector| !self.is_done(*connector));
            self.drain.open = open;
            if !self.drain.open.is_empty() || self.is_accepting() {
                return;
            }
        }
        for id in std::mem::take(&mut self.drain.waiting) {
            let report = Box::new(self.report(now));
            self.commands.push(Command::Drained { id, report });
        }
        self.drain.open.clear();
    }

    /// Whether a connector has delivered all, or cannot go on: refused since the drain began, or in conflict.
    fn is_done(&self, connector: usize) -> bool {
        let (Some(book), Some(run)) = (
            self.fold.connectors.get(connector),
            self.connectors.get(connector),
        ) else {
            return true;
        };
        if book.events_held == 0 || run.configured.is_none() {
            return true;
        }
        let blocked = matches!(run.health, Health::Blocked { .. }) && run.tried;
        if (!blocked && run.conflicts == 0) || run.slots > 0 || run.trying {
            return false;
        }
        let mut lanes = self.lanes_of(book);
        lanes.all(
            |(lane, run)| match run.delivery.as_ref().map(|delivery| &delivery.stage) {
                Some(Stage::Conflict(_)) => true,
                Some(Stage::Committing) => false,
                _ => lane.events == 0 || blocked,
            },
        )
    }

    /// How things stand, as a drain would report it.
    pub fn report(&self, now: SpoolTime) -> DrainReport {
        let statuses = self.status(now);
        let connectors = statuses.into_iter().map(|status| {
            let ledger = self.fold.ledger.connector(&status.id);
            ConnectorReport {
                admitted: ledger.admitted,
                delivered: ledger.delivered,
                dropped: ledger.dropped,
                pending: ledger.pending(),
                objects: self.fold.ledger.objects(&status.id),
                state: status.state,
                cause: status.cause,
                id: status.id,
                name: status.name,
            }
        });
        DrainReport {
            connectors: connectors.collect(),
            timed_out: false,
            failure: self.failed.clone(),
        }
    }
}
