//! Opening: lock, format, recovery, and what recovery asks for.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::append::Active;
use super::checkpoint::{self, Standing};
use super::cold::Cold;
use super::format_file;
use super::layout::Layout;
use super::quarantine::Kept;
use super::recover::{Findings, recover};
use super::reserve::Reserve;
use super::segment::Segment;
use super::{Access, OpenOptions, Recovered, Spool, Stretch, quarantine};
use crate::{Carry, Disk, DiskFile, DiskLock, Error, ErrorKind, Locking, Lsn, OpenMode, SpoolTime};

pub(super) fn open(
    disk: Arc<dyn Disk>,
    dir: &Path,
    options: OpenOptions,
) -> Result<(Spool, Recovered), Error> {
    let layout = Layout::new(dir);
    let lock = match options.access {
        Access::Write => Some(claim(&*disk, &layout)?),
        Access::ReadOnly => {
            if format_file::inspect(&*disk, &layout)? == format_file::Standing::Vacant {
                return Err(Error::new(ErrorKind::NotASpool, "there is no spool").in_file(dir));
            }
            None
        }
    };
    let Sight {
        mut segments,
        mut findings,
        checkpoint,
        unused,
    } = look(&*disk, &layout, &options)?;
    if options.access == Access::Write && checkpoint.is_some() {
        // Its writer may have ended before its name was flushed. What is built on it from here on has to find it again.
        disk.sync_dir(&layout.shard)
            .map_err(|error| Error::io("the checkpoint's name could not be flushed", &layout.shard, error))?;
    }
    if options.access == Access::Write && options.restored {
        checkpoint::set_aside(&*disk, &layout)?;
    }
    let cold = Cold::open(&*disk, &layout)?;
    let (checkpoint, checkpointed) = checkpoint.unzip();
    let last_time = findings.last_time.max(checkpointed.unwrap_or_default());
    let active = match options.access {
        Access::Write => {
            set_aside(&*disk, &layout, &segments, &mut findings);
            mend(&*disk, &layout, &segments, &findings)?
        }
        Access::ReadOnly => None,
    };
    if let Some(newest) = segments.back_mut() {
        newest.end = findings.next;
    }
    let mut reserve = Reserve::default();
    if options.access == Access::Write {
        reserve.restore(&*disk, &layout, &options);
    }
    let spool = Spool {
        unreadable: findings.unreadable,
        next: findings.next,
        last_time,
        torn_tail_bytes: findings.torn_bytes,
        disk,
        layout,
        options,
        segments,
        active,
        reader: None,
        reserve,
        cold,
        checkpoint,
        buffer: Vec::new(),
        poisoned: None,
        _lock: lock,
    };
    let recovered = Recovered {
        torn_tail_bytes: findings.torn_bytes,
        dropped_groups: findings.torn_groups,
        checkpoint_unused: unused,
        gaps: findings.gaps,
        last_time,
    };
    Ok((spool, recovered))
}

/// Takes the lock of the directory, and makes it a spool where it is none yet.
fn claim(disk: &dyn Disk, layout: &Layout) -> Result<Box<dyn DiskLock>, Error> {
    let failed = |error| Error::io("the spool's directory could not be made", &layout.dir, error);
    // Before anything is written: nothing is left behind in a directory that is not ours.
    format_file::inspect(disk, layout)?;
    disk.create_dir_all(&layout.dir).map_err(failed)?;
    let path = layout.dir.join(Layout::LOCK);
    let lock = match disk.lock(&path) {
        Ok(Locking::Held(lock)) => lock,
        Ok(Locking::Taken(holder)) => {
            let what = "another process writes to the spool";
            return Err(Error::new(ErrorKind::Locked, what)
                .held_by(holder)
                .in_file(&layout.dir));
        }
        Err(error) => return Err(Error::io("the spool's lock could not be taken", &path, error)),
    };
    if format_file::inspect(disk, layout)? == format_file::Standing::Vacant {
        format_file::make(disk, layout)?;
    }
    // Also where it was a spool already: it may have been made just before a crash, and not durably.
    disk.sync_dir(&layout.dir).map_err(failed)?;
    disk.create_dir_all(&layout.shard).map_err(failed)?;
    Ok(lock)
}

/// What stands there.
struct Sight {
    segments: VecDeque<Segment>,
    findings: Findings,
    /// What was opened from, and its time.
    checkpoint: Option<(Carry, SpoolTime)>,
    /// Why a checkpoint was not used.
    unused: Option<String>,
}

