//! The cold log: copies of frames that something needs for longer than their segments are to stay.
//! It must not know why.
//!
//! Its frames are found by their places alone and never read in order, so any of its segments can go once nothing needs
//! a frame of it, and nothing of it is read when a spool is opened. Each opening begins a segment of its own behind all
//! that stand there: what a crash has left at the end of one is never looked at.

use std::io;

use super::Spool;
use super::layout::Layout;
use super::segment::{Found, Segment, SegmentReader};
use crate::frame::{self, BEGINS_APPEND, BEGINS_GROUP, ENDS_GROUP};
use crate::{Disk, DiskFile, Error, ErrorKind, Lsn, OpenMode};

/// The cold log of a shard.
#[derive(Debug)]
pub(super) struct Cold {
    /// By place.
    segments: Vec<Segment>,
    next: Lsn,
    /// The newest segment, once this opening has begun one.
    active: Option<Box<dyn DiskFile>>,
    reader: Option<SegmentReader>,
}

/// How many bytes are copied at a time.
const CHUNK: usize = 4 << 20;

impl Cold {
    pub(super) fn open(disk: &dyn Disk, layout: &Layout) -> Result<Self, Error> {
        let dir = layout.cold();
        let names = match disk.list(&dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names.map_err(|error| Error::io("the cold log could not be listed", &dir, error))?,
        };
        let places = names.iter().filter_map(|name| Layout::segment_of(name));
        let mut firsts: Vec<Lsn> = places.filter(|first| first.is_cold()).collect();
        firsts.sort_unstable();
        let mut segments = Vec::with_capacity(firsts.len());
        for first in firsts {
            let path = layout.cold_segment(first);
            match disk.open(&path, OpenMode::Read).and_then(|file| file.size()) {
                // Freed by a writer since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                size => {
                    let size = size.map_err(|error| {
                        Error::io("a segment of the cold log could not be read", &path, error)
                    })?;
                    segments.push(Segment {
                        first,
                        end: first.plus(size),
                    });
                }
            }
        }
        // One that is empty has a name of its own as well.
        let behind = |segment: &Segment| segment.end.max(segment.first.plus(1));
        Ok(Self {
            next: segments.iter().map(behind).fold(Lsn::COLD, Lsn::max),
            segments,
            active: None,
            reader: None,
        })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(Segment::bytes).sum()
    }

    pub(super) fn frame_at(&mut self, disk: &dyn Disk, layout: &Layout, lsn: Lsn) -> Result<Found, Error> {
        let after = self.segments.partition_point(|segment| segment.first <= lsn);
        let found = after.checked_sub(1).and_then(|index| self.segments.get(index));
        let Some(segment) = found.copied().filter(|segment| lsn < segment.end) else {
            let what = "no frame stands in the cold log";
            return Err(Error::new(ErrorKind::NotFound, what)
                .in_file(&layout.cold())
                .at(lsn));
        };
        let mut reader = match self
            .reader
            .take()
            .filter(|reader| reader.segment().first == segment.first)
        {
            Some(reader) => reader,
            None => SegmentReader::open(disk, layout.cold_segment(segment.first), segment)?,
        };
        reader.set_end(segment.end);
        self.reader.insert(reader).frame_at(lsn)
    }

    /// Removes the segments in which none of these frames stand.
    pub(super) fn trim(&mut self, disk: &dyn Disk, layout: &Layout, needed: &[Lsn]) -> Result<(), Error> {
        let is_needed = |segment: &Segment| {
            needed
                .iter()
                .any(|lsn| segment.first <= *lsn && *lsn < segment.end)
        };
        let (needed, idle): (Vec<_>, Vec<_>) = self.segments.iter().copied().partition(is_needed);
        if idle.is_empty() {
            return Ok(());
        }
        self.reader = None;
        if self.segments.last() != needed.last() {
            self.active = None;
        }
        let dir = layout.cold();
        for segment in &idle {
            let path = layout.cold_segment(segment.first);
            match disk.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::io(
                        "a segment of the cold log could not be removed",
                        &path,
                        error,
                    ));
                }
                _ => self.segments.retain(|kept| kept.first != segment.first),
            }
        }
        disk.sync_dir(&dir)
            .map_err(|error| Error::io("the cold log's folder could not be made durable", &dir, error))
    }

    /// Begins another segment where there is none yet, or no room: so that what is written next stands in one.
    fn make_room(&mut self, disk: &dyn Disk, layout: &Layout, segment_bytes: u64) -> Result<(), Error> {
        let newest = self.segments.last().map_or(0, Segment::bytes);
        if self.active.is_none() || newest >= segment_bytes {
            self.sync(layout)?;
            let begun = self.begin_segment(disk, layout);
            self.active = Some(begun.map_err(|error| failed(layout, error))?);
        }
        Ok(())
    }

    /// Writes bytes at the end; durable once [`Cold::sync`] has returned.
    fn write(&mut self, layout: &Layout, bytes: &[u8]) -> Result<(), Error> {
        let (Some(file), Some(segment)) = (&mut self.active, self.segments.last_mut()) else {
            return Err(failed(layout, io::ErrorKind::NotFound.into()));
        };
        let offset = segment.bytes();
        let written = file.write_at(offset, bytes);
        // Whatever stands there now: these places are not used again.
        self.next = self.next.plus(bytes.len() as u64);
        segment.end = self.next;
        let Err(error) = written else { return Ok(()) };
        let _ = file.set_size(offset);
        self.active = None;
        Err(failed(layout, error))
    }

    fn begin_segment(&mut self, disk: &dyn Disk, layout: &Layout) -> io::Result<Box<dyn DiskFile>> {
        disk.create_dir_all(&layout.cold())?;
        let first = self.next;
        // Counted as taken, whatever comes of it.
        self.next = first.plus(1);
        let file = disk.open(&layout.cold_segment(first), OpenMode::Create)?;
        disk.sync_dir(&layout.cold())?;
        self.next = first;
        self.segments.push(Segment { first, end: first });
        Ok(file)
    }

    fn sync(&mut self, layout: &Layout) -> Result<(), Error> {
        let synced = self.active.as_mut().map_or(Ok(()), |file| file.sync());
        synced.map_err(|error| {
            self.active = None;
            Error::io("the cold log could not be made durable", &layout.cold(), error)
        })
    }
}

fn failed(layout: &Layout, error: io::Error) -> Error {
    Error::io("the cold log could not be written", &layout.cold(), error)
}

impl Spool {
    pub(super) fn copy_to_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, Error> {
        self.writable()?;
        let mut places = Vec::with_capacity(frames.len());
        let mut buffer = Vec::new();
        for from in frames {
            let frame = self.read_frame(*from)?;
            if places.is_empty() || buffer.len() >= CHUNK {
                self.flush_cold(&mut buffer)?;
                self.cold
                    .make_room(&*self.disk, &self.layout, self.options.segment_bytes)?;
            }
            let to = self.cold.next.plus(buffer.len() as u64);
            let flags = BEGINS_APPEND | BEGINS_GROUP | ENDS_GROUP;
            frame::encode(&frame.record, to, frame.time, flags, &mut buffer)?;
            places.push(to);
        }
        self.flush_cold(&mut buffer)?;
        self.cold.sync(&self.layout)?;
        Ok(places)
    }

    fn flush_cold(&mut self, buffer: &mut Vec<u8>) -> Result<(), Error> {
        if !buffer.is_empty() {
            self.cold.write(&self.layout, buffer)?;
            buffer.clear();
        }
        Ok(())
    }
}
