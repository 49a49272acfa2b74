//! Frames: how a record is wrapped so that it can be found, proved whole and told from everything else.
//! They must not know of files or segments.
//!
//! A frame is a header of 36 bytes and a body. Integers are little-endian.
//!
//! | at | bytes | field |
//! |---|---|---|
//! | 0 | 4 | magic `BLF1` |
//! | 4 | 1 | kind |
//! | 5 | 1 | version of the body |
//! | 6 | 1 | flags |
//! | 7 | 1 | zero |
//! | 8 | 8 | lsn: where this frame stands in the endless log |
//! | 16 | 8 | spool time, ms |
//! | 24 | 4 | length of the body |
//! | 28 | 4 | CRC32C of the body |
//! | 32 | 4 | CRC32C of the 32 bytes before |
//!
//! | flag | meaning |
//! |---|---|
//! | 1 | may be skipped where its kind or version is unknown |
//! | 2 | the body is compressed; not written by this version |
//! | 4 | ends its group |
//! | 8 | begins its group |
//! | 16 | begins an append: everything before it was fsynced before it was written |
//!
//! Flag 16 is what tells a torn tail from damage. Only the newest append can have been torn by a crash, and a crash
//! may leave a hole in it with whole frames behind. A hole in front of a frame that begins an append was durable
//! once: it is damage. Any other hole is the rest of what was never acknowledged, and nothing behind it is used:
//! a later batch of the same source would hide that an earlier one is missing.

mod header;

use bytes::Bytes;

use crate::wire::Put;
use crate::{Error, ErrorKind, Lsn, Record, SpoolTime};

pub(crate) use header::{HEADER, Header, MAGIC, Misread};

/// The largest body. It bounds what one frame can ask of a reader's memory.
pub(crate) const LARGEST_BODY: u32 = 256 << 20;

/// The frame may be skipped where it is not known.
pub(crate) const MAY_SKIP: u8 = 1;
/// The body is compressed.
pub(crate) const COMPRESSED: u8 = 2;
/// The frame ends its group.
pub(crate) const ENDS_GROUP: u8 = 4;
/// The frame begins its group.
pub(crate) const BEGINS_GROUP: u8 = 8;
/// The frame begins an append.
pub(crate) const BEGINS_APPEND: u8 = 16;
/// The flags that this version knows.
const KNOWN_FLAGS: u8 = MAY_SKIP | COMPRESSED | ENDS_GROUP | BEGINS_GROUP | BEGINS_APPEND;

/// Lays a record down as a frame at `lsn`, at the end of `out`. On an error `out` is as it was.
pub(crate) fn encode(
    record: &Record,
    lsn: Lsn,
    time: SpoolTime,
    flags: u8,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    if let Some(fault) = record.fault() {
        return Err(Error::new(ErrorKind::InvalidRecord, fault).at(lsn));
    }
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    let mut put = Put::new(out);
    record.put(&mut put);
    let too_large = put.too_large();
    let body = out.get(start + HEADER..).unwrap_or_default();
    let length = u32::try_from(body.len())
        .ok()
        .filter(|length| !too_large && *length <= LARGEST_BODY);
    let Some(length) = length else {
        let what = format!(
            "a record of {} bytes is over the {LARGEST_BODY} bytes of a frame",
            body.len()
        );
        out.truncate(start);
        return Err(Error::new(ErrorKind::TooLarge, what).at(lsn));
    };
    let header = Header {
        kind: record.kind(),
        version: record.version(),
        flags,
        lsn,
        time,
        length,
        body_crc: crc32c::crc32c(body),
    };
    if let Some(place) = out.get_mut(start..start + HEADER) {
        place.copy_from_slice(&header.encode());
    }
    Ok(())
}

/// A body that passed its checksum and still is not a record of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A newer version wrote it, and it may not be skipped.
    Newer(String),
    /// It does not hold what its kind says: it was written whole, so by a version that lays it down otherwise.
    Malformed(&'static str),
}

/// Reads a record from a body whose checksum has been proved; `None` where it may be skipped.
pub(crate) fn decode(header: &Header, body: &Bytes) -> Result<Option<Record>, Unreadable> {
    let newer = |what: String| {
        if header.has(MAY_SKIP) {
            Ok(None)
        } else {
            Err(Unreadable::Newer(what))
        }
    };
    if header.flags & !KNOWN_FLAGS != 0 {
        return newer(format!("a frame with unknown flags ({:#04x})", header.flags));
    }
    if header.has(COMPRESSED) {
        return newer("a compressed frame".to_owned());
    }
    match Record::take(header.kind, header.version, body) {
        Ok(Some(record)) => Ok(Some(record)),
        Ok(None) => newer(format!(
            "a frame of kind {} in version {}",
            header.kind, header.version
        )),
        Err(malformed) => Err(Unreadable::Malformed(malformed.0)),
    }
}

#[cfg(test)]
mod tests;
