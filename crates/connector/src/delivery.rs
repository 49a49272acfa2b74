//! One object's way, from a range of a lane to its commit: each answer leads to the next step. Knows what was answered and found; knows
//! no time, no slots and no other lanes.
//!
//! ```text
//!   Scout ──> Build ──> Seal ──> Put ──> created ──────────────────────────────> Commit
//!                       │  └──> taken: Look ──> ours ──────────────────────^
//!                       │                 ├──> another range: Build ──> ours ┤
//!                       │                 ├──> not proved: Build, Compare ───┘
//!                       │                 └──> other: Conflict
//!                       ├──> said by something in between: Look, as if taken
//!                       └─ failed: Later; refused: Refused
//!   after a start: Look first; absent: Build, Put
//! ```

use std::time::Duration;

use bucketline_sink::{Checksum, Error as SinkError, ErrorKind, ObjectInfo, ObjectKey, PutOutcome, Receipt};
use bucketline_spool::{Learnt, Position};

use crate::build::Built;
use crate::metadata::Contents;
use crate::reconcile::{AfterLook, AfterPut, AfterRebuild, Expected, after_look, after_put, after_rebuild};
use crate::state::{Blockage, Cause, Party};

/// Where the delivery of a lane's next object stands.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    stage: Stage,
    /// What is sealed, once it is.
    sealed: Option<Target>,
    /// What was built last, while it is needed.
    built: Option<Built>,
    /// Whether an object was seen at the key, or somebody said that it is there.
    seen: bool,
    /// Why the success that answered the last put does not count.
    doubt: Option<SinkError>,
}

/// What a seal says of its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) key: ObjectKey,
    pub(crate) contents: Contents,
    /// Its size and checksum as well, where the seal or a build has told them.
    pub(crate) expected: Option<Expected>,
}

#[derive(Debug, Default)]
enum Stage {
    /// Whether the store is there at all is being asked, before anything is sealed for it.
    Scouting,
    /// Its bytes are being made, to be sealed.
    #[default]
    Building,
    /// Its seal is on the way to the disk.
    Sealing,
    /// What was sealed is being built again, to be put.
    BuildingAgain,
    Putting,
    Looking,
    /// The range of the object that was found is being built.
    Rebuilding(ObjectInfo),
    /// What was sealed is being built again, to be compared with the object that was found.
    BuildingToCompare(ObjectInfo),
    /// The object that was found is being read; how it would be learnt, and what is built for its range.
    Comparing(ObjectInfo, Learnt, Contents),
    /// Whether there is an object of what was given up is being asked.
    Finding,
    /// That object is being read, to be compared with the sum of what was sealed.
    Proving(ObjectInfo),
    /// Its commit, or what settles it, is on the way to the disk.
    Committing,
}

/// What is to be done next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Look at the key that the next object would have.
    Scout,
    /// Build the object that comes next.
    Build,
    /// Build the object that ends at this position.
    BuildTo(Position),
    /// Make the boundaries of what was built durable.
    Seal(Expected),
    /// Put what was built.
    Put,
    /// Look at the key.
    Look,
    /// Look at the key; the outcome of what was put is unknown.
    LookInDoubt,
    /// Read the object at the key, and compare it with what was built.
    Compare,
    /// Make the commit durable.
    Commit(Box<Existing>),
    /// What was given up is delivered after all: make that durable.
    Settle(Box<ObjectInfo>),
    /// There is no object of what was given up.
    NotThere,
    /// Try again later.
    Later(Later),
    /// The store refused.
    Refused(Blockage, Cause),
    /// Another object has the key.
    Conflict(String),
    /// What is held no longer builds what was sealed.
    Unbuildable,
    /// Nothing: the answer is to no question of this stage.
    Nothing,
}

/// Why something is tried again later.
#[derive(Debug)]
pub(crate) struct Later {
    /// Whether an attempt may have taken effect without our knowing, or may yet.
    pub(crate) unknown: bool,
    pub(crate) cause: Cause,
    /// The pause that the store asks for.
    pub(crate) at_least: Option<Duration>,
}

/// An object that exists: what a commit says of it.
#[derive(Debug)]
pub(crate) struct Existing {
    pub(crate) contents: Contents,
    pub(crate) bytes: u64,
    pub(crate) receipt: Receipt,
    pub(crate) learnt: Learnt,
}

