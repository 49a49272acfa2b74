//! What a step asks for, worked out from the log and today's configuration: builds, keys, and questions to the stores.

use bucketline_format::{Encoder, SchemaId, encoder, newest_encoder};
use bucketline_sink::ObjectKey;

use super::ports::Against;
use super::{Command, CompareJob, Engine, LookJob, PutJob};
use crate::build::{BuildJob, Limit, Part, PartEvents};
use crate::delivery::{Step, Target};
use crate::digest::lane_tag;
use crate::metadata::Contents;
use crate::object_name::ObjectName;
use crate::reconcile::Expected;
use crate::shard::LaneRef;
use crate::tickets::AttemptId;

impl Engine {
    /// What a lane's seal says of its object, also one that was given up in doubt.
    pub(super) fn target_of(&self, lane: LaneRef) -> Option<Target> {
        let run = self.shards.get(&lane.shard)?;
        let state = run.state(lane.lane)?;
        let book = run.fold.connectors.get(state.connector)?;
        let seal = state.open_seal()?;
        let contents = Contents {
            lane: lane_tag(&book.id, &state.key),
            first: seal.first,
            last: seal.last,
            count: seal.count,
            digest: seal.digest,
        };
        Some(Target {
            key: ObjectKey::parse(seal.key.as_str()).ok()?,
            contents,
            expected: Expected::of(seal, contents),
        })
    }

    /// The object of the events held up to a limit, if the log still tells of them.
    pub(super) fn build_job(&self, lane: LaneRef, limit: Limit, attempt: AttemptId) -> Option<BuildJob> {
        let run = self.shards.get(&lane.shard)?;
        let state = run.state(lane.lane)?;
        let connector = run.fold.connectors.get(state.connector)?;
        let id = state.key.schema;
        let of_today = || self.schemas.get(&*state.key.event_type, SchemaId::new(id)?);
        let schema = run.fold.schemas.get(id).or_else(of_today)?.clone();
        let runs = match limit {
            Limit::Exactly(last) => state.up_to(last)?,
            Limit::Within { count, bytes } => state.front(count, bytes),
        };
        let parts = runs.into_iter().map(|part| Part {
            events: run
                .fold
                .frames
                .hot(part.frame)
                .map_or(PartEvents::Missing, PartEvents::Held),
            run: part,
        });
        Some(BuildJob {
            shard: lane.shard,
            attempt,
            schema,
            encoder: self.encoder_of(lane)?,
            lane_tag: lane_tag(&connector.id, &state.key),
            lane: state.stored_key(),
            first: state.frontier,
            limit,
            parts: parts.collect(),
        })
    }

    pub(super) fn key_of(&self, lane: LaneRef) -> Option<ObjectKey> {
        let run = self.shards.get(&lane.shard)?;
        let state = run.state(lane.lane)?;
        let generation = &run.fold.generations.get(state.generation)?.record;
        let name = ObjectName {
            folder: generation.folder.parse().ok()?,
            cluster: generation.cluster.parse().ok()?,
            connector: generation.connector.parse().ok()?,
            event_type: state.key.event_type.parse().ok()?,
            hour: state.key.hour,
            schema: state.key.schema,
            zone: generation.zone.parse().ok()?,
            partition: state.key.partition,
            first: if bent!(KeyNamesTheFirstEventHeld) {
                state.front(0, 0).first()?.first
            } else {
                state.frontier
            },
            extension: self.encoder_of(lane)?.extension(),
        };
        name.key().ok()
    }

    /// The encoder that a lane's seal names; without one, the newest of what its generation asks for.
    pub(super) fn encoder_of(&self, lane: LaneRef) -> Option<&'static dyn Encoder> {
        let run = self.shards.get(&lane.shard)?;
        let state = run.state(lane.lane)?;
        let found = match &state.seal {
            Some(sealed) => encoder(
                &sealed.seal.format,
                &sealed.seal.codec,
                sealed.seal.encoder_version,
            ),
            None => {
                let generation = &run.fold.generations.get(state.generation)?.record;
                newest_encoder(&generation.format, &generation.codec)
            }
        };
        found.ok() // What has none was refused at start.
    }

    pub(super) fn question(&self, lane: LaneRef, step: &Step, attempt: AttemptId) -> Option<Command> {
        let run = self.shards.get(&lane.shard)?;
        let configured = self.configured(run.connector_of(lane.lane)?)?;
        let delivery = &run.running(lane.lane)?.delivery;
        let key = match step {
            Step::Scout => self.key_of(lane)?,
            _ => delivery.key()?.clone(),
        };
        let (shard, connector) = (lane.shard, configured.id.clone());
        Some(match step {
            Step::Put => {
                let built = delivery.object()?;
                Command::Put(Box::new(PutJob {
                    shard,
                    attempt,
                    connector,
                    key,
                    payload: built.payload.clone(),
                    metadata: built.expected.contents.to_metadata(),
                    media_type: built.encoder.media_type(),
                    encryption: configured.encryption.clone(),
                }))
            }
            Step::Compare => Command::Compare(Box::new(CompareJob {
                shard,
                attempt,
                connector,
                key,
                against: match delivery.object() {
                    Some(built) => Against::Built(built.clone()),
                    None => Against::Sum(delivery.sum()?),
                },
            })),
            _ => Command::Look(Box::new(LookJob {
                shard,
                attempt,
                connector,
                key,
            })),
        })
    }
}
