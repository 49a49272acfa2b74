//! Folding a log frame by frame, from its beginning to its end. Reads nothing itself: whoever does feeds it.

use bucketline_spool::{Carry, Frame, Gap, Generation, Lsn, Record, SpoolTime};

use super::fold::{Damage, Fold};
use crate::error::{Error, ErrorKind};

/// A fold that is not at its end yet.
#[derive(Debug)]
pub(crate) struct Folding {
    fold: Fold,
    /// What it began from.
    start: Option<Carry>,
    memory: u64,
    now: SpoolTime,
    gaps: Vec<Gap>,
    failed: Option<Error>,
    over_damage: bool,
}

/// What a folding comes to.
#[derive(Debug)]
pub(crate) enum Folded {
    /// What the log means, and its time.
    Whole(Box<Fold>, SpoolTime),
    /// The log lacks what a damaged disk has lost: it has to be fed once more, and is folded as such.
    Again(Box<Folding>),
}

impl Folding {
    /// Goes on from a carry, if there is one; what stands before it is not to be fed. `gaps` are those that the log does not tell of itself yet; at most `memory` bytes of batches are kept.
    ///
    /// # Errors
    ///
    /// `Contradiction` if the carry makes no sense.
    pub(crate) fn new(memory: u64, start: Option<Carry>, gaps: Vec<Gap>) -> Result<Self, Error> {
        Ok(Self {
            fold: match start.clone() {
                Some(carry) => Fold::from_carry(memory, carry, None)?,
                None => Fold::new(memory),
            },
            start,
            memory,
            now: SpoolTime::ZERO,
            gaps,
            failed: None,
            over_damage: false,
        })
    }

    /// Where the feeding begins.
    pub(crate) fn from(&self) -> Lsn {
        self.start.as_ref().map_or(Lsn::ZERO, |carry| carry.before)
    }

    /// Takes in the next frame.
    pub(crate) fn feed(&mut self, frame: Frame) {
        let Frame {
            lsn, time, record, ..
        } = frame;
        self.now = self.now.max(time);
        if let (Record::Gap(gap), false) = (&record, self.over_damage) {
            self.gaps.push(gap.clone());
        }
        if self.failed.is_none() {
            self.failed = self.fold.apply(lsn, time, record).err();
        }
    }

    /// Everything was fed. `known`: generations that the configuration could have made.
    ///
    /// # Errors
    ///
    /// What made no sense, where no damage explains it.
    pub(crate) fn finish(self, known: impl FnOnce() -> Vec<Generation>) -> Result<Folded, Error> {
        let contradiction = match self.failed {
            None => {
                let mut fold = self.fold;
                fold.doubt_every_seal();
                return Ok(Folded::Whole(Box::new(fold), self.now));
            }
            Some(error) if error.kind() != ErrorKind::Contradiction || self.over_damage => return Err(error),
            Some(error) => error,
        };
        let damage = Damage::of(&self.gaps, known()).ok_or(contradiction)?;
        Ok(Folded::Again(Box::new(Self {
            fold: match self.start.clone() {
                Some(carry) => Fold::from_carry(self.memory, carry, Some(damage))?,
                None => Fold::over_damage(self.memory, damage),
            },
            start: self.start,
            memory: self.memory,
            now: SpoolTime::ZERO,
            gaps: Vec::new(),
            failed: None,
            over_damage: true,
        })))
    }
}
