//! What an answer of the store means: the protocol's table, pure. Takes what was answered and found, returns what is next;
//! knows no lanes, no time and no I/O.
//!
//! | answer | found | then |
//! |---|---|---|
//! | created, by an answer that only the store can have given | | commit |
//! | a success that cannot be the store's (a proxy's page, an empty answer, another checksum) | | outcome unknown: look, as for a taken key |
//! | key taken | same lane, range, digest, and size and checksum as built here | commit (verified) |
//! | key taken | same lane and first, other last, made of the events held here | commit (adopted) to that last |
//! | key taken | anything else | conflict, for this lane alone |
//! | key taken | absent | put again; outcome unknown from now on |
//! | key taken | not allowed to look | blocked; the seal stays |
//! | failed | may have taken effect, or passes by itself | try again later; outcome unknown from now on |
//! | refused | | blocked, probed |
//!
//! Whatever the way to it, a commit is flagged, and the connector blocked, where the object's encryption is not as asked.

use bucketline_sink::{
    Checksum, ChecksumAlgorithm, ChecksumScope, Effect, Error, ErrorKind, ObjectInfo, PutOutcome, Receipt,
};
use bucketline_spool::{ObjectChecksum, Seal};

use crate::metadata::Contents;
use crate::state::Blockage;

/// An object as it was built here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) contents: Contents,
    pub(crate) size: u64,
    pub(crate) checksum: Checksum,
}

impl Expected {
    /// Its checksum, as a `Seal` keeps it.
    pub(crate) fn tagged_checksum(&self) -> ObjectChecksum {
        ObjectChecksum {
            algorithm: match self.checksum.algorithm() {
                ChecksumAlgorithm::Sha256 => ObjectChecksum::SHA_256,
                ChecksumAlgorithm::Crc64Nvme => ObjectChecksum::CRC_64_NVME,
                ChecksumAlgorithm::Crc32c => ObjectChecksum::CRC_32C,
                _ => ObjectChecksum::UNNUMBERED,
            },
            sum: self.checksum.as_bytes().to_vec(),
        }
    }

    /// The object that a seal tells of; nothing if its checksum is of an algorithm that is not known here.
    pub(crate) fn of(seal: &Seal, contents: Contents) -> Option<Self> {
        let algorithm = match seal.checksum.algorithm {
            ObjectChecksum::SHA_256 => ChecksumAlgorithm::Sha256,
            ObjectChecksum::CRC_64_NVME => ChecksumAlgorithm::Crc64Nvme,
            ObjectChecksum::CRC_32C => ChecksumAlgorithm::Crc32c,
            _ => return None,
        };
        let checksum = Checksum::new(algorithm, ChecksumScope::WholeObject, &seal.checksum.sum)?;
        Some(Self {
            contents,
            size: seal.bytes,
            checksum,
        })
    }
}

/// What follows from the answer to a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AfterPut {
    /// The object exists, and is ours.
    Commit(Receipt),
    /// The key is taken: look at the object.
    Look,
    /// Somebody answered in the store's place: look at what came of it. The outcome is unknown for good.
    Doubt,
    /// The same bytes to the same key, later. `unknown`: this attempt may have taken effect, or may yet.
    Retry { unknown: bool },
    /// Refused: nothing was done, and nothing will be until someone changes something.
    Block(Blockage),
}

/// What follows from looking at a key that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AfterLook {
    /// The object is the one built here.
    Verified,
    /// It says so, but the store's size or checksum does not prove it: read it, and compare the events.
    Compare,
    /// It holds another range from the same first position: build that range here, and ask [`after_rebuild`].
    OtherRange(Contents),
    /// It is something else.
    Conflict(String),
    /// There is nothing now: put the same bytes again; the outcome is unknown for good.
    PutAgain,
    /// What cannot be looked at waits.
    Block(Blockage),
    /// Looking failed in a way that passes.
    Retry,
}

/// What follows from having built the range of the object that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AfterRebuild {
    /// It is made of our events: they are delivered, up to its last.
    Adopted,
    /// As [`AfterLook::Compare`].
    Compare,
    /// It is made of other events.
    Conflict(String),
}