/// Finds the segments and reads what lies behind the checkpoint.
///
/// A writer may trim the oldest ones under a reader: then it looks again at what is left, a few times.
fn look(disk: &dyn Disk, layout: &Layout, options: &OpenOptions) -> Result<Sight, Error> {
    let mut tries = match options.access {
        Access::Write => 1,
        Access::ReadOnly => 5,
    };
    loop {
        // Before the segments: those that a writer frees in between lie before a later checkpoint.
        let standing = match options.whole || options.restored {
            true => Standing::Missing,
            false => checkpoint::read(disk, layout)?,
        };
        let segments = list_segments(disk, layout)?;
        let oldest = segments.front().map_or(Lsn::ZERO, |segment| segment.first);
        let end = segments.back().map_or(Lsn::ZERO, |segment| segment.end);
        tries -= 1;
        let (checkpoint, unused) = match standing {
            Standing::Missing => (None, None),
            Standing::Damaged(why) => (None, Some(why)),
            Standing::Whole(carry, _) if carry.before < oldest => {
                if tries > 0 {
                    continue;
                }
                let why = format!(
                    "it tells of the log up to byte {}, and that begins at {oldest}",
                    carry.before
                );
                (None, Some(why))
            }
            Standing::Whole(carry, _) if carry.before > end => {
                let what = format!(
                    "the log ends before byte {}, which its checkpoint has seen",
                    carry.before
                );
                return Err(Error::new(ErrorKind::Truncated, what)
                    .in_file(&layout.shard)
                    .at(end));
            }
            Standing::Whole(carry, time) => (Some((*carry, time)), None),
        };
        let from = checkpoint.as_ref().map_or(Lsn::ZERO, |(carry, _)| carry.before);
        match recover(disk, layout, &segments, from) {
            Err(error) if error.is_missing_file() && tries > 0 => {}
            findings => {
                return Ok(Sight {
                    segments,
                    findings: findings?,
                    checkpoint,
                    unused,
                });
            }
        }
    }
}

/// The segments that the shard holds, as long as their files are.
fn list_segments(disk: &dyn Disk, layout: &Layout) -> Result<VecDeque<Segment>, Error> {
    let names = match disk.list(&layout.shard) {
        // A reader beside a writer that is only just making the spool.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        listed => listed.map_err(|error| Error::io("the log could not be listed", &layout.shard, error))?,
    };
    let mut firsts: Vec<Lsn> = names.iter().filter_map(|name| Layout::segment_of(name)).collect();
    firsts.sort_unstable();
    let mut segments = VecDeque::with_capacity(firsts.len());
    for first in firsts {
        let path = layout.segment(first);
        let size = match disk.open(&path, OpenMode::Read).and_then(|file| file.size()) {
            // Trimmed by a writer since: only the oldest ones ever are.
            Err(error) if error.kind() == io::ErrorKind::NotFound && segments.is_empty() => continue,
            size => {
                size.map_err(|error| Error::io("a segment of the log could not be read", &path, error))?
            }
        };
        segments.push_back(Segment {
            first,
            end: first.plus(size),
        });
    }
    Ok(segments)
}

/// Keeps copies of damage, and of a torn tail: should a frame of the newest append have decayed after it was
/// acknowledged, it looks like one.
///
/// That a copy cannot be kept, on a full disk for one, is no reason to refuse the log: damage stays where it is until
/// its segment is trimmed.
fn set_aside(disk: &dyn Disk, layout: &Layout, segments: &VecDeque<Segment>, findings: &mut Findings) {
    for gap in &mut findings.gaps {
        let stretch = Stretch::from(&*gap);
        if let Ok(Some(name)) = quarantine::keep(disk, layout, segments, stretch, Kept::Gap) {
            gap.kept = name;
        }
    }
    if findings.torn_bytes > 0
        && let Some(newest) = segments.back()
    {
        let stretch = Stretch {
            first: findings.next,
            end: newest.end,
        };
        let _ = quarantine::keep(disk, layout, segments, stretch, Kept::Tail);
    }
}

/// Cuts the torn tail off, and makes durable whatever is left. The newest segment, open for writing.
fn mend(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &VecDeque<Segment>,
    findings: &Findings,
) -> Result<Option<Active>, Error> {
    let Some(newest) = segments.back() else {
        return Ok(None);
    };
    let first = newest.first;
    let path = layout.segment(first);
    let mend = || {
        let mut file = disk.open(&path, OpenMode::Write)?;
        if findings.torn_bytes > 0 {
            file.set_size(findings.next.get() - first.get())?;
        }
        // After a failed fsync the system may hold bytes in memory, take them for written, and never write them: to
        // read them back proves nothing, to fsync them again does nothing. So the one append that can be in that
        // state is written anew. Everything before it was fsynced before it was begun.
        let offset = |lsn: Lsn| lsn.get() - first.get();
        rewrite(&mut *file, offset(findings.newest_append)..offset(findings.next))?;
        file.sync()?;
        // The crash may have come between a segment's making and this.
        disk.sync_dir(&layout.shard)?;
        io::Result::Ok(file)
    };
    let file = mend().map_err(|error| Error::io("the end of the log could not be mended", &path, error))?;
    Ok(Some(Active { file, first }))
}

/// Writes a range of a file over itself.
fn rewrite(file: &mut dyn DiskFile, range: Range<u64>) -> io::Result<()> {
    const CHUNK: usize = 256 << 10;
    let mut chunk = vec![0; CHUNK];
    let mut at = range.start;
    while at < range.end {
        let want = usize::try_from(range.end - at).map_or(CHUNK, |rest| rest.min(CHUNK));
        let read = file.read_at(at, chunk.get_mut(..want).unwrap_or_default())?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.write_at(at, chunk.get(..read).unwrap_or_default())?;
        at += read as u64;
    }
    Ok(())
}
