//! What every connector is doing, for people and for metrics.

use bucketline_spool::SpoolTime;

use super::connector::{ConnectorRun, Health};
use super::delivery::Stage;
use super::{Engine, LaneRun};
use crate::shard::ConnectorBook;
use crate::shard::LaneState;
use crate::state::{Cause, ConnectorStatus, LaneConflict, State};

impl Engine {
    /// Every connector that the log or the configuration knows.
    pub fn status(&self, now: SpoolTime) -> Vec<ConnectorStatus> {
        let connectors = self.fold.connectors.iter().zip(&self.connectors);
        connectors
            .map(|(book, run)| self.status_of(now, book, run))
            .collect()
    }

    /// The lanes of a connector.
    pub(super) fn lanes_of(&self, book: &ConnectorBook) -> impl Iterator<Item = (&LaneState, &LaneRun)> {
        let lanes = book.lanes.iter();
        lanes.filter_map(|lane| self.fold.lanes.get(lane).zip(self.lanes.get(lane)))
    }

    fn status_of(&self, now: SpoolTime, book: &ConnectorBook, run: &ConnectorRun) -> ConnectorStatus {
        let mut conflicts = Vec::new();
        let mut oldest = None;
        for (lane, run) in self.lanes_of(book) {
            oldest = [oldest, lane.oldest].into_iter().flatten().min();
            if let Some(Stage::Conflict(found)) = run.delivery.as_ref().map(|delivery| &delivery.stage) {
                conflicts.push(LaneConflict {
                    key: lane
                        .seal
                        .as_ref()
                        .map(|seal| seal.key.clone())
                        .unwrap_or_default(),
                    found: found.clone(),
                    lane: lane.key.clone(),
                });
            }
        }
        let (state, cause) = self.state_of(book, run, conflicts.first());
        let next_probe = match run.health {
            Health::Blocked { next_probe, .. } => Some(next_probe.since(now)),
            _ => None,
        };
        ConnectorStatus {
            id: book.id.to_string(),
            name: run
                .configured
                .as_ref()
                .map_or_else(|| book.id.to_string(), |(_, name)| name.clone()),
            state,
            since: now.since(run.since),
            cause,
            last_error: run.last_error.clone(),
            next_probe,
            conflicts,
            events_held: book.events_held,
            bytes_held: book.bytes_held,
            oldest_held: oldest.map(|oldest| now.since(oldest)),
        }
    }

    fn state_of(
        &self,
        book: &ConnectorBook,
        run: &ConnectorRun,
        conflict: Option<&LaneConflict>,
    ) -> (State, Option<Cause>) {
        if let Some(failure) = &self.failed {
            return (State::Stopped, Some(Cause::plain(failure.to_string(), "")));
        }
        if run.configured.is_none() && book.events_held == 0 {
            return (State::Orphaned, None); // Removed, and nobody misses anything.
        }
        if run.configured.is_none() {
            let advice = "add the connector to the configuration again, to deliver what is held for it";
            return (
                State::Orphaned,
                Some(Cause::plain("the configuration has no such connector", advice)),
            );
        }
        match (&run.health, conflict) {
            (Health::Blocked { blockage, cause, .. }, _) => (State::Blocked(*blockage), Some(cause.clone())),
            (_, Some(conflict)) => {
                let message = format!("`{}` is taken by {}", conflict.key, conflict.found);
                let cause = Cause::plain(message, "find out who else writes there; nothing is overwritten");
                (State::Blocked(crate::Blockage::Conflict), Some(cause))
            }
            (Health::Trouble, None) => (State::Degraded, run.last_error.clone()),
            (Health::Well, None) if run.failures > 0 => (State::Degraded, run.last_error.clone()),
            (Health::Well, None) => (State::Running, None),
        }
    }
}
