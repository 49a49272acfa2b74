//! `Spool`: the log on a disk, as segments of frames in one directory.
//! It must not know what records mean, beyond what recovery has to tell of a gap.

mod append;
mod checkpoint;
mod cold;
mod format_file;
mod layout;
mod open;
mod quarantine;
mod read;
mod recover;
mod reserve;
mod segment;
mod trim;

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::{
    Appended, Carry, Disk, DiskLock, Error, ErrorKind, Frame, Gap, Group, Log, Lsn, SpoolTime, Usage,
};

use append::Active;
use cold::Cold;
use layout::Layout;
use reserve::Reserve;
use segment::{Segment, SegmentReader};

/// A log in a directory of a [`Disk`].
///
/// One process writes at a time, under a lock; others may read beside it. What was appended is durable when
/// [`append`](Log::append) returns.
pub struct Spool {
    disk: Arc<dyn Disk>,
    layout: Layout,
    options: OpenOptions,
    /// Oldest first; each begins where the one before ends, unless that place lies in `unreadable`.
    segments: VecDeque<Segment>,
    /// What recovery could not read, in order: stretches that no frame is looked for in.
    unreadable: Vec<Stretch>,
    next: Lsn,
    last_time: SpoolTime,
    torn_tail_bytes: u64,
    /// The newest segment, once it is written to.
    active: Option<Active>,
    /// The segment that was read from last.
    reader: Option<SegmentReader>,
    reserve: Reserve,
    cold: Cold,
    /// What it was opened from, until it is asked for.
    checkpoint: Option<Carry>,
    /// Frames being laid down; kept for its memory.
    buffer: Vec<u8>,
    /// What failed, once something did that leaves the disk's content unknown.
    poisoned: Option<String>,
    _lock: Option<Box<dyn DiskLock>>,
}

/// How a spool is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOptions {
    /// Whether it is written to.
    pub access: Access,
    /// How large a segment grows before the next append begins another one, in bytes. One append is never split.
    pub segment_bytes: u64,
    /// How many bytes are kept back, so that deliveries can still be recorded on a full disk; 0 for none.
    pub reserve_bytes: u64,
    /// How many bytes it may hold in all, the reserve among them: events beyond it are refused, and nothing else is.
    pub max_bytes: u64,
    /// Whether all of it is read, and a checkpoint left alone.
    pub whole: bool,
    /// Whether it is opened though its checkpoint says that a part of it is missing.
    pub restored: bool,
}

/// What a spool is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a closed set: a spool is written to or not"
)]
pub enum Access {
    /// Reading and writing, alone: a second process is refused.
    Write,
    /// Reading what stands there now, beside a writer if there is one. Nothing on the disk is changed. The newest
    /// groups may be ones that the writer has not acknowledged yet, and the oldest segments may be trimmed under the
    /// reader: opened again, it begins with what is left.
    ReadOnly,
}

/// What opening a spool found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// Bytes at the end of the log that belonged to an append which was never acknowledged, and were cut off. Where
    /// the spool is opened for reading they are left alone: they may be what a writer is about to finish.
    pub torn_tail_bytes: u64,
    /// How many groups began in these bytes, as far as that can be seen.
    pub dropped_groups: u64,
    /// Why a checkpoint was not used, where there was one and it was not: all of the log was read.
    pub checkpoint_unused: Option<String>,
    /// Stretches that could not be read and that no [`Gap`] of the log tells yet. Whoever drives the log appends
    /// them; until then they are found again at each opening.
    pub gaps: Vec<Gap>,
    /// The time of the newest frame; where spool time goes on from.
    pub last_time: SpoolTime,
}

/// A stretch of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    first: Lsn,
    end: Lsn,
}

impl From<&Gap> for Stretch {
    fn from(gap: &Gap) -> Self {
        Self {
            first: gap.first,
            end: gap.end,
        }
    }
}

impl OpenOptions {
    /// The size of segments unless set: 64 MiB.
    pub const SEGMENT_BYTES: u64 = 64 << 20;
    /// The reserve unless set: 8 MiB, room for some ten thousand seals and commits.
    pub const RESERVE_BYTES: u64 = 8 << 20;

    /// For reading and writing.
    #[must_use]
    pub const fn write() -> Self {
        Self {
            access: Access::Write,
            segment_bytes: Self::SEGMENT_BYTES,
            reserve_bytes: Self::RESERVE_BYTES,
            max_bytes: u64::MAX,
            whole: false,
            restored: false,
        }
    }

