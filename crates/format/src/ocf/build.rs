//! Datums to the bytes of an object.
//! A pure function: everything that decides a byte is an argument or a constant of [`ENCODER_VERSION`](super::ENCODER_VERSION).

use bytes::Bytes;

use super::{CODEC_KEY, Codec, MAGIC, SCHEMA_KEY};
use crate::datum::{write_bytes, write_len};
use crate::error::{Error, ErrorKind};

/// A block ends before it would grow beyond this many bytes; only a datum that is larger by itself makes a larger block.
const BLOCK_SIZE: usize = 64 * 1024;

/// The bytes of an object container file: the header, then one chunk per block.
///
/// `schema_text` goes into the header as it is; [`Schema::text`](crate::Schema::text) is made for that. `marker` ends the header and
/// each block, and should differ from object to object, or a reader could take a piece of one for a piece of another; it is
/// the caller's to derive, since it must be the same on every attempt. Each datum has to be a whole
/// datum of that schema, and a block's datums are not told apart by the file: that is not checked here.
///
/// The metadata is `avro.schema`, and `avro.codec` where blocks are compressed: no codec entry is Avro's way to say `null`.
///
/// # Errors
///
/// [`ErrorKind::InvalidDatum`], should a compressor fail in memory; never with [`Codec::Null`].
pub fn build<'a>(
    schema_text: &str,
    codec: Codec,
    marker: [u8; 16],
    datums: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<Bytes>, Error> {
    let mut chunks = vec![header(schema_text, codec, marker)];
    let mut block = Block::default();
    for datum in datums {
        if !block.datums.is_empty() && block.size + datum.len() > BLOCK_SIZE {
            chunks.push(block.finish(codec, marker)?);
        }
        block.add(datum);
    }
    if !block.datums.is_empty() {
        chunks.push(block.finish(codec, marker)?);
    }
    Ok(chunks)
}

fn header(schema_text: &str, codec: Codec, marker: [u8; 16]) -> Bytes {
    let mut out = Vec::with_capacity(MAGIC.len() + SCHEMA_KEY.len() + schema_text.len() + marker.len() + 48);
    out.extend_from_slice(&MAGIC);
    let has_codec = codec != Codec::Null;
    write_len(1 + usize::from(has_codec), &mut out);
    if has_codec {
        write_bytes(CODEC_KEY.as_bytes(), &mut out);
        write_bytes(codec.name().as_bytes(), &mut out);
    }
    write_bytes(SCHEMA_KEY.as_bytes(), &mut out);
    write_bytes(schema_text.as_bytes(), &mut out);
    write_len(0, &mut out);
    out.extend_from_slice(&marker);
    out.into()
}

/// The datums of a block, which are copied once, when all of them are known.
#[derive(Default)]
struct Block<'a> {
    datums: Vec<&'a [u8]>,
    size: usize,
}

impl<'a> Block<'a> {
    fn add(&mut self, datum: &'a [u8]) {
        self.datums.push(datum);
        self.size += datum.len();
    }

    /// The block's bytes; what is left is empty, with its memory kept for the next one.
    fn finish(&mut self, codec: Codec, marker: [u8; 16]) -> Result<Bytes, Error> {
        if codec != Codec::Null {
            return self.finish_packed(codec, marker);
        }
        let mut out = Vec::with_capacity(self.size + marker.len() + 20);
        write_len(self.datums.len(), &mut out);
        write_len(self.size, &mut out);
        for datum in self.datums.drain(..) {
            out.extend_from_slice(datum);
        }
        out.extend_from_slice(&marker);
        self.size = 0;
        Ok(out.into())
    }

    fn finish_packed(&mut self, codec: Codec, marker: [u8; 16]) -> Result<Bytes, Error> {
        let count = self.datums.len();
        let mut plain = Vec::with_capacity(self.size);
        for datum in self.datums.drain(..) {
            plain.extend_from_slice(datum);
        }
        self.size = 0;
        let mut packed = Vec::new();
        codec.pack(&plain, &mut packed).map_err(|error| {
            Error::new(
                ErrorKind::InvalidDatum,
                format!("a block cannot be compressed with {}: {error}", codec.name()),
            )
        })?;
        let mut out = Vec::with_capacity(packed.len() + marker.len() + 20);
        write_len(count, &mut out);
        write_bytes(&packed, &mut out);
        out.extend_from_slice(&marker);
        Ok(out.into())
    }
}
