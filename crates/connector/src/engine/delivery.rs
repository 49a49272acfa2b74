//! One object's way, from a range of a lane to its commit: each step is the answer to the one before.

use bucketline_format::{Encoder, SchemaId, encoder, newest_encoder};
use bucketline_sink::{Encryption, Error as SinkError, ObjectInfo, ObjectKey, PutOutcome};
use bucketline_spool::{Learnt, Record, Seal, SpoolTime};

use super::outcome::Existing;
use super::{AttemptId, Command, Engine, Purpose, PutJob};
use crate::build::{BuildJob, Built, Limit, Part, PartEvents};
use crate::digest::lane_tag;
use crate::error::{Error, ErrorKind};
use crate::generation::encryption_of;
use crate::metadata::Contents;
use crate::object_name::ObjectName;
use crate::reconcile::{AfterPut, after_put};
use crate::shard::LaneId;

/// Where the delivery of a lane's next object stands.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) stage: Stage,
    /// Its key, once it is sealed.
    pub(super) key: Option<ObjectKey>,
    /// Whether an attempt may have taken effect without our knowing, or may yet.
    pub(super) unknown: bool,
    /// Failures in a row.
    pub(super) failures: u32,
    pub(super) slot: Option<Slot>,
    /// When it got its slot.
    pub(super) begun: SpoolTime,
    pub(super) built: Option<Built>,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// Waiting: for a slot, for a delay to pass, for the connector to be unblocked.
    Waiting,
    /// Its bytes are being made.
    Building,
    /// Its seal is on the way to the disk.
    Sealing,
    Putting,
    Looking,
    /// The range of the object that was found is being built.
    Rebuilding(ObjectInfo),
    /// The object that was found is being read; whether it would be adopted, and what is built for its range.
    Comparing(ObjectInfo, Learnt, Contents),
    /// Its commit is on the way to the disk.
    Committing,
    /// Another object has its key.
    Conflict(String),
}

/// A slot that it holds: of which kind, and whether it still counts against the number for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: SlotKind,
    /// No more once it was held for long: then others may have it too.
    pub(super) counted: bool,
}

/// Which slots it is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotKind {
    /// Those for all.
    Common,
    /// Those for connectors in trouble.
    Trouble,
}

impl Slot {
    pub(super) const fn of(kind: SlotKind) -> Self {
        Self { kind, counted: true }
    }
}

impl Engine {
    /// Takes up a lane after a start: a seal without a commit may have been tried, whatever was known before.
    pub(super) fn resume(&mut self, now: SpoolTime, lane: LaneId) {
        let seal = self.fold.lanes.get(&lane).and_then(|state| state.seal.as_ref());
        if let Some(seal) = seal {
            let delivery = Delivery {
                stage: Stage::Waiting,
                key: ObjectKey::parse(seal.key.as_str()).ok(),
                unknown: true,
                failures: 0,
                slot: None,
                begun: now,
                built: None,
            };
            self.run_of(lane).delivery = Some(Box::new(delivery));
            self.enqueue(now, lane);
        } else {
            self.refresh(now, lane);
        }
    }

    /// Begins, or goes on with, a delivery that has got a slot.
    pub(super) fn begin(&mut self, now: SpoolTime, lane: LaneId, slot: Slot) -> Begun {
        let Some(run) = self.lanes.get_mut(&lane) else {
            return Begun::Nothing;
        };
        run.queued = false;
        let state = self.fold.lanes.get(&lane);
        let limit = match state.map(|state| (&state.seal, state.events)) {
            Some((Some(seal), _)) => Limit::Exactly(seal.last),
            Some((None, 1..)) => Limit::Within {
                count: self.settings.max_count,
                bytes: self.settings.max_bytes,
            },
            _ => return Begun::Nothing,
        };
        if run.delivery.is_none() {
            run.delivery = Some(Box::new(Delivery {
                stage: Stage::Waiting,
                key: None,
                unknown: false,
                failures: 0,
                slot: None,
                begun: now,
                built: None,
            }));
        }
        let Some(delivery) = &mut run.delivery else {
            return Begun::Nothing;
        };
        delivery.stage = Stage::Building;
        delivery.slot = Some(slot);
        delivery.begun = now;
        match self.build_job(lane, limit) {
            Some(job) => {
                self.commands.push(Command::Build(Box::new(job)));
                Begun::Building
            }
            None => {
                if let Some(delivery) = self.delivery(lane) {
                    delivery.slot = None;
                }
                self.conflict(lane, "the range of its seal is no longer held".to_owned());
                Begun::Nothing
            }
        }
    }

