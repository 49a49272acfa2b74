//! From a log to a shard that an engine can go on with: fold, check the configuration against it, begin a new partition. Blocks on the log;
//! reads no clock and draws no randomness.

use std::ops::ControlFlow;

use bucketline_format::SchemaRegistry;
use bucketline_spool::{
    Carry, Gap, GenerationId, Group, Log, Lsn, Opened, PartitionId, Record, Retarget, SpoolTime,
};

use super::Landed;
use crate::config::ConnectorConfig;
use crate::error::{Error, ErrorKind};
use crate::fitness::{check_connectors, check_held, check_transforms};
use crate::generation::{generation, same_destination, same_settings};
use crate::ledger::Ledger;
use crate::schema_change::SchemaChange;
use crate::shard::{Compared, Fold, Folded, Folding, pin_of};
use crate::tickets::ShardId;

/// A shard whose log was folded and has begun a new partition.
#[derive(Debug)]
pub struct OpenedShard {
    id: ShardId,
    pub(crate) fold: Fold,
    pub(crate) partition: PartitionId,
    pub(crate) now: SpoolTime,
    /// Where the log's next group stands: everything before is folded.
    pub(crate) folded_to: Lsn,
    pub(crate) lease_until: Option<SpoolTime>,
    generations: Vec<GenerationId>,
    schema_changes: Vec<SchemaChange>,
}

impl OpenedShard {
    /// Schemas whose files differ from what the log has pinned under their ids.
    pub fn schema_changes(&self) -> &[SchemaChange] {
        &self.schema_changes
    }

    /// Its name.
    pub fn id(&self) -> ShardId {
        self.id
    }

    /// The log's time.
    pub fn now(&self) -> SpoolTime {
        self.now
    }

    /// The present generation of each connector, in the order of the configuration: for [`crate::Admission::prepare`].
    pub fn generations(&self) -> &[GenerationId] {
        &self.generations
    }

    /// A shard that may be written for until a moment of the engine's time only; a local log's may be without end.
    #[must_use]
    pub fn leased_until(mut self, moment: SpoolTime) -> Self {
        self.lease_until = Some(moment);
        self
    }
}

/// Folds a log from its checkpoint, or from its beginning, and opens a new partition in it.
///
/// `draw` gives 32 random bits at each call; the partition is made of them, and one that was used before is drawn again. At most `memory`
/// bytes of batches are kept.
///
/// # Errors
///
/// `Spool` if the log fails, `Contradiction` if it makes no sense; `Config`, `FolderConflict` and `MissingSchema` if the configuration does not fit. Only `Spool` may leave anything written.
pub fn open(
    id: ShardId,
    log: &mut dyn Log,
    connectors: &[ConnectorConfig],
    schemas: &SchemaRegistry,
    memory: u64,
    draw: &mut dyn FnMut() -> u32,
) -> Result<OpenedShard, Error> {
    check_connectors(connectors)?;
    check_transforms(connectors, schemas)?;
    let start = start_of(log)?;
    let (mut fold, now) = folded(log, start, &[], connectors, memory)?;
    check_held(&fold, connectors, schemas)?;
    let mut partition = PartitionId::from_random(draw());
    while fold.has_partition(partition) {
        partition = PartitionId::from_random(draw());
    }
    let mut records = vec![Record::from(Opened { partition })];
    let schema_changes = pins(&fold, schemas, &mut records);
    let generations = generations(&fold, connectors, &mut records);
    retargets(&fold, connectors, &generations, &mut records);
    let group = Group::new(records);
    let mut places = log.append(std::slice::from_ref(&group), now)?;
    let mut folded_to = Lsn::ZERO;
    if let Some(place) = places.pop() {
        folded_to = place.end;
        for (place, record) in Landed::new(place, group.into_records()).into_frames() {
            fold.apply(place.lsn, place.time, record)?;
        }
    }
    Ok(OpenedShard {
        id,
        fold,
        partition,
        now,
        folded_to,
        lease_until: None,
        generations,
        schema_changes,
    })
}

/// The present generation of each connector; those that are new to the log are added to what it is to be told.
fn generations(fold: &Fold, connectors: &[ConnectorConfig], records: &mut Vec<Record>) -> Vec<GenerationId> {
    let present = connectors.iter().map(|config| {
        let known = fold
            .connector(config.id.as_str())
            .and_then(|place| fold.generation_of(place));
        let wanted = generation(config, known.map_or(0, |known| known.counter + 1));
        match known {
            Some(known) if same_settings(known, &wanted) => known.id,
            _ => {
                let id = wanted.id;
                records.push(Record::from(wanted));
                id
            }
        }
    });
    present.collect()
}

