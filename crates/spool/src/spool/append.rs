//! Group commit: all groups of one call with one write and one fsync.

use std::io;

use super::segment::Segment;
use super::{OpenOptions, Spool};
use crate::frame::{self, BEGINS_APPEND, BEGINS_GROUP, ENDS_GROUP};
use crate::{Appended, DiskFile, Error, ErrorKind, Group, Log as _, Lsn, OpenMode, Record, SpoolTime};

/// The newest segment, open for writing.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) file: Box<dyn DiskFile>,
    pub(super) first: Lsn,
}

impl Spool {
    pub(super) fn append_groups(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, Error> {
        self.writable()?;
        let now = now.max(self.last_time);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let done = lay_down(groups, self.next, now, &mut buffer).and_then(|places| {
            if !buffer.is_empty() {
                self.write(&buffer, groups)?;
                self.last_time = now;
            }
            Ok(places)
        });
        // One huge append must not keep its memory for ever.
        buffer.clear();
        buffer.shrink_to(usize::try_from(OpenOptions::SEGMENT_BYTES).unwrap_or(usize::MAX));
        self.buffer = buffer;
        done
    }

    /// Writes and fsyncs these bytes at the end of the log.
    fn write(&mut self, bytes: &[u8], groups: &[Group]) -> Result<(), Error> {
        let admits = groups
            .iter()
            .flat_map(Group::records)
            .any(|record| matches!(record, Record::Events(_)));
        if admits {
            self.within_bound(bytes.len() as u64)?;
        }
        match self.try_write(bytes) {
            Err(error) if error.kind() == ErrorKind::Full && self.poisoned.is_none() => {
                if admits || !self.reserve.release(&*self.disk, &self.layout) {
                    return Err(error);
                }
                self.try_write(bytes)
            }
            done => done,
        }
    }

    /// Whether events of this many bytes may be taken in. What must still be recorded of deliveries is never refused.
    fn within_bound(&self, length: u64) -> Result<(), Error> {
        let usage = self.usage();
        let held = usage.bytes.saturating_add(usage.cold_bytes);
        let allowed = self.options.max_bytes.saturating_sub(self.options.reserve_bytes);
        if held.saturating_add(length) <= allowed {
            return Ok(());
        }
        let what = format!(
            "the log holds {held} bytes, and {} are all that it may hold (with a reserve of {})",
            self.options.max_bytes, self.options.reserve_bytes
        );
        Err(Error::new(ErrorKind::Full, what).in_file(&self.layout.shard))
    }

    fn try_write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let length = bytes.len() as u64;
        let mut active = self.active_for(length)?;
        let path = self.layout.segment(active.first);
        let offset = self.next.get() - active.first.get();
        if let Err(error) = active.file.write_at(offset, bytes) {
            let error = Error::io("the log could not be written", &path, error).at(self.next);
            // A part may stand there, and may be on the disk by now. It was not acknowledged, and must neither stand
            // in the way of the next append nor come back after a crash.
            let mut taken_back = || active.file.set_size(offset).and_then(|()| active.file.sync());
            if error.kind() == ErrorKind::Full && taken_back().is_ok() {
                self.reader = None;
                self.active = Some(active);
                return Err(error);
            }
            let error = error.uncertain();
            self.poison(&error);
            return Err(error);
        }
        if let Err(error) = active.file.sync() {
            // The bytes may still be read back from memory though the disk has not got them: take them away, so
            // that whoever opens the log next does not mistake them for durable. Recovery does not rely on it.
            let _ = active.file.set_size(offset);
            let error = Error::io("the log could not be made durable", &path, error)
                .at(self.next)
                .uncertain();
            self.poison(&error);
            return Err(error);
        }
        self.next = self.next.plus(length);
        if let Some(newest) = self.segments.back_mut() {
            newest.end = self.next;
        }
        self.active = Some(active);
        if offset == 0 {
            // Now and then: it may have been given up since, and there may be room again.
            self.reserve.restore(&*self.disk, &self.layout, &self.options);
        }
        Ok(())
    }

    /// The segment that takes this many bytes: the newest one while it has room, else a new one.
    fn active_for(&mut self, length: u64) -> Result<Active, Error> {
        let newest = self.segments.back().map_or(0, Segment::bytes);
        match self.active.take() {
            Some(active) if newest == 0 || newest.saturating_add(length) <= self.options.segment_bytes => {
                Ok(active)
            }
            full => self.begin_segment().inspect_err(|_| self.active = full),
        }
    }

    fn begin_segment(&mut self) -> Result<Active, Error> {
        let first = self.next;
        let path = self.layout.segment(first);
        let failed = |error| Error::io("a segment of the log could not be made", &path, error).at(first);
        let file = match self.disk.open(&path, OpenMode::Create) {
            Ok(file) => file,
            // Left by an attempt that failed after this: no segment of the log begins where the log ends.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut file = self.disk.open(&path, OpenMode::Write).map_err(failed)?;
                file.set_size(0).map_err(failed)?;
                file
            }
            Err(error) => return Err(failed(error)),
        };
        if let Err(error) = self.disk.sync_dir(&self.layout.shard) {
            // Asked again it may say yes and still not have it: as for a file.
            let error = failed(error).uncertain();
            self.poison(&error);
            return Err(error);
        }
        self.segments.push_back(Segment { first, end: first });
        Ok(Active { file, first })
    }
}

/// Lays all groups down from `next` on, and tells where each will stand.
fn lay_down(
    groups: &[Group],
    next: Lsn,
    now: SpoolTime,
    buffer: &mut Vec<u8>,
) -> Result<Vec<Appended>, Error> {
    let mut places = Vec::with_capacity(groups.len());
    for group in groups {
        let mut frames = Vec::with_capacity(group.records().len());
        let newest = group.records().len().saturating_sub(1);
        for (index, record) in group.records().iter().enumerate() {
            let lsn = next.plus(buffer.len() as u64);
            let mut flags = if buffer.is_empty() { BEGINS_APPEND } else { 0 };
            if index == 0 {
                flags |= BEGINS_GROUP;
            }
            if index == newest {
                flags |= ENDS_GROUP;
            }
            frame::encode(record, lsn, now, flags, buffer)?;
            frames.push(lsn);
        }
        places.push(Appended::new(frames, next.plus(buffer.len() as u64), now));
    }
    Ok(places)
}
