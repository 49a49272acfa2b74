//! From a log to an engine that goes on with it: fold, check, open a new partition. Blocks on the log; reads no clock and draws
//! no randomness.

use std::ops::ControlFlow;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{Frame, GenerationId, Group, Log, Lsn, PartitionId, SpoolTime};

use crate::config::{ConnectorConfig, Settings};
use crate::engine::{Engine, opening};
use crate::error::Error;
use crate::fold::Fold;
use crate::ledger::Ledger;

/// An engine that has been started, and what its driver needs besides.
#[derive(Debug)]
#[non_exhaustive]
pub struct Started {
    /// The engine.
    pub engine: Engine,
    /// The present generation of each connector, in the order of the configuration: for [`crate::Admission::prepare`].
    pub generations: Vec<GenerationId>,
    /// The log's time, to be counted on from.
    pub now: SpoolTime,
}

impl Engine {
    /// Folds the log from its beginning, opens a new partition in it, and goes on.
    ///
    /// `draw` gives 32 random bits at each call; the partition is made of them, and one that was used before is drawn again.
    ///
    /// # Errors
    ///
    /// `Spool` if the log fails, `Contradiction` if it makes no sense; `Config`, `FolderConflict`, `DestinationChanged` and
    /// `MissingSchema` if the configuration does not fit. Only `Spool` may leave anything written.
    pub fn start(
        log: &mut dyn Log,
        connectors: &[ConnectorConfig],
        schemas: Arc<SchemaRegistry>,
        settings: Settings,
        draw: &mut dyn FnMut() -> u32,
    ) -> Result<Started, Error> {
        let (mut fold, now) = folded(log, settings.memory)?;
        let mut partition = PartitionId::from_random(draw());
        while fold.has_partition(partition) {
            partition = PartitionId::from_random(draw());
        }
        let mut opening = opening(&fold, connectors, &schemas, partition)?;
        let group = Group::new(std::mem::take(&mut opening.records));
        let places = log.append(std::slice::from_ref(&group), now)?;
        let lsn = places.first().map_or(Lsn::ZERO, |place| place.first);
        for record in group.into_records() {
            fold.apply(lsn, now, record)?;
        }
        let generations = opening.generations.clone();
        Ok(Started {
            engine: Self::new(fold, &opening, schemas, settings, now),
            generations,
            now,
        })
    }
}

impl Ledger {
    /// The counts that a log comes to, read from its beginning; for looking at a log that nobody writes.
    ///
    /// # Errors
    ///
    /// `Spool` if the log cannot be read, `Contradiction` if it makes no sense.
    pub fn read(log: &mut dyn Log) -> Result<Self, Error> {
        folded(log, 0).map(|(fold, _)| fold.ledger)
    }
}

/// Everything that a log means, and its time.
fn folded(log: &mut dyn Log, memory: u64) -> Result<(Fold, SpoolTime), Error> {
    let mut fold = Fold::new(memory);
    let mut now = SpoolTime::ZERO;
    let mut failed = None;
    log.read(Lsn::ZERO, &mut |Frame {
                                  lsn, time, record, ..
                              }| {
        now = now.max(time);
        match fold.apply(lsn, time, record) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok((fold, now)), Err)
}