    /// For reading alone.
    #[must_use]
    pub const fn read_only() -> Self {
        Self {
            access: Access::ReadOnly,
            ..Self::write()
        }
    }

    /// Segments of this many bytes.
    #[must_use]
    pub const fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// At most so many bytes in all.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// All of the log is read and proved when it is opened, whatever a checkpoint says.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// A log that is known to lack its newest part: its checkpoint is set aside.
    #[must_use]
    pub const fn restored(mut self) -> Self {
        self.restored = true;
        self
    }

    /// A reserve of this many bytes; 0 for none.
    #[must_use]
    pub const fn reserve_bytes(mut self, bytes: u64) -> Self {
        self.reserve_bytes = bytes;
        self
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::write()
    }
}

impl Spool {
    /// Opens the spool in `dir`, or makes one where the directory is empty or missing, and recovers it: cuts off what
    /// a crash left unfinished, and sets aside what can no longer be read.
    ///
    /// What lies behind the checkpoint is read once, a frame at a time; without one, the whole log.
    ///
    /// # Errors
    ///
    /// [`Locked`](ErrorKind::Locked): another process writes to it. [`NewerVersion`](ErrorKind::NewerVersion): it
    /// holds what only a newer version can read. [`Undecodable`](ErrorKind::Undecodable): a frame is whole and another
    /// version laid it down. [`NotASpool`](ErrorKind::NotASpool): the directory holds something
    /// else, or nothing where it is opened for reading. [`Truncated`](ErrorKind::Truncated): its newest part is missing. [`Full`](ErrorKind::Full) and [`Io`](ErrorKind::Io): the
    /// disk failed. What the log holds is the same after any of them.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: impl AsRef<Path>,
        options: OpenOptions,
    ) -> Result<(Self, Recovered), Error> {
        open::open(disk, dir.as_ref(), options)
    }

    fn usable(&self) -> Result<(), Error> {
        match &self.poisoned {
            None => Ok(()),
            Some(cause) => {
                let what = format!("the log was closed by an earlier failure ({cause})");
                Err(Error::new(ErrorKind::Poisoned, what).in_file(&self.layout.shard))
            }
        }
    }

    fn writable(&self) -> Result<(), Error> {
        self.usable()?;
        match self.options.access {
            Access::Write => Ok(()),
            Access::ReadOnly => {
                let what = "the spool is open for reading alone";
                Err(Error::new(ErrorKind::ReadOnly, what).in_file(&self.layout.shard))
            }
        }
    }

    /// Closes the log for good after a failure whose effect on the disk cannot be known.
    fn poison(&mut self, error: &Error) {
        self.poisoned = Some(error.cause());
        self.active = None;
        self.reader = None;
    }
}

impl Log for Spool {
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, Error> {
        self.append_groups(groups, now)
    }

    fn read(&mut self, from: Lsn, visit: &mut dyn FnMut(Frame) -> ControlFlow<()>) -> Result<(), Error> {
        self.read_frames(from, visit)
    }

    fn read_at(&mut self, lsn: Lsn) -> Result<Frame, Error> {
        self.read_frame(lsn)
    }

    fn trim(&mut self, before: Lsn) -> Result<(), Error> {
        self.trim_segments(before)
    }

    fn keep_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, Error> {
        self.copy_to_cold(frames)
    }

    fn trim_cold(&mut self, needed: &[Lsn]) -> Result<(), Error> {
        self.writable()?;
        self.cold.trim(&*self.disk, &self.layout, needed)
    }

    fn write_checkpoint(&mut self, carry: &Carry) -> Result<(), Error> {
        self.put_checkpoint(carry)
    }

    fn checkpoint(&mut self) -> Option<Carry> {
        self.checkpoint.take()
    }

    fn usage(&self) -> Usage {
        Usage {
            cold_bytes: self.cold.bytes(),
            bytes: self.segments.iter().map(Segment::bytes).sum(),
            segments: self.segments.len(),
            first_lsn: self.segments.front().map_or(self.next, |segment| segment.first),
            next_lsn: self.next,
            torn_tail_bytes: self.torn_tail_bytes,
        }
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool")
            .field("dir", &self.layout.dir)
            .field("options", &self.options)
            .field("usage", &self.usage())
            .field("poisoned", &self.poisoned)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod other_versions;
