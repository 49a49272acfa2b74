//! Shards come and go; and the short way to an engine over one log.

use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{GenerationId, Log, SpoolTime};

use super::connectors::Configured;
use super::shard_run::ShardRun;
use super::steps::not_encrypted_as_asked;
use super::{Command, Engine, Purpose};
use crate::config::{ConnectorConfig, Settings};
use crate::error::Error;
use crate::journal::{self, OpenedShard};
use crate::schema_change::SchemaChange;
use crate::shard::LaneRef;
use crate::state::Blockage;
use crate::tickets::ShardId;

/// An engine that has been started over one log, and what its driver needs besides.
#[derive(Debug)]
#[non_exhaustive]
pub struct Started {
    /// The engine.
    pub engine: Engine,
    /// Its only shard.
    pub shard: ShardId,
    /// The present generation of each connector, in the order of the configuration: for [`crate::Admission::prepare`].
    pub generations: Vec<GenerationId>,
    /// Schemas whose files differ from what the log has pinned under their ids: for [`crate::Admission::without`].
    pub schema_changes: Vec<SchemaChange>,
    /// The log's time, to be counted on from.
    pub now: SpoolTime,
}

impl Engine {
    /// An engine over one log, which is opened for it: see [`journal::open`](super::open).
    ///
    /// # Errors
    ///
    /// Those of the opening.
    pub fn start(
        log: &mut dyn Log,
        connectors: &[ConnectorConfig],
        schemas: Arc<SchemaRegistry>,
        settings: Settings,
        draw: &mut dyn FnMut() -> u32,
    ) -> Result<Started, Error> {
        let shard = ShardId(0);
        let opened = journal::open(shard, log, connectors, &schemas, settings.memory, draw)?;
        let (generations, now) = (opened.generations().to_vec(), opened.now());
        let schema_changes = opened.schema_changes().to_vec();
        let mut engine = Self::new(connectors, schemas, settings);
        engine.join(now, opened);
        Ok(Started {
            engine,
            shard,
            generations,
            schema_changes,
            now,
        })
    }

    /// A shard joins: what it holds is delivered from now on.
    pub(super) fn join(&mut self, now: SpoolTime, opened: OpenedShard) {
        let shard = opened.id();
        let books = opened.fold.connectors.iter();
        let places: Vec<usize> = books.map(|book| self.dispatcher.place_of(&book.id)).collect();
        for (book, place) in opened.fold.connectors.iter().zip(&places) {
            // What was wrong before the restart is wrong until somebody says otherwise, or asks for nothing any more.
            let asks = self
                .configured(*place)
                .is_some_and(Configured::asks_for_encryption);
            if let Some(seen) = book.misencrypted.as_deref().filter(|_| asks) {
                let cause = not_encrypted_as_asked(seen);
                self.dispatcher.change(now, *place, |standing| {
                    standing.health.bar(Blockage::Encryption, cause);
                });
            }
        }
        let run = ShardRun::new(now, opened, places);
        let lanes = run.lane_ids();
        self.shards.insert(shard, run);
        self.dispatcher.note_changes();
        for lane in lanes {
            self.refresh(now, LaneRef { shard, lane });
        }
    }

    /// A shard leaves: nothing more is asked or answered for it.
    pub(super) fn leave(&mut self, now: SpoolTime, shard: ShardId) {
        self.stop_shard(now, shard);
        self.refuse_appends(shard, &Error::stopped());
        self.shards.remove(&shard);
        self.dispatcher.note_changes();
        self.commands.push(Command::Failed { shard });
    }

    /// Answers what was to be appended and will not be.
    pub(super) fn refuse_appends(&mut self, shard: ShardId, error: &Error) {
        let tickets: Vec<_> = self
            .appends
            .iter()
            .filter(|(_, (of, _))| *of == shard)
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in tickets {
            if let Some((_, Purpose::Batch(batch))) = self.appends.remove(&ticket) {
                self.batch_failed(shard, &batch, error.clone());
            }
        }
    }
}
