//! What every connector is doing, for people and for metrics.

use bucketline_spool::SpoolTime;

use super::Engine;
use super::shard_run::Phase;
use crate::dispatch::Standing;
use crate::state::{Blockage, Cause, ConnectorStatus, LaneConflict, Party, State};

/// What a connector holds, over all shards.
#[derive(Default)]
struct Held {
    events: u64,
    bytes: u64,
    oldest: Option<SpoolTime>,
    conflicts: Vec<LaneConflict>,
    /// Whether any log knows it.
    known: bool,
}

impl Engine {
    /// Every connector that a log or the configuration knows.
    pub fn status(&self, now: SpoolTime) -> Vec<ConnectorStatus> {
        let connectors = self.dispatcher.connectors().iter().enumerate();
        connectors
            .map(|(place, standing)| self.status_of(now, place, standing))
            .collect()
    }

    /// One of them, by its place in the dispatcher.
    pub(super) fn status_at(&self, now: SpoolTime, connector: usize) -> Option<ConnectorStatus> {
        let standing = self.dispatcher.get(connector)?;
        Some(self.status_of(now, connector, standing))
    }

    fn status_of(&self, now: SpoolTime, connector: usize, standing: &Standing) -> ConnectorStatus {
        let held = self.held_by(connector);
        let (state, cause) = self.state_of(connector, standing, &held);
        let health = &standing.health;
        let told = self.told.get(connector).filter(|told| told.state == state);
        let since = told.map(|told| now.since(told.since)).unwrap_or_default();
        ConnectorStatus {
            id: standing.id.to_string(),
            name: self
                .configured(connector)
                .map_or_else(|| standing.id.to_string(), |configured| configured.name.clone()),
            workspace: self.workspace_of(connector).unwrap_or_default(),
            state,
            since,
            cause,
            last_error: health.last_error().cloned(),
            next_probe: self.dispatcher.next_try(now, connector),
            conflicts: held.conflicts,
            events_held: held.events,
            bytes_held: held.bytes,
            oldest_held: held.oldest.map(|oldest| now.since(oldest)),
            loss_in: held
                .oldest
                .map(|oldest| oldest.plus(self.settings.retention).since(now)),
            last_delivered: standing.last_delivered.map(|then| now.since(then)),
        }
    }

    /// The workspace of a connector: as configured, or as the logs have it.
    fn workspace_of(&self, connector: usize) -> Option<String> {
        if let Some(configured) = self.configured(connector) {
            return Some(configured.workspace.to_string());
        }
        let id = &self.dispatcher.get(connector)?.id;
        self.shards.values().find_map(|run| {
            let generation = run.fold.generation_of(run.fold.connector(id)?)?;
            Some(generation.workspace.clone())
        })
    }

    fn held_by(&self, connector: usize) -> Held {
        let mut held = Held::default();
        for run in self.shards.values() {
            if let Some(book) = run.book_of(connector) {
                held.known = true;
                held.events += book.events_held;
                held.bytes += book.bytes_held;
                for lane in &book.lanes {
                    let Some(state) = run.state(*lane) else { continue };
                    let oldest = state.oldest.map(|oldest| run.moment(oldest));
                    held.oldest = [held.oldest, oldest].into_iter().flatten().min();
                    if let Some(Phase::Conflict(found)) = run.run(*lane).map(|run| &run.phase) {
                        let sealed = state.open_seal();
                        held.conflicts.push(LaneConflict {
                            key: sealed.map(|seal| seal.key.clone()).unwrap_or_default(),
                            found: found.to_string(),
                            lane: state.key.clone(),
                        });
                    }
                }
            }
        }
        held
    }

    fn state_of(&self, connector: usize, standing: &Standing, held: &Held) -> (State, Option<Cause>) {
        let failures = self.shards.values().filter_map(|run| run.failed.as_ref());
        if let Some(failure) = failures.into_iter().next()
            && self.shards.values().all(|run| run.failed.is_some())
        {
            return (
                State::Stopped,
                Some(Cause::plain(Party::Us, failure.to_string(), "")),
            );
        }
        if self.configured(connector).is_none() {
            let advice = "add the connector to the configuration again, to deliver what is held for it";
            let cause = Cause::plain(Party::Us, "the configuration has no such connector", advice);
            // Removed, and nobody misses anything, where nothing is held.
            return (State::Orphaned, (held.events > 0).then_some(cause));
        }
        let health = &standing.health;
        let stranded = standing
            .stranded
            .as_ref()
            .map(|(blockage, cause)| (*blockage, cause));
        match (health.blockage().or(stranded), held.conflicts.first()) {
            (Some((blockage, cause)), _) => (State::Blocked(blockage), Some(cause.clone())),
            (None, Some(conflict)) => {
                let message = format!("`{}` is taken by {}", conflict.key, conflict.found);
                let cause = Cause::plain(
                    Party::Customer,
                    message,
                    "find out who else writes there; nothing is overwritten",
                );
                (State::Blocked(Blockage::Conflict), Some(cause))
            }
            (None, None) if health.is_degraded() => (State::Degraded, health.last_error().cloned()),
            (None, None) => (State::Running, None),
        }
    }
}
