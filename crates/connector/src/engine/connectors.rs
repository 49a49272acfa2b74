//! Connectors as they are configured today, whatever the logs say of them, and what people do to them.

use std::sync::Arc;

use bucketline_sink::Encryption;
use bucketline_spool::SpoolTime;

use super::Engine;
use crate::config::ConnectorConfig;
use crate::quota::Quota;
use crate::shard::LaneRef;
use crate::{ConnectorId, WorkspaceId};

/// What today's configuration says of a connector that is not part of its generation: it changes neither bytes nor keys.
#[derive(Debug, Clone)]
pub(super) struct Configured {
    pub(super) id: ConnectorId,
    pub(super) name: String,
    pub(super) workspace: WorkspaceId,
    pub(super) encryption: Encryption,
    pub(super) quota: Option<Quota>,
}

impl Configured {
    /// By the id, as the logs have it.
    pub(super) fn of(config: &ConnectorConfig) -> (Arc<str>, Self) {
        let configured = Self {
            id: config.id.clone(),
            name: config.name.clone(),
            workspace: config.workspace.clone(),
            encryption: config.encryption.clone(),
            quota: config.quota,
        };
        (config.id.as_str().into(), configured)
    }

    /// Whether it insists on an encryption of its own.
    pub(super) fn asks_for_encryption(&self) -> bool {
        self.encryption != Encryption::BucketDefault
    }
}

impl Engine {
    /// A connector's configuration, by its place in the dispatcher; none if the configuration does not know it.
    pub(super) fn configured(&self, connector: usize) -> Option<&Configured> {
        self.configured.get(&self.dispatcher.get(connector)?.id)
    }

    /// Someone says that a connector may work again: its credentials or its bucket may have changed.
    pub(super) fn wake(&mut self, now: SpoolTime, id: Option<&ConnectorId>) {
        if bent!(WakeDoesNothing) {
            return;
        }
        let woken: Vec<usize> = match id {
            Some(id) => self.dispatcher.find(id.as_str()).into_iter().collect(),
            None => (0..self.dispatcher.connectors().len()).collect(),
        };
        for connector in woken {
            self.hasten(now, connector);
        }
    }

    /// An operator says that what a connector's store did wrong was put right.
    pub(super) fn resume(&mut self, now: SpoolTime, id: &ConnectorId) {
        if let Some(connector) = self.dispatcher.find(id.as_str()) {
            self.dispatcher
                .change(now, connector, |standing| standing.health.unbar(now));
            self.hasten(now, connector);
        }
    }

    /// Ends every delay of a connector and its lanes.
    pub(super) fn hasten(&mut self, now: SpoolTime, connector: usize) {
        self.dispatcher
            .change(now, connector, |standing| standing.health.hasten(now));
        for lane in self.lanes_of(connector) {
            self.stop_waiting(now, lane);
        }
    }

    /// The lanes of a connector, over all shards.
    pub(super) fn lanes_of(&self, connector: usize) -> Vec<LaneRef> {
        let mut lanes = Vec::new();
        for (shard, run) in &self.shards {
            let held = run.book_of(connector).into_iter().flat_map(|book| &book.lanes);
            lanes.extend(held.map(|lane| LaneRef {
                shard: *shard,
                lane: *lane,
            }));
        }
        lanes
    }
}
