//! The 36 bytes in front of every body.

use bytes::{Buf as _, BufMut as _};

use super::LARGEST_BODY;
use crate::{Lsn, SpoolTime};

/// Bytes of a header.
pub(crate) const HEADER: usize = 36;
/// What every header begins with.
pub(crate) const MAGIC: [u8; 4] = *b"BLF1";
/// Bytes that the header's own checksum covers.
const COVERED: usize = 32;

/// A frame's header, but for what is the same in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: u8,
    pub(crate) version: u8,
    pub(crate) flags: u8,
    pub(crate) lsn: Lsn,
    pub(crate) time: SpoolTime,
    pub(crate) length: u32,
    pub(crate) body_crc: u32,
}

/// Why bytes are not a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    /// They are no header of any version.
    NoHeader,
    /// They are a whole header, and it says what only a newer version can mean.
    Newer,
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut out = bytes.as_mut_slice();
        out.put_slice(&MAGIC);
        out.put_u8(self.kind);
        out.put_u8(self.version);
        out.put_u8(self.flags);
        out.put_u8(0);
        out.put_u64_le(self.lsn.get());
        out.put_u64_le(self.time.as_millis());
        out.put_u32_le(self.length);
        out.put_u32_le(self.body_crc);
        let crc = crc32c::crc32c(
            bytes
                .first_chunk::<COVERED>()
                .map_or(&[], |covered| covered.as_slice()),
        );
        if let Some(place) = bytes.last_chunk_mut::<4>() {
            *place = crc.to_le_bytes();
        }
        bytes
    }

    /// Reads a header that must stand at `lsn`: one that says another place is stale, whatever else it says.
    pub(crate) fn decode(bytes: &[u8; HEADER], lsn: Lsn) -> Result<Self, Misread> {
        let mut input = bytes.as_slice();
        let mut magic = [0; 4];
        input.copy_to_slice(&mut magic);
        let header = Self {
            kind: input.get_u8(),
            version: input.get_u8(),
            flags: input.get_u8(),
            lsn: {
                input.advance(1);
                Lsn::new(input.get_u64_le())
            },
            time: SpoolTime::from_millis(input.get_u64_le()),
            length: input.get_u32_le(),
            body_crc: input.get_u32_le(),
        };
        let [covered @ .., _, _, _, _] = bytes;
        let whole = magic == MAGIC && input.get_u32_le() == crc32c::crc32c(covered) && header.lsn == lsn;
        match (whole, bytes.get(7)) {
            (false, _) => Err(Misread::NoHeader),
            (true, Some(0)) if header.length <= LARGEST_BODY => Ok(header),
            (true, _) => Err(Misread::Newer),
        }
    }

    pub(crate) const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Where the next frame stands.
    pub(crate) const fn end(&self) -> Lsn {
        self.lsn.plus(HEADER as u64 + self.length as u64)
    }

    pub(crate) fn proves(&self, body: &[u8]) -> bool {
        crc32c::crc32c(body) == self.body_crc
    }
}