/// The answer to a put.
pub(crate) fn after_put(answer: &Result<PutOutcome, Error>) -> AfterPut {
    match answer {
        Ok(PutOutcome::Created(receipt)) => AfterPut::Commit(receipt.clone()),
        Ok(PutOutcome::PreconditionFailed) => AfterPut::Look,
        Err(error) if is_doubtful(error) => AfterPut::Doubt,
        Err(error) => match Blockage::of(error.kind()) {
            // A refusal that may have taken effect all the same is no refusal.
            Some(blockage) if error.effect() == Effect::NotApplied => AfterPut::Block(blockage),
            _ => AfterPut::Retry {
                unknown: may_have_worked(error),
            },
        },
    }
}

/// A success that the store cannot have given. What says of itself that it failed is only tried again.
fn is_doubtful(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotTheStore
        && error.status().is_some_and(|status| (200..300).contains(&status))
}

/// What was found at the key; `None` where the listing has no such object.
pub(crate) fn after_look(found: &Result<Option<ObjectInfo>, Error>, expected: &Expected) -> AfterLook {
    let info = match found {
        Ok(Some(info)) => info,
        Ok(None) => return AfterLook::PutAgain,
        Err(error) => return Blockage::of(error.kind()).map_or(AfterLook::Retry, AfterLook::Block),
    };
    let ours = &expected.contents;
    let Some(theirs) = Contents::from_metadata(&info.metadata) else {
        return AfterLook::Conflict("an object without Bucketline's metadata".to_owned());
    };
    if theirs.lane != ours.lane {
        return AfterLook::Conflict("an object of another lane or connector".to_owned());
    }
    if theirs.first != ours.first {
        return AfterLook::Conflict(format!(
            "an object that begins at {} instead of {}",
            theirs.first, ours.first
        ));
    }
    if theirs.last != ours.last {
        return AfterLook::OtherRange(theirs);
    }
    if theirs != *ours && !bent!(VerifyWithoutTheDigest) {
        return AfterLook::Conflict("an object of the same range with other events".to_owned());
    }
    if proves(info, expected) || bent!(VerifyWithoutTheDigest) {
        AfterLook::Verified
    } else if info.size > most_to_read(expected) {
        AfterLook::Conflict(format!("an object with our metadata, but of {} bytes", info.size))
    } else {
        AfterLook::Compare
    }
}

/// Other encoders cut the same events into other blocks; what is far larger is not made of them, and is not read.
fn most_to_read(expected: &Expected) -> u64 {
    expected.size.saturating_mul(2).saturating_add(1 << 20)
}

/// The range of the object that was found, as it builds here; `None` where not all of it is held here.
pub(crate) fn after_rebuild(info: &ObjectInfo, rebuilt: Option<&Expected>) -> AfterRebuild {
    let theirs = Contents::from_metadata(&info.metadata);
    match (theirs, rebuilt) {
        (Some(theirs), Some(rebuilt)) if theirs == rebuilt.contents || bent!(VerifyWithoutTheDigest) => {
            if proves(info, rebuilt) || bent!(VerifyWithoutTheDigest) {
                AfterRebuild::Adopted
            } else if info.size > most_to_read(rebuilt) {
                AfterRebuild::Conflict(format!("an object with our metadata, but of {} bytes", info.size))
            } else {
                AfterRebuild::Compare
            }
        }
        (Some(theirs), _) => AfterRebuild::Conflict(format!(
            "an object of positions {} to {}, made of other events than are held here",
            theirs.first, theirs.last
        )),
        (None, _) => AfterRebuild::Conflict("an object without Bucketline's metadata".to_owned()),
    }
}

/// Equal metadata alone proves nothing: half an object under whole metadata has been seen.
fn proves(info: &ObjectInfo, expected: &Expected) -> bool {
    info.size == expected.size && info.checksums.agrees_with(&expected.checksum) == Some(true)
}

fn may_have_worked(error: &Error) -> bool {
    error.effect() == Effect::Unknown
        || matches!(
            error.kind(),
            ErrorKind::Busy
                | ErrorKind::Throttled
                | ErrorKind::Server
                | ErrorKind::TimedOut
                | ErrorKind::Connection
        )
}

#[cfg(test)]
mod tests;