/// The schemas that events will be stored under from now on: those that are new to the log are pinned in it. What differs from what is
/// pinned is told.
fn pins(fold: &Fold, schemas: &SchemaRegistry, records: &mut Vec<Record>) -> Vec<SchemaChange> {
    let mut changes = Vec::new();
    let newest = schemas.event_types().iter();
    for schema in newest.filter_map(|event_type| schemas.latest(event_type)) {
        match fold.schemas.compare(schema) {
            Compared::New => records.push(Record::from(pin_of(schema))),
            Compared::Same => {}
            Compared::OtherText => changes.push(SchemaChange::text(schema)),
            Compared::OtherShape => {
                let pinned = fold.schemas.get(schema.id().get());
                changes.extend(pinned.map(|pinned| SchemaChange::shape(schema, pinned)));
            }
        }
    }
    changes
}

/// What is held and not sealed goes to where its connector delivers today.
fn retargets(
    fold: &Fold,
    connectors: &[ConnectorConfig],
    generations: &[GenerationId],
    records: &mut Vec<Record>,
) {
    for (config, to) in connectors.iter().zip(generations) {
        let Some(connector) = fold.connector(config.id.as_str()) else {
            continue;
        };
        let today = generation(config, 0);
        for lane in fold.lanes_of(connector).filter(|lane| lane.open_seal().is_none()) {
            let accepted_under = fold.generations.get(lane.generation).map(|state| &state.record);
            if accepted_under.is_none_or(|then| same_destination(then, &today)) {
                continue;
            }
            let Some(last) = lane.last() else { continue };
            records.push(Record::from(Retarget {
                lane: lane.key.clone(),
                first: lane.frontier,
                last,
                count: lane.events,
                to: *to,
                partition: lane.key.partition,
                new_first: lane.frontier,
                seen_absent: None,
            }));
        }
    }
}

impl Ledger {
    /// The counts that a log comes to, folded from its checkpoint if it has one; for looking at a log that nobody writes.
    ///
    /// `gaps` are those that opening it found and that it does not tell of itself yet
    /// ([`Recovered::gaps`](bucketline_spool::Recovered::gaps)).
    ///
    /// # Errors
    ///
    /// `Spool` if the log cannot be read, `Contradiction` if it makes no sense.
    pub fn read(log: &mut dyn Log, gaps: &[Gap]) -> Result<Self, Error> {
        let start = start_of(log)?;
        Self::counted(log, start, gaps)
    }

    /// The same, counted anew from all that the log still holds: its checkpoint is not believed. Where its oldest segments were freed,
    /// what the log itself tells of them counts.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn recount(log: &mut dyn Log, gaps: &[Gap]) -> Result<Self, Error> {
        let start = start_without_checkpoint(log)?;
        Self::counted(log, start, gaps)
    }

    fn counted(log: &mut dyn Log, start: Option<Carry>, gaps: &[Gap]) -> Result<Self, Error> {
        let (mut fold, _) = folded(log, start, gaps, &[], 0)?;
        for gap in gaps {
            fold.ledger.count_unreadable(gap);
        }
        Ok(fold.ledger)
    }
}

/// How many settings a connector may have had for its lost generations to be known again.
const GENERATIONS_GUESSED: u64 = 64;

/// What a log is to be folded from: its checkpoint; without one, and where its oldest segments were freed, the first carry in it.
fn start_of(log: &mut dyn Log) -> Result<Option<Carry>, Error> {
    match log.checkpoint() {
        Some(checkpoint) => Ok(Some(checkpoint)),
        None => start_without_checkpoint(log),
    }
}

/// Nothing where all of the log is there; else the first carry in it.
fn start_without_checkpoint(log: &mut dyn Log) -> Result<Option<Carry>, Error> {
    let first = log.usage().first_lsn;
    if first == Lsn::ZERO {
        return Ok(None);
    }
    let mut found = None;
    log.read(first, &mut |frame| match frame.record {
        Record::Carry(carry) if carry.before >= first => {
            found = Some(carry);
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })?;
    match found {
        Some(carry) => Ok(Some(carry)),
        None => Err(Error::new(
            ErrorKind::Contradiction,
            format!(
                "the log begins at byte {first}, and nothing in it tells what stood before: its oldest segments were removed by \
                 hand, or are lost; bring them back"
            ),
        )),
    }
}

/// Everything that a log means, and its time.
fn folded(
    log: &mut dyn Log,
    start: Option<Carry>,
    gaps: &[Gap],
    connectors: &[ConnectorConfig],
    memory: u64,
) -> Result<(Fold, SpoolTime), Error> {
    let mut folding = Folding::new(memory, start, gaps.to_vec())?;
    loop {
        log.read(folding.from(), &mut |frame| {
            folding.feed(frame);
            ControlFlow::Continue(())
        })?;
        let numbered = |config| (0..GENERATIONS_GUESSED).map(move |counter| generation(config, counter));
        match folding.finish(|| connectors.iter().flat_map(numbered).collect())? {
            Folded::Whole(fold, now) => return Ok((*fold, now)),
            Folded::Again(again) => folding = *again,
        }
    }
}
