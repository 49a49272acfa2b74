//! From a log to an engine that goes on with it: fold, check, open a new partition. Blocks on the log; reads no clock and draws
//! no randomness.

use std::ops::ControlFlow;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{Frame, Gap, GenerationId, Group, Log, Lsn, PartitionId, Record, SpoolTime};

use crate::config::{ConnectorConfig, Settings};
use crate::engine::{Engine, opening};
use crate::error::{Error, ErrorKind};
use crate::generation::generation;
use crate::ledger::Ledger;
use crate::shard::{Damage, Fold};

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
        let (mut fold, now) = folded(log, &[], connectors, settings.memory)?;
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
    /// `gaps` are those that opening it found and that it does not tell of itself yet
    /// ([`Recovered::gaps`](bucketline_spool::Recovered::gaps)).
    ///
    /// # Errors
    ///
    /// `Spool` if the log cannot be read, `Contradiction` if it makes no sense.
    pub fn read(log: &mut dyn Log, gaps: &[Gap]) -> Result<Self, Error> {
        let (mut fold, _) = folded(log, gaps, &[], 0)?;
        for gap in gaps {
            fold.ledger.count_unreadable(gap);
        }
        Ok(fold.ledger)
    }
}

/// How many settings a connector may have had for its lost generations to be known again.
const GENERATIONS_GUESSED: u64 = 64;

/// Everything that a log means, and its time.
///
/// A log that makes no sense may be one that lacks what a damaged disk has lost; then it is folded as such.
fn folded(
    log: &mut dyn Log,
    gaps: &[Gap],
    connectors: &[ConnectorConfig],
    memory: u64,
) -> Result<(Fold, SpoolTime), Error> {
    let contradiction = match fold_over(log, Fold::new(memory)) {
        Err(error) if error.kind() == ErrorKind::Contradiction => error,
        folded => return folded,
    };
    let mut gaps = gaps.to_vec();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Gap(gap) = frame.record {
            gaps.push(gap);
        }
        ControlFlow::Continue(())
    })?;
    let numbered = |config| (0..GENERATIONS_GUESSED).map(move |counter| generation(config, counter));
    let known = connectors.iter().flat_map(numbered).collect();
    match Damage::of(&gaps, known) {
        Some(damage) => fold_over(log, Fold::over_damage(memory, damage)),
        None => Err(contradiction),
    }
}

fn fold_over(log: &mut dyn Log, mut fold: Fold) -> Result<(Fold, SpoolTime), Error> {
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