    /// The object of the events held up to a limit, if the log still tells of them.
    pub(super) fn build_job(&mut self, lane: LaneId, limit: Limit) -> Option<BuildJob> {
        let state = self.fold.lanes.get(&lane)?;
        let connector = self.fold.connectors.get(state.connector)?;
        let schema = self
            .schemas
            .get(&*state.key.event_type, SchemaId::new(state.key.schema)?)?
            .clone();
        let encoder = self.encoder_of(lane)?;
        let runs = match limit {
            Limit::Exactly(last) => state.up_to(last)?,
            Limit::Within { count, bytes } => state.front(count, bytes),
        };
        let parts = runs.into_iter().map(|run| Part {
            events: self
                .fold
                .frames
                .hot(run.frame)
                .map_or(PartEvents::Missing, PartEvents::Held),
            run,
        });
        let parts = parts.collect();
        let key = state.key.clone();
        let (first, lane_tag) = (state.frontier, lane_tag(&connector.id, &state.key));
        let recheck = state.key.partition != self.partition;
        let attempt = self.attempt(lane);
        Some(BuildJob {
            attempt,
            schema,
            encoder,
            recheck,
            lane: key,
            lane_tag,
            first,
            limit,
            parts,
        })
    }

    pub(super) fn built(&mut self, now: SpoolTime, attempt: AttemptId, result: Result<Option<Built>, Error>) {
        let Some(lane) = self.attempts.remove(&attempt) else {
            return;
        };
        let built = match result {
            Ok(built) => built,
            Err(error) => return self.fail(now, error),
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        match std::mem::replace(&mut delivery.stage, Stage::Building) {
            Stage::Rebuilding(info) => self.rebuilt(now, lane, info, built.as_ref()),
            _ if delivery.key.is_some() => {
                let sealed = self.fold.lanes.get(&lane).and_then(|state| state.seal.as_ref());
                let digest = built.as_ref().map(|built| built.expected.contents.digest);
                if sealed.map(|seal| seal.digest) != digest {
                    if self.fold.ledger.unreadable().stretches > 0 {
                        let what = "nothing that could be built again: events it was sealed with stood in a part of the log \
                                    that cannot be read any more";
                        self.release(now, lane);
                        return self.conflict(lane, what.to_owned());
                    }
                    let what = "the events held no longer build the object that was sealed; keep the spool and report this";
                    return self.fail(now, Error::new(ErrorKind::Contradiction, what));
                }
                if let Some(delivery) = self.delivery(lane) {
                    delivery.built = built;
                }
                self.put(lane);
            }
            _ => match built {
                Some(built) => self.seal(now, lane, built),
                None => {
                    let what = "a batch no longer holds the events it held; keep the spool and report this";
                    self.fail(now, Error::new(ErrorKind::Contradiction, what));
                }
            },
        }
    }

    /// Makes the boundaries of an object durable, before any byte of it leaves.
    fn seal(&mut self, now: SpoolTime, lane: LaneId, built: Built) {
        let Some(key) = self.key_of(lane) else {
            return self.conflict_found(now, lane, "its key cannot be made from its settings".to_owned());
        };
        let Some(state) = self.fold.lanes.get(&lane) else {
            return;
        };
        let contents = &built.expected.contents;
        let seal = Seal {
            lane: state.key.clone(),
            first: contents.first,
            last: contents.last,
            count: contents.count,
            key: key.as_str().to_owned(),
            format: built.encoder.format().to_owned(),
            codec: built.encoder.codec().to_owned(),
            encoder_version: built.encoder.version(),
            digest: contents.digest,
        };
        if let Some(delivery) = self.delivery(lane) {
            delivery.stage = Stage::Sealing;
            delivery.built = Some(built);
        }
        self.append(Purpose::Seal(lane), vec![Record::from(seal)]);
    }

    pub(super) fn seal_durable(&mut self, lane: LaneId) {
        let sealed = self.fold.lanes.get(&lane).and_then(|state| state.seal.as_ref());
        let key = sealed.and_then(|seal| ObjectKey::parse(seal.key.as_str()).ok());
        if let Some(delivery) = self.delivery(lane) {
            delivery.key = key;
        }
        self.put(lane);
    }

    fn key_of(&self, lane: LaneId) -> Option<ObjectKey> {
        let state = self.fold.lanes.get(&lane)?;
        let generation = &self.fold.generations.get(state.generation)?.record;
        let name = ObjectName {
            folder: generation.folder.parse().ok()?,
            cluster: generation.cluster.parse().ok()?,
            connector: generation.connector.parse().ok()?,
            event_type: state.key.event_type.parse().ok()?,
            hour: state.key.hour,
            schema: state.key.schema,
            zone: generation.zone.parse().ok()?,
            partition: state.key.partition,
            first: state.frontier,
            extension: self.encoder_of(lane)?.extension(),
        };
        name.key().ok()
    }

    /// The encoder that a lane's seal names; without one, the newest of what its generation asks for.
    fn encoder_of(&self, lane: LaneId) -> Option<&'static dyn Encoder> {
        let state = self.fold.lanes.get(&lane)?;
        let found = match &state.seal {
            Some(seal) => encoder(&seal.format, &seal.codec, seal.encoder_version),
            None => {
                let generation = &self.fold.generations.get(state.generation)?.record;
                newest_encoder(&generation.format, &generation.codec)
            }
        };
        found.ok() // What has none was refused at start.
    }