impl Delivery {
    /// The delivery of what comes next in a lane.
    ///
    /// A store that has not `proved` itself is looked at first: for one that is not there, nothing is sealed, so that what is held can
    /// still go elsewhere when the configuration is corrected.
    pub(crate) fn next(proved: bool) -> (Self, Step) {
        let mut delivery = Self::default();
        if proved {
            return (delivery, Step::Build);
        }
        delivery.stage = Stage::Scouting;
        (delivery, Step::Scout)
    }

    /// The delivery of what was sealed earlier. Where nobody knows whether it was tried, it is looked for before it is built.
    pub(crate) fn of_sealed(target: Target, look_first: bool) -> (Self, Step) {
        let last = target.contents.last;
        let (stage, step) = if look_first && target.expected.is_some() {
            (Stage::Looking, Step::Look)
        } else {
            (Stage::BuildingAgain, Step::BuildTo(last))
        };
        let delivery = Self {
            stage,
            sealed: Some(target),
            built: None,
            seen: false,
            doubt: None,
        };
        (delivery, step)
    }

    /// What was given up, and may be delivered all the same.
    pub(crate) fn of_given_up(target: Target) -> (Self, Step) {
        let delivery = Self {
            stage: Stage::Finding,
            sealed: Some(target),
            ..Self::default()
        };
        (delivery, Step::Look)
    }

    /// The sum of the object that was sealed.
    pub(crate) fn sum(&self) -> Option<Checksum> {
        let expected = self.sealed.as_ref()?.expected.as_ref()?;
        Some(expected.checksum)
    }

    /// What was built last.
    pub(crate) fn object(&self) -> Option<&Built> {
        self.built.as_ref()
    }

    /// The key, once there is a seal.
    pub(crate) fn key(&self) -> Option<&ObjectKey> {
        self.sealed.as_ref().map(|target| &target.key)
    }

    /// Whether a put is under way.
    pub(crate) fn is_putting(&self) -> bool {
        matches!(self.stage, Stage::Putting)
    }

    /// Bytes were made; `None` where not all of the range is held.
    pub(crate) fn on_built(&mut self, built: Option<Built>) -> Step {
        match std::mem::take(&mut self.stage) {
            Stage::Building => {
                let Some(built) = built else {
                    return Step::Unbuildable;
                };
                let expected = built.expected.clone();
                self.built = Some(built);
                self.stage = Stage::Sealing;
                Step::Seal(expected)
            }
            Stage::BuildingAgain => {
                if !self.is_what_was_sealed(built.as_ref()) {
                    return Step::Unbuildable;
                }
                if let Some(target) = &mut self.sealed {
                    target.expected = built.as_ref().map(|built| built.expected.clone());
                }
                self.built = built;
                self.stage = Stage::Putting;
                Step::Put
            }
            Stage::BuildingToCompare(info) => match built {
                Some(built) if self.is_what_was_sealed(Some(&built)) => {
                    let contents = built.expected.contents;
                    self.built = Some(built);
                    self.stage = Stage::Comparing(info, Learnt::Verified, contents);
                    Step::Compare
                }
                _ => Step::Unbuildable,
            },
            Stage::Rebuilding(info) => self.judge(info, built),
            other => {
                self.stage = other;
                Step::Nothing
            }
        }
    }

    /// The range of the object that was found was built.
    fn judge(&mut self, info: ObjectInfo, built: Option<Built>) -> Step {
        match (
            after_rebuild(&info, built.as_ref().map(|built| &built.expected)),
            built,
        ) {
            (AfterRebuild::Adopted, Some(built)) => {
                self.commit(Existing::found(info, built.expected.contents, Learnt::Adopted))
            }
            (AfterRebuild::Compare, Some(built)) => {
                let contents = built.expected.contents;
                self.built = Some(built);
                self.stage = Stage::Comparing(info, Learnt::Adopted, contents);
                Step::Compare
            }
            (AfterRebuild::Conflict(what), _) => Step::Conflict(what),
            (AfterRebuild::Adopted | AfterRebuild::Compare, None) => Step::Unbuildable,
        }
    }

