//! `Log`: the trait through which everything above sees the log.
//! It must not know of files, segments or frames' bytes.

use std::fmt;
use std::ops::ControlFlow;

use crate::{Carry, Error, Frame, Group, Lsn, SpoolTime};

/// An append-only log of groups of records.
///
/// All calls block; one driver thread owns the log. What [`Log::append`] has acknowledged survives a crash at any
/// moment, in order; what it has not acknowledged survives as whole groups, in order, or not at all.
pub trait Log: fmt::Debug + Send {
    /// Appends all groups with one write and one fsync, and tells where each stands.
    ///
    /// Times never run backwards in a log: a `now` before the newest frame's counts as that one, and the answer says which time
    /// the frames carry.
    ///
    /// # Errors
    ///
    /// [`Full`](crate::ErrorKind::Full): the disk is full, nothing was appended, the log can be used on. The groups
    /// of one call stand and fall together, and only a call that admits no events may use the reserve: so keep
    /// `Seal`, `Commit` and `Drop` in a call of their own when the disk is full.
    /// [`TooLarge`](crate::ErrorKind::TooLarge), [`InvalidRecord`](crate::ErrorKind::InvalidRecord): nothing was
    /// appended, the log can be used on.
    /// [`Io`](crate::ErrorKind::Io): the write or the fsync failed. What was appended is
    /// [unknown](crate::Effect::Unknown) until the log is opened again, and every later call fails with
    /// [`Poisoned`](crate::ErrorKind::Poisoned).
    /// [`ReadOnly`](crate::ErrorKind::ReadOnly): the log was opened for reading.
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, Error>;

    /// Visits the frames from `from` on, in order, until the end of the log or until `visit` breaks.
    ///
    /// `from` is the place of a frame, or anything before the oldest one; a place that is no longer there counts as
    /// the oldest. Frames of kinds that this version does not know and that may be skipped are not visited, nor are
    /// stretches that recovery has reported as a gap.
    ///
    /// # Errors
    ///
    /// [`Damaged`](crate::ErrorKind::Damaged): a frame that recovery found whole can no longer be read: open the log
    /// again. [`NewerVersion`](crate::ErrorKind::NewerVersion), [`Io`](crate::ErrorKind::Io),
    /// [`Poisoned`](crate::ErrorKind::Poisoned). Reading changes nothing.
    fn read(&mut self, from: Lsn, visit: &mut dyn FnMut(Frame) -> ControlFlow<()>) -> Result<(), Error>;

    /// Reads the frame at `lsn`, which must be one that [`Log::append`] or [`Log::read`] has told.
    ///
    /// # Errors
    ///
    /// As for [`Log::read`], and [`NotFound`](crate::ErrorKind::NotFound) where no frame stands there, or no more.
    fn read_at(&mut self, lsn: Lsn) -> Result<Frame, Error>;

    /// Frees whole segments that end at or before `before`, from the oldest end only. The newest one stays.
    ///
    /// The caller has written a [`Carry`](crate::Carry) with what they still mean.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io): some of the segments may be gone, always the oldest ones; trimming again goes
    /// on. [`ReadOnly`](crate::ErrorKind::ReadOnly), [`Poisoned`](crate::ErrorKind::Poisoned).
    fn trim(&mut self, before: Lsn) -> Result<(), Error>;

    /// Copies frames into the cold log, so that their segments can be freed while something still needs them, and tells
    /// where the copies stand: durable, and to be read with [`Log::read_at`].
    ///
    /// The caller appends a [`Moved`](crate::Moved) before it relies on the copies. Until then, and after a crash, they are
    /// leftovers that nothing names; [`Log::trim_cold`] frees them.
    ///
    /// # Errors
    ///
    /// As for [`Log::read_at`], for the first frame that cannot be read, and [`Full`](crate::ErrorKind::Full). The log is as
    /// it was, but for leftovers.
    fn keep_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, Error>;

    /// Frees whole segments of the cold log in which none of these frames stand, wherever they lie.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io): any of these segments may be gone; calling again goes on.
    /// [`ReadOnly`](crate::ErrorKind::ReadOnly), [`Poisoned`](crate::ErrorKind::Poisoned).
    fn trim_cold(&mut self, needed: &[Lsn]) -> Result<(), Error>;

    /// Puts a checkpoint in the place of the one before: what all frames before [`Carry::before`] mean. The next opening
    /// reads only what lies behind it.
    ///
    /// A checkpoint shortens the fold and is no second truth: without it the same is folded from the log.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord`](crate::ErrorKind::InvalidRecord): it is ahead of the log.
    /// [`TooLarge`](crate::ErrorKind::TooLarge), [`Full`](crate::ErrorKind::Full) and [`Io`](crate::ErrorKind::Io): the
    /// earlier one stands, or this one does. The log can be used on.
    fn write_checkpoint(&mut self, carry: &Carry) -> Result<(), Error>;

    /// The checkpoint that the log was opened from; given once.
    fn checkpoint(&mut self) -> Option<Carry>;

    /// How much the log holds.
    fn usage(&self) -> Usage;
}

#[deny(clippy::missing_trait_methods)]
impl<L: Log + ?Sized> Log for Box<L> {
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, Error> {
        (**self).append(groups, now)
    }

    fn read(&mut self, from: Lsn, visit: &mut dyn FnMut(Frame) -> ControlFlow<()>) -> Result<(), Error> {
        (**self).read(from, visit)
    }

    fn read_at(&mut self, lsn: Lsn) -> Result<Frame, Error> {
        (**self).read_at(lsn)
    }

    fn trim(&mut self, before: Lsn) -> Result<(), Error> {
        (**self).trim(before)
    }

    fn keep_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, Error> {
        (**self).keep_cold(frames)
    }

    fn trim_cold(&mut self, needed: &[Lsn]) -> Result<(), Error> {
        (**self).trim_cold(needed)
    }

    fn write_checkpoint(&mut self, carry: &Carry) -> Result<(), Error> {
        (**self).write_checkpoint(carry)
    }

    fn checkpoint(&mut self) -> Option<Carry> {
        (**self).checkpoint()
    }

    fn usage(&self) -> Usage {
        (**self).usage()
    }
}

/// Where a group stands in the log, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// Its first frame; of a group without records, where it would stand.
    pub first: Lsn,
    /// Its last frame.
    pub last: Lsn,
    /// Where the next group stands.
    pub end: Lsn,
    /// Its frames, one for each record.
    pub frames: Vec<Lsn>,
    /// The time that its frames carry.
    pub time: SpoolTime,
}

impl Appended {
    /// A group whose frames stand at these places and end at `end`; one without records would stand there.
    #[must_use]
    pub fn new(frames: Vec<Lsn>, end: Lsn, time: SpoolTime) -> Self {
        Self {
            first: frames.first().copied().unwrap_or(end),
            last: frames.last().copied().unwrap_or(end),
            end,
            frames,
            time,
        }
    }
}

/// How much a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all segments.
    pub bytes: u64,
    /// Bytes of the cold log's segments.
    pub cold_bytes: u64,
    /// How many segments there are.
    pub segments: usize,
    /// The start of the oldest segment.
    pub first_lsn: Lsn,
    /// Where the next frame will stand.
    pub next_lsn: Lsn,
    /// Bytes that were cut off when the log was opened: of an append that was never acknowledged.
    pub torn_tail_bytes: u64,
}
