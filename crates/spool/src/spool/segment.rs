//! One segment: a file of frames, and reading them.
//! It must not know what lies before or behind the segment.

use std::path::PathBuf;

use bytes::Bytes;

use crate::frame::{HEADER, Header, Misread};
use crate::{Disk, DiskFile, Error, ErrorKind, Lsn, OpenMode};

/// A segment's place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) first: Lsn,
    pub(super) end: Lsn,
}

impl Segment {
    pub(super) fn bytes(&self) -> u64 {
        self.end.get().saturating_sub(self.first.get())
    }
}

/// What stands at a place of a segment.
#[derive(Debug)]
pub(super) enum Found {
    /// A frame whose checksums hold. The body has memory of its own.
    Whole(Header, Bytes),
    /// No whole frame; the header, where that alone is whole.
    Broken(Option<Header>),
    /// A whole header that only a newer version can read.
    Newer,
}

/// Reads a segment, ahead of what is asked for.
#[derive(Debug)]
pub(super) struct SegmentReader {
    pub(super) path: PathBuf,
    segment: Segment,
    file: Box<dyn DiskFile>,
    window: Vec<u8>,
    window_first: Lsn,
}

/// How far a reader reads ahead. Bodies that are larger are read straight into their own memory.
const AHEAD: usize = 256 << 10;

impl SegmentReader {
    pub(super) fn open(disk: &dyn Disk, path: PathBuf, segment: Segment) -> Result<Self, Error> {
        let file = disk
            .open(&path, OpenMode::Read)
            .map_err(|error| Error::io("a segment of the log could not be opened", &path, error))?;
        Ok(Self {
            path,
            segment,
            file,
            window: Vec::new(),
            window_first: segment.first,
        })
    }

    pub(super) fn segment(&self) -> Segment {
        self.segment
    }

    /// Reads up to this place from now on; for a segment that is still written to.
    pub(super) fn set_end(&mut self, end: Lsn) {
        self.segment.end = end;
    }

    /// What stands at `lsn`.
    pub(super) fn frame_at(&mut self, lsn: Lsn) -> Result<Found, Error> {
        let bytes = self.ahead(lsn, HEADER)?;
        let Some(bytes) = bytes.first_chunk::<HEADER>() else {
            return Ok(Found::Broken(None));
        };
        let header = match Header::decode(bytes, lsn) {
            Ok(header) => header,
            Err(Misread::NoHeader) => return Ok(Found::Broken(None)),
            Err(Misread::Newer) => return Ok(Found::Newer),
        };
        if header.end() > self.segment.end {
            return Ok(Found::Broken(Some(header)));
        }
        let body = self.body(&header)?;
        Ok(if header.proves(&body) {
            Found::Whole(header, body)
        } else {
            Found::Broken(Some(header))
        })
    }

    /// At least `least` bytes from `lsn` on, where the segment has them; as many as are at hand.
    pub(super) fn ahead(&mut self, lsn: Lsn, least: usize) -> Result<&[u8], Error> {
        if self.within(lsn).len() < least {
            let rest = self.segment.end.get().saturating_sub(lsn.get());
            let want = usize::try_from(rest).map_or(AHEAD, |rest| rest.min(AHEAD.max(least)));
            let mut window = std::mem::take(&mut self.window);
            window.clear();
            window.resize(want, 0);
            let read = self.fill(lsn, &mut window)?;
            window.truncate(read);
            self.window = window;
            self.window_first = lsn;
        }
        Ok(self.within(lsn))
    }

    fn body(&mut self, header: &Header) -> Result<Bytes, Error> {
        let first = header.lsn.plus(HEADER as u64);
        // The length is at most what the segment has left, and what a frame may have.
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        if length <= AHEAD / 4 {
            let bytes = self.ahead(first, length)?;
            return Ok(Bytes::copy_from_slice(bytes.get(..length).unwrap_or(bytes)));
        }
        let mut body = vec![0; length];
        let known = self.within(first);
        let known = known.get(..length).unwrap_or(known);
        let (head, rest) = body.split_at_mut(known.len());
        head.copy_from_slice(known);
        let head = head.len();
        let read = self.fill(first.plus(head as u64), rest)?;
        body.truncate(head + read);
        Ok(body.into())
    }

    /// What of the window lies at and behind `lsn`.
    fn within(&self, lsn: Lsn) -> &[u8] {
        let skipped = lsn
            .get()
            .checked_sub(self.window_first.get())
            .and_then(|skip| usize::try_from(skip).ok());
        skipped
            .and_then(|skip| self.window.get(skip..))
            .unwrap_or_default()
    }

    /// Fills the buffer from `lsn` on, less where the file ends before; how many bytes that are.
    fn fill(&self, lsn: Lsn, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut offset = lsn.get().checked_sub(self.segment.first.get()).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "a place before the segment was read")
                .in_file(&self.path)
                .at(lsn)
        })?;
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(offset, rest) {
                Ok(0) => break,
                Ok(some) => {
                    read += some;
                    offset += some as u64;
                }
                Err(error) => return Err(Error::io("the log could not be read", &self.path, error).at(lsn)),
            }
        }
        Ok(read)
    }
}