    /// The seal is durable.
    pub(crate) fn on_sealed(&mut self, mut target: Target) -> Step {
        target.expected = self.built.as_ref().map(|built| built.expected.clone());
        self.sealed = Some(target);
        self.stage = Stage::Putting;
        Step::Put
    }

    /// A put was answered, or nobody will know.
    pub(crate) fn on_put(&mut self, answer: &Result<PutOutcome, SinkError>) -> Step {
        let (true, Some(built)) = (self.is_putting(), &self.built) else {
            return Step::Nothing;
        };
        let (contents, bytes) = (built.expected.contents, built.expected.size);
        match after_put(answer) {
            AfterPut::Commit(receipt) => self.commit(Existing {
                contents,
                bytes,
                receipt,
                learnt: Learnt::Answered,
            }),
            AfterPut::Look => {
                self.seen = true;
                self.stage = Stage::Looking;
                Step::Look
            }
            AfterPut::Doubt => {
                self.seen = true;
                self.doubt = answer.as_ref().err().cloned();
                self.stage = Stage::Looking;
                Step::LookInDoubt
            }
            AfterPut::Retry { unknown } => self.later(unknown, answer.as_ref().err()),
            AfterPut::Block(blockage) => refused(blockage, answer.as_ref().err()),
        }
    }

    /// The key was looked at; `None` where the listing has no such object.
    pub(crate) fn on_looked(&mut self, found: Result<Option<ObjectInfo>, SinkError>) -> Step {
        if matches!(self.stage, Stage::Scouting) {
            return self.on_scouted(&found);
        }
        if matches!(self.stage, Stage::Finding) {
            return self.on_found(found);
        }
        let expected = self.sealed.as_ref().and_then(|target| target.expected.as_ref());
        let (Stage::Looking, Some(expected)) = (&self.stage, expected) else {
            return Step::Nothing;
        };
        let (contents, last) = (expected.contents, expected.contents.last);
        let after = after_look(&found, expected);
        self.seen |= matches!(found, Ok(Some(_)));
        match (after, found) {
            (AfterLook::Verified, Ok(Some(info))) => {
                self.commit(Existing::found(info, contents, Learnt::Verified))
            }
            (AfterLook::Compare, Ok(Some(info))) => {
                self.stage = Stage::BuildingToCompare(info);
                Step::BuildTo(last)
            }
            (AfterLook::OtherRange(theirs), Ok(Some(info))) => {
                self.stage = Stage::Rebuilding(info);
                Step::BuildTo(theirs.last)
            }
            (AfterLook::Conflict(what), _) => Step::Conflict(what),
            // It was there, or something was, and is not now: what we put is written again, perhaps.
            (AfterLook::PutAgain, _) if self.seen => self.later(true, self.doubt.as_ref()),
            (AfterLook::PutAgain, _) => {
                self.stage = Stage::BuildingAgain;
                Step::BuildTo(last)
            }
            (AfterLook::Block(blockage), found) => refused(blockage, found.as_ref().err()),
            (_, found) => self.later(false, found.as_ref().err()),
        }
    }

    /// The store was asked before anything was sealed for it. Whether it is there is what matters, not what it has: a key that is taken
    /// is for the put to find. Who may put need not be allowed to look.
    fn on_scouted(&mut self, found: &Result<Option<ObjectInfo>, SinkError>) -> Step {
        let error = match found {
            Err(error) if *error.kind() != ErrorKind::AccessDenied => error,
            _ => {
                self.stage = Stage::Building;
                return Step::Build;
            }
        };
        match Blockage::of(error.kind()) {
            Some(blockage) => refused(blockage, Some(error)),
            None => self.later(false, Some(error)),
        }
    }

