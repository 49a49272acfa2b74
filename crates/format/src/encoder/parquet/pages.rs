//! The pages of a column, unpacked one by one: only such as this crate writes, and only as much of them as memory is meant for.

use bytes::{Buf as _, Bytes};

use super::footer::{Chunk, PageHeader};
use super::{Packing, invalid};
use crate::error::Error;

const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;

/// What the pages of one object may still take in memory.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) const fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Error> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(|| {
            invalid("its pages unpack to more than 1 GiB, or hold too many values that are absent")
        })?;
        Ok(())
    }
}

/// A page, unpacked.
#[derive(Debug)]
pub(super) enum Page {
    /// The values that others refer to.
    Dictionary(Bytes),
    Data {
        bytes: Bytes,
        /// How many values there are, absent ones included: at least one.
        values: u32,
        /// Whether the values stand there themselves, not references to a dictionary.
        is_plain: bool,
    },
}

/// A column's pages in one group.
#[derive(Debug)]
pub(super) struct Pages {
    rest: Bytes,
    packing: Packing,
}

impl Pages {
    pub(super) fn new(object: &[u8], chunk: &Chunk, budget: &mut Budget) -> Result<Self, Error> {
        // Columns may lie over each other, in as many groups as somebody cares to name.
        budget.take(chunk.bytes.len())?;
        Ok(Self {
            rest: Bytes::copy_from_slice(object.get(chunk.bytes.clone()).unwrap_or_default()),
            packing: Packing::numbered(chunk.codec)?,
        })
    }

    pub(super) fn next(&mut self, budget: &mut Budget) -> Result<Option<Page>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let header = PageHeader::of(&self.rest)?;
        self.rest.advance(header.length);
        if header.packed > self.rest.len() {
            return Err(invalid("a page ends beyond its column"));
        }
        let packed = self.rest.split_to(header.packed);
        budget.take(header.unpacked)?;
        let bytes = self.packing.unpack(&packed, header.unpacked)?;
        match (header.kind, header.encoding) {
            (DICTIONARY, PLAIN | PLAIN_DICTIONARY) => Ok(Some(Page::Dictionary(bytes))),
            (DATA, PLAIN | PLAIN_DICTIONARY | RLE_DICTIONARY)
                if header.values > 0 && header.definitions == RLE && header.repetitions == RLE =>
            {
                Ok(Some(Page::Data {
                    bytes,
                    values: header.values,
                    is_plain: header.encoding == PLAIN,
                }))
            }
            _ => Err(invalid("a page is not of a kind that is written here")),
        }
    }
}