    fn put(&mut self, lane: LaneId) {
        let attempt = self.attempt(lane);
        let encryption = self.encryption_of(lane);
        let Some(connector) = self.connector_id(lane) else {
            return;
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let (Some(built), Some(key)) = (&delivery.built, &delivery.key) else {
            return;
        };
        let job = PutJob {
            attempt,
            connector,
            key: key.clone(),
            payload: built.payload.clone(),
            metadata: built.expected.contents.to_metadata(),
            media_type: built.encoder.media_type(),
            encryption,
        };
        delivery.stage = Stage::Putting;
        self.commands.push(Command::Put(Box::new(job)));
    }

    pub(super) fn put_answered(
        &mut self,
        now: SpoolTime,
        attempt: AttemptId,
        answer: &Result<PutOutcome, SinkError>,
    ) {
        let Some(lane) = self.attempts.remove(&attempt) else {
            return;
        };
        let next = after_put(answer);
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let Some(expected) = delivery.built.as_ref().map(|built| built.expected.clone()) else {
            return;
        };
        match next {
            AfterPut::Commit(receipt) => {
                let existing = Existing {
                    contents: expected.contents,
                    bytes: expected.size,
                    receipt,
                    learnt: Learnt::Answered,
                };
                self.commit(now, lane, existing);
            }
            AfterPut::Look => self.look(lane),
            AfterPut::Retry { unknown } => {
                delivery.unknown |= unknown;
                self.failed_for_now(now, lane, answer.as_ref().err());
            }
            AfterPut::Block(blockage) => self.blocked(now, lane, blockage, answer.as_ref().err()),
        }
    }

    /// Names a new attempt. A lane has at most one under way.
    pub(super) fn attempt(&mut self, lane: LaneId) -> AttemptId {
        let attempt = AttemptId(self.new_id());
        self.attempts.insert(attempt, lane);
        attempt
    }

    pub(super) fn delivery(&mut self, lane: LaneId) -> Option<&mut Delivery> {
        self.lanes
            .get_mut(&lane)
            .and_then(|run| run.delivery.as_deref_mut())
    }

    pub(super) fn connector_id(&self, lane: LaneId) -> Option<crate::ConnectorId> {
        let connector = self.fold.lanes.get(&lane)?.connector;
        self.connectors
            .get(connector)?
            .configured
            .as_ref()
            .map(|(id, _)| id.clone())
    }

    pub(super) fn encryption_of(&self, lane: LaneId) -> Encryption {
        let generation = self
            .fold
            .lanes
            .get(&lane)
            .and_then(|state| self.fold.generations.get(state.generation));
        // What cannot be read was refused at start.
        generation
            .and_then(|generation| encryption_of(&generation.record))
            .unwrap_or_default()
    }
}

/// Whether a slot is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Building,
    Nothing,
}
