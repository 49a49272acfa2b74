//! Recovery: one pass over the log that tells what of it can be used.
//! It must not change anything: it says what to cut off and what to set aside.
//!
//! Whole groups are used; everything between them is unreadable. At the end of the log the unreadable rest of the
//! newest append is a torn tail, which a crash may leave and nobody was promised. Anything before the newest append
//! was fsynced once: an unreadable stretch there is damage, and becomes a [`Gap`].

mod assembler;

use std::collections::VecDeque;

use super::segment::{Found, Segment, SegmentReader};
use super::{Layout, Stretch};
use crate::frame::{self, HEADER, Header, MAGIC, Unreadable};
use crate::{Disk, Error, ErrorKind, Gap, Lsn, SpoolTime};

use assembler::Assembler;

/// What a pass over the log found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Damage, in order.
    pub(super) unreadable: Vec<Stretch>,
    /// What of it no `Gap` of the log tells yet.
    pub(super) gaps: Vec<Gap>,
    /// Where the log goes on: everything from here to the end of the newest segment is cut off.
    pub(super) next: Lsn,
    /// Where the newest append begins; everything before was fsynced before it was written.
    pub(super) newest_append: Lsn,
    /// How many bytes are cut off.
    pub(super) torn_bytes: u64,
    /// How many groups are seen to begin in them.
    pub(super) torn_groups: u64,
    pub(super) last_time: SpoolTime,
}

/// Reads the log from a place on, a frame at a time; what lies before was proved when it was written.
pub(super) fn recover(
    disk: &dyn Disk,
    layout: &Layout,
    segments: &VecDeque<Segment>,
    from: Lsn,
) -> Result<Findings, Error> {
    let Some(oldest) = segments.front() else {
        return Ok(Findings::default());
    };
    let mut assembler = Assembler::new(oldest.first.max(from));
    for (index, segment) in segments.iter().enumerate() {
        if segment.end < from || (segment.end == from && index + 1 < segments.len()) {
            continue;
        }
        assembler.begin_segment(segment.first.max(from));
        // A segment that is longer than its place counts only up to where the next one begins.
        let end = segments
            .get(index + 1)
            .map_or(segment.end, |next| segment.end.min(next.first));
        let reader = SegmentReader::open(disk, layout.segment(segment.first), Segment { end, ..*segment })?;
        read_segment(reader, from, &mut assembler)?;
    }
    let newest = segments.back().copied().unwrap_or(*oldest);
    Ok(assembler.finish(newest))
}

fn read_segment(mut reader: SegmentReader, from: Lsn, assembler: &mut Assembler) -> Result<(), Error> {
    let Segment { first, end } = reader.segment();
    let mut at = first.max(from);
    while at < end {
        match reader.frame_at(at)? {
            Found::Whole(header, body) => {
                match frame::decode(&header, &body) {
                    Ok(record) => assembler.frame(&header, record.as_ref()),
                    // Its checksums are right, so it was acknowledged as it stands: to call it damage, or a torn tail that is
                    // cut off, would lose what was accepted.
                    Err(Unreadable::Malformed(what)) => {
                        return Err(undecodable(what, &header).in_file(&reader.path));
                    }
                    Err(Unreadable::Newer(what)) => return Err(newer(&what, &reader, at)),
                }
                at = header.end();
            }
            // The header is proved, so the next frame is looked for behind this body and not within it: a stored
            // event may hold anything, a frame's likeness too.
            Found::Broken(Some(header)) => {
                assembler.hole(Some(header.kind));
                at = header.end().min(end);
            }
            Found::Broken(None) => {
                assembler.hole(None);
                at = next_header(&mut reader, at.plus(1))?;
            }
            Found::Newer => return Err(newer("a frame of another format", &reader, at)),
        }
    }
    Ok(())
}

fn newer(what: &str, reader: &SegmentReader, at: Lsn) -> Error {
    Error::new(
        ErrorKind::NewerVersion,
        format!("{what} was written by a newer version"),
    )
    .in_file(&reader.path)
    .at(at)
}

/// A whole frame that cannot be understood.
pub(super) fn undecodable(what: &str, header: &Header) -> Error {
    let (kind, version) = (header.kind, header.version);
    let what = format!("a frame of kind {kind}, version {version}, is whole and cannot be decoded ({what})");
    Error::new(ErrorKind::Undecodable, what).at(header.lsn)
}

/// The first place from `from` on where a whole frame stands; the segment's end where there is none.
fn next_header(reader: &mut SegmentReader, from: Lsn) -> Result<Lsn, Error> {
    let end = reader.segment().end;
    let mut at = from;
    while at < end {
        let bytes = reader.ahead(at, HEADER)?;
        if bytes.len() < HEADER {
            break;
        }
        match bytes.windows(MAGIC.len()).position(|window| window == MAGIC) {
            // The last bytes may begin a magic that goes on in what is read next.
            None => at = at.plus((bytes.len() - (MAGIC.len() - 1)) as u64),
            Some(skip) => {
                at = at.plus(skip as u64);
                if !matches!(reader.frame_at(at)?, Found::Broken(_)) {
                    return Ok(at);
                }
                at = at.plus(1);
            }
        }
    }
    Ok(end)
}
