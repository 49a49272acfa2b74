//! Quarantine: copies of what could not be read, so that nothing is ever thrown away unseen.
//! It must not decide what is damage.

use std::collections::VecDeque;
use std::io;

use super::Stretch;
use super::layout::Layout;
use super::segment::Segment;
use crate::{Disk, DiskFile, OpenMode};

const CHUNK: usize = 256 << 10;

/// What a copy is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Damage, which stays where it is: one copy is enough.
    Gap,
    /// A torn tail, which is cut off: another one may lie in the same place later.
    Tail,
}

/// Keeps a copy of a stretch of the log; the name of the file, or nothing where there are no bytes to keep.
pub(super) fn keep(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &VecDeque<Segment>,
    stretch: Stretch,
    kept: Kept,
) -> io::Result<Option<String>> {
    let what = match kept {
        Kept::Gap => "gap",
        Kept::Tail => "tail",
    };
    let name = format!("{:020}-{:020}.{what}", stretch.first.get(), stretch.end.get());
    let dir = layout.quarantine();
    let (unfinished, path) = (dir.join("unfinished"), dir.join(&name));
    disk.create_dir_all(&dir)?;
    if kept == Kept::Gap && disk.list(&dir)?.contains(&name) {
        return Ok(Some(name));
    }
    match disk.remove(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut copy = disk.open(&unfinished, OpenMode::Create)?;
    let mut written = 0;
    for segment in segments {
        let (first, end) = (segment.first.max(stretch.first), segment.end.min(stretch.end));
        if first < end {
            let from = disk.open(&layout.segment(segment.first), OpenMode::Read)?;
            let offset = first.get() - segment.first.get();
            written += copy_bytes(&*from, offset, end.get() - first.get(), &mut *copy, written)?;
        }
    }
    if written == 0 {
        disk.remove(&unfinished)?;
        return Ok(None);
    }
    copy.sync()?;
    disk.rename(&unfinished, &path)?;
    disk.sync_dir(&dir)?;
    Ok(Some(name))
}

/// Copies up to `length` bytes; how many there were.
fn copy_bytes(
    from: &dyn DiskFile,
    offset: u64,
    length: u64,
    to: &mut dyn DiskFile,
    at: u64,
) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    while done < length {
        let want = usize::try_from(length - done).map_or(CHUNK, |rest| rest.min(CHUNK));
        let read = from.read_at(offset + done, chunk.get_mut(..want).unwrap_or_default())?;
        if read == 0 {
            break;
        }
        to.write_at(at + done, chunk.get(..read).unwrap_or_default())?;
        done += read as u64;
    }
    Ok(done)
}