    /// The key of what was given up was looked at. Its events are not held any more, so only the very object that was sealed proves
    /// anything.
    fn on_found(&mut self, found: Result<Option<ObjectInfo>, SinkError>) -> Step {
        let Some(expected) = self.sealed.as_ref().and_then(|target| target.expected.as_ref()) else {
            let what =
                "nothing that can be proved: it was sealed with a checksum that this version does not know";
            return Step::Conflict(what.to_owned());
        };
        match (after_look(&found, expected), found) {
            (AfterLook::Verified, Ok(Some(info))) => {
                self.stage = Stage::Committing;
                Step::Settle(Box::new(info))
            }
            (AfterLook::Compare, Ok(Some(info))) if info.size == expected.size => {
                self.stage = Stage::Proving(info);
                Step::Compare
            }
            (AfterLook::Compare, Ok(Some(info))) => Step::Conflict(format!(
                "an object with the metadata of what was given up, but of {} bytes",
                info.size
            )),
            (AfterLook::OtherRange(theirs), _) => Step::Conflict(format!(
                "an object of positions {} to {}, of which some were given up",
                theirs.first, theirs.last
            )),
            (AfterLook::Conflict(what), _) => Step::Conflict(what),
            (AfterLook::PutAgain, _) => {
                self.stage = Stage::Committing;
                Step::NotThere
            }
            (AfterLook::Block(blockage), found) => refused(blockage, found.as_ref().err()),
            (_, found) => self.later(false, found.as_ref().err()),
        }
    }

    /// The object at the key was read, and compared with the one built here.
    pub(crate) fn on_compared(&mut self, same: Result<bool, SinkError>) -> Step {
        let (info, learnt, contents) = match std::mem::take(&mut self.stage) {
            Stage::Comparing(info, learnt, contents) => (info, learnt, contents),
            Stage::Proving(info) => return self.on_proved(info, same),
            other => {
                self.stage = other;
                return Step::Nothing;
            }
        };
        match same {
            Ok(true) => self.commit(Existing::found(info, contents, learnt)),
            Ok(false) => {
                Step::Conflict("an object with our metadata, but other or damaged events".to_owned())
            }
            Err(error) => match Blockage::of(error.kind()) {
                Some(blockage) => refused(blockage, Some(&error)),
                None => self.later(false, Some(&error)),
            },
        }
    }

    /// The object of what was given up was read, and its sum compared.
    fn on_proved(&mut self, info: ObjectInfo, same: Result<bool, SinkError>) -> Step {
        match same {
            Ok(true) => {
                self.stage = Stage::Committing;
                Step::Settle(Box::new(info))
            }
            Ok(false) => Step::Conflict("an object with our metadata, but other or damaged bytes".to_owned()),
            Err(error) => match Blockage::of(error.kind()) {
                Some(blockage) => refused(blockage, Some(&error)),
                None => self.later(false, Some(&error)),
            },
        }
    }

    /// A call was broken off: whatever it did, nobody will know.
    pub(crate) fn on_broken_off(&mut self, cause: Cause) -> Later {
        Later {
            unknown: self.seen || self.is_putting(),
            cause,
            at_least: None,
        }
    }

    fn commit(&mut self, existing: Existing) -> Step {
        self.built = None;
        self.stage = Stage::Committing;
        Step::Commit(Box::new(existing))
    }

    /// An object that was seen and may be put again makes the outcome unknown, as an unanswered put does.
    fn later(&self, unknown: bool, error: Option<&SinkError>) -> Step {
        let gone = || {
            Cause::plain(
                Party::Customer,
                "an object was in the way of a put, and was gone when looked at",
                "see who deletes objects",
            )
        };
        Step::Later(Later {
            unknown: (unknown || self.seen) && !(self.seen && bent!(AbsenceLeavesNoUnknown)),
            cause: error.map_or_else(gone, Cause::of),
            at_least: error.and_then(SinkError::retry_after),
        })
    }

    fn is_what_was_sealed(&self, built: Option<&Built>) -> bool {
        let (Some(target), Some(built)) = (&self.sealed, built) else {
            return false;
        };
        let same = |expected: &Expected| *expected == built.expected;
        target.contents == built.expected.contents && target.expected.as_ref().is_none_or(same)
    }
}

impl Existing {
    fn found(info: ObjectInfo, contents: Contents, learnt: Learnt) -> Self {
        let mut receipt = Receipt::default();
        receipt.etag = info.etag;
        receipt.version_id = info.version_id;
        receipt.checksums = info.checksums;
        receipt.encryption = info.encryption;
        Self {
            contents,
            bytes: info.size,
            receipt,
            learnt,
        }
    }
}

fn refused(blockage: Blockage, error: Option<&SinkError>) -> Step {
    let cause = error.map_or_else(|| Cause::plain(Party::Store, "refused", ""), Cause::of);
    Step::Refused(blockage, cause)
}

#[cfg(test)]
mod tests;
