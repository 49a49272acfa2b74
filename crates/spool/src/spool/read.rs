//! Reading frames back, in order or one of them.

use std::ops::ControlFlow;

use super::recover::undecodable;
use super::segment::{Found, Segment, SegmentReader};
use super::{Spool, Stretch};
use crate::frame::{self, Header, Unreadable};
use crate::{Error, ErrorKind, Frame, Lsn, Record};

use bytes::Bytes;

impl Spool {
    pub(super) fn read_frames(
        &mut self,
        from: Lsn,
        visit: &mut dyn FnMut(Frame) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        self.usable()?;
        let mut at = self.readable_from(from);
        while at < self.next {
            let reader = self.reader_at(at)?;
            let segment = reader.segment();
            if at >= segment.end {
                return Err(self.damaged("a segment is missing", at));
            }
            let (header, body) = match reader.frame_at(at)? {
                Found::Whole(header, body) => (header, body),
                Found::Newer => return Err(self.newer("a frame of another format", at)),
                Found::Broken(None) if at == from => return Err(self.not_found(at)),
                Found::Broken(_) => return Err(self.damaged("a frame is no longer whole", at)),
            };
            let next = self.readable_from(header.end());
            if let Some(record) = self.decode(&header, &body)?
                && visit(Frame::new(at, header.time, record)).is_break()
            {
                break;
            }
            at = next;
        }
        Ok(())
    }

    pub(super) fn read_frame(&mut self, lsn: Lsn) -> Result<Frame, Error> {
        self.usable()?;
        if lsn.is_cold() {
            return match self.cold.frame_at(&*self.disk, &self.layout, lsn)? {
                Found::Whole(header, body) => self.frame_of(lsn, &header, &body),
                Found::Newer => Err(self.newer("a frame of another format", lsn)),
                Found::Broken(_) => Err(self.damaged("a frame of the cold log is not whole", lsn)),
            };
        }
        let oldest = self.segments.front().map_or(self.next, |segment| segment.first);
        if lsn < oldest || lsn >= self.next || self.readable_from(lsn) != lsn {
            return Err(self.not_found(lsn));
        }
        let (header, body) = match self.reader_at(lsn)?.frame_at(lsn)? {
            Found::Whole(header, body) => (header, body),
            Found::Newer => return Err(self.newer("a frame of another format", lsn)),
            Found::Broken(None) => return Err(self.not_found(lsn)),
            Found::Broken(Some(_)) => return Err(self.damaged("a frame is no longer whole", lsn)),
        };
        self.frame_of(lsn, &header, &body)
    }

    fn frame_of(&self, lsn: Lsn, header: &Header, body: &Bytes) -> Result<Frame, Error> {
        match self.decode(header, body)? {
            Some(record) => Ok(Frame::new(lsn, header.time, record)),
            None => Err(self.newer("a frame of an unknown kind", lsn)),
        }
    }

    fn decode(&self, header: &Header, body: &Bytes) -> Result<Option<Record>, Error> {
        frame::decode(header, body).map_err(|unreadable| match unreadable {
            Unreadable::Newer(what) => self.newer(&what, header.lsn),
            Unreadable::Malformed(what) => undecodable(what, header).in_file(&self.layout.shard),
        })
    }

    /// The first place at or behind `lsn` that holds a frame, as far as recovery has seen.
    fn readable_from(&self, lsn: Lsn) -> Lsn {
        let oldest = self.segments.front().map_or(self.next, |segment| segment.first);
        let mut at = lsn.max(oldest);
        for Stretch { first, end } in &self.unreadable {
            if *first <= at && at < *end {
                at = *end;
            }
        }
        at
    }

    /// A reader of the segment that holds `lsn`.
    fn reader_at(&mut self, lsn: Lsn) -> Result<&mut SegmentReader, Error> {
        let after = self.segments.partition_point(|segment| segment.first <= lsn);
        let found = after.checked_sub(1).and_then(|index| self.segments.get(index));
        let segment: Segment = *found.ok_or_else(|| self.not_found(lsn))?;
        let reader = match self
            .reader
            .take()
            .filter(|reader| reader.segment().first == segment.first)
        {
            Some(mut reader) => {
                reader.set_end(segment.end);
                reader
            }
            None => SegmentReader::open(&*self.disk, self.layout.segment(segment.first), segment)?,
        };
        Ok(self.reader.insert(reader))
    }

    fn not_found(&self, lsn: Lsn) -> Error {
        Error::new(ErrorKind::NotFound, "no frame stands")
            .in_file(&self.layout.shard)
            .at(lsn)
    }

    fn damaged(&self, what: &str, lsn: Lsn) -> Error {
        Error::new(ErrorKind::Damaged, what)
            .in_file(&self.layout.shard)
            .at(lsn)
    }

    fn newer(&self, what: &str, lsn: Lsn) -> Error {
        Error::new(
            ErrorKind::NewerVersion,
            format!("{what} was written by a newer version"),
        )
        .in_file(&self.layout.shard)
        .at(lsn)
    }
}
