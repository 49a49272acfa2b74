//! What to do about a key that is taken: look at the object, and find out whether it is ours.

use bucketline_sink::{Error as SinkError, ObjectInfo};
use bucketline_spool::{Learnt, SpoolTime};

use super::delivery::Stage;
use super::outcome::Existing;
use super::{AttemptId, Command, CompareJob, Engine, LookJob};
use crate::build::{Built, Limit};
use crate::metadata::Contents;
use crate::reconcile::{AfterLook, AfterRebuild, after_look, after_rebuild};
use crate::shard::LaneId;
use crate::state::Blockage;

impl Engine {
    pub(super) fn look(&mut self, lane: LaneId) {
        let attempt = self.attempt(lane);
        let Some(connector) = self.connector_id(lane) else {
            return;
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let Some(key) = delivery.key.clone() else { return };
        delivery.stage = Stage::Looking;
        self.commands.push(Command::Look(Box::new(LookJob {
            attempt,
            connector,
            key,
        })));
    }

    pub(super) fn looked(
        &mut self,
        now: SpoolTime,
        attempt: AttemptId,
        found: Result<Option<ObjectInfo>, SinkError>,
    ) {
        let Some(lane) = self.attempts.remove(&attempt) else {
            return;
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let Some(expected) = delivery.built.as_ref().map(|built| built.expected.clone()) else {
            return;
        };
        match (after_look(&found, &expected), found) {
            (AfterLook::Verified, Ok(Some(info))) => {
                self.commit(
                    now,
                    lane,
                    Existing::found(info, expected.contents, Learnt::Verified),
                );
            }
            (AfterLook::Compare, Ok(Some(info))) => {
                self.compare(lane, info, Learnt::Verified, expected.contents)
            }
            (AfterLook::OtherRange(theirs), Ok(Some(info))) => {
                match self.build_job(lane, Limit::Exactly(theirs.last)) {
                    Some(job) => {
                        if let Some(delivery) = self.delivery(lane) {
                            delivery.stage = Stage::Rebuilding(info);
                        }
                        self.commands.push(Command::Build(Box::new(job)));
                    }
                    None => self.rebuilt(now, lane, info, None),
                }
            }
            (AfterLook::Conflict(what), _) => self.conflict_found(now, lane, what),
            (AfterLook::PutAgain, _) => {
                delivery.unknown = true;
                self.failed_for_now(now, lane, None);
            }
            (AfterLook::Block(blockage), found) => self.blocked(now, lane, blockage, found.as_ref().err()),
            (_, found) => self.failed_for_now(now, lane, found.as_ref().err()),
        }
    }

    pub(super) fn rebuilt(&mut self, now: SpoolTime, lane: LaneId, info: ObjectInfo, built: Option<&Built>) {
        let expected = built.map(|built| &built.expected);
        match (after_rebuild(&info, expected), built) {
            (AfterRebuild::Adopted, Some(built)) => {
                self.commit(
                    now,
                    lane,
                    Existing::found(info, built.expected.contents, Learnt::Adopted),
                );
            }
            (AfterRebuild::Compare, Some(built)) => {
                let contents = built.expected.contents;
                if let Some(delivery) = self.delivery(lane) {
                    // What is compared is the range that was found. A retry builds the sealed one again.
                    delivery.built = Some(built.clone());
                }
                self.compare(lane, info, Learnt::Adopted, contents);
            }
            (AfterRebuild::Conflict(what), _) => self.conflict_found(now, lane, what),
            (AfterRebuild::Adopted | AfterRebuild::Compare, None) => self.failed_for_now(now, lane, None),
        }
    }

    fn compare(&mut self, lane: LaneId, info: ObjectInfo, learnt: Learnt, contents: Contents) {
        let attempt = self.attempt(lane);
        let Some(connector) = self.connector_id(lane) else {
            return;
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let (Some(key), Some(built)) = (delivery.key.clone(), delivery.built.clone()) else {
            return;
        };
        delivery.stage = Stage::Comparing(info, learnt, contents);
        self.commands.push(Command::Compare(Box::new(CompareJob {
            attempt,
            connector,
            key,
            built,
        })));
    }

    pub(super) fn compared(&mut self, now: SpoolTime, attempt: AttemptId, same: Result<bool, SinkError>) {
        let Some(lane) = self.attempts.remove(&attempt) else {
            return;
        };
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        let Stage::Comparing(info, learnt, contents) = std::mem::replace(&mut delivery.stage, Stage::Looking)
        else {
            return;
        };
        match same {
            Ok(true) => self.commit(now, lane, Existing::found(info, contents, learnt)),
            Ok(false) => {
                self.conflict_found(
                    now,
                    lane,
                    "an object with our metadata, but other or damaged events".to_owned(),
                );
            }
            Err(error) => match Blockage::of(error.kind()) {
                Some(blockage) => self.blocked(now, lane, blockage, Some(&error)),
                None => self.failed_for_now(now, lane, Some(&error)),
            },
        }
    }
}
