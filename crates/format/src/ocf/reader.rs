//! The bytes of an object to datums.
//! Believes nothing: every length is bounded by the bytes that are there, and every error says in which block and where.

use bytes::Bytes;

use super::{CODEC_KEY, Codec, MAGIC, SCHEMA_KEY};
use crate::datum::{Damage, Input};
use crate::decode::{Ignore, Strictness, walk};
use crate::error::{Error, ErrorKind};
use crate::record::RecordSchema;

/// The most bytes that the blocks of one object may unpack to.
const MAX_UNPACKED: usize = 1 << 30;

/// Reads an object container file from memory; an iterator of its datums.
///
/// The schema is the one in the file's own header. A damaged file gives its datums up to the damage, then one error, then nothing.
/// Every [`Codec`] is read; a block that unpacks to more than 64 MiB is damage, and so are blocks that unpack to more than 1 GiB
/// together. One block is in memory at a time.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    schema: RecordSchema,
    codec: Codec,
    marker: [u8; 16],
    /// Where the next block begins, or the next datum of one that is not compressed.
    at: usize,
    block: Option<OpenBlock>,
    blocks: u64,
    /// How much more the blocks may unpack to.
    unpackable: usize,
    failed: bool,
}

#[derive(Debug, Clone)]
struct OpenBlock {
    /// Datums still to come.
    left: usize,
    /// Their bytes.
    data: Bytes,
    /// Where the block's data end in the file.
    end: usize,
}

impl<'a> Reader<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidObject`] if the bytes do not begin as an object container file does, [`ErrorKind::Unsupported`] for a codec that
    /// [`Codec`] does not have, [`ErrorKind::InvalidSchema`] for a schema that is not one of events.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut input = Input::new(bytes);
        if input.array::<4>().ok() != Some(MAGIC) {
            return Err(invalid(
                "not an Avro object container file: it does not begin with `Obj` and 1",
            ));
        }
        let metadata = metadata(&mut input).map_err(|damage| in_header(&damage, &input))?;
        let codec = match metadata.codec {
            None => Codec::Null,
            Some(name) => Codec::named(name).ok_or_else(|| {
                let shown: String = String::from_utf8_lossy(name).chars().take(32).collect();
                let message = format!(
                    "blocks are compressed with codec `{}`; `null`, `deflate`, `snappy` and `zstandard` are read",
                    shown.escape_debug()
                );
                Error::new(ErrorKind::Unsupported, message)
            })?,
        };
        let text = metadata
            .schema
            .ok_or_else(|| invalid("damaged header: it has no `avro.schema`"))?;
        let text = str::from_utf8(text).map_err(|_| invalid("damaged header: its schema is not UTF-8"))?;
        let schema = RecordSchema::parse(text).map_err(|error| error.within("schema in the header"))?;
        let marker = input.array().map_err(|damage| in_header(&damage, &input))?;
        Ok(Self {
            bytes,
            schema,
            codec,
            marker,
            at: input.position(),
            block: None,
            blocks: 0,
            unpackable: MAX_UNPACKED,
            failed: false,
        })
    }

    /// The schema in the header.
    #[must_use]
    pub const fn schema(&self) -> &RecordSchema {
        &self.schema
    }

    /// The marker that ends the header and every block.
    #[must_use]
    pub const fn marker(&self) -> [u8; 16] {
        self.marker
    }

    fn advance(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match self.block.take() {
                None if self.at == self.bytes.len() => return Ok(None),
                None => self.block = Some(self.open_block()?),
                Some(OpenBlock { left: 0, data, end }) => {
                    if !data.is_empty() {
                        let more = data.len();
                        return Err(
                            self.in_block(&format_args!("{more} bytes are left over after its last datum"))
                        );
                    }
                    self.close_block(end)?;
                }
                Some(OpenBlock { left, mut data, end }) => {
                    let mut input = Input::new(&data);
                    walk(self.schema.record(), &mut input, Strictness::Avro, &mut Ignore)
                        .map_err(|error| self.in_block(&error))?;
                    let length = input.position();
                    let datum = data.split_to(length);
                    if self.codec == Codec::Null {
                        self.at += length;
                    }
                    self.block = Some(OpenBlock {
                        left: left - 1,
                        data,
                        end,
                    });
                    return Ok(Some(datum));
                }
            }
        }
    }

    fn open_block(&mut self) -> Result<OpenBlock, Error> {
        let mut input = Input::new(self.bytes.get(self.at..).unwrap_or_default());
        self.blocks += 1;
        // Each datum takes a byte at least, and what is packed is bounded when it is unpacked.
        let counted = match self.codec {
            Codec::Null => input.len().and_then(|left| Ok((left, input.len()?))),
            _ => input
                .long()
                .and_then(|left| usize::try_from(left).map_err(|_| Damage::Length))
                .and_then(|left| Ok((left, input.len()?))),
        };
        let (left, len) = counted.map_err(|damage| self.in_block(&damage))?;
        let start = self.at + input.position();
        let packed = self.bytes.get(start..start + len).unwrap_or_default();
        let data = self.codec.unpack(packed).map_err(|what| self.in_block(&what))?;
        if self.codec != Codec::Null {
            self.unpackable = self
                .unpackable
                .checked_sub(data.len())
                .ok_or_else(|| self.in_block(&"the blocks unpack to more than 1 GiB"))?;
        }
        if left > data.len() {
            return Err(self.in_block(&Damage::Length));
        }
        self.at = start;
        Ok(OpenBlock {
            left,
            data,
            end: start + len,
        })
    }

    fn close_block(&mut self, end: usize) -> Result<(), Error> {
        match self.bytes.get(end..end + self.marker.len()) {
            None => Err(self.in_block(&"the bytes end inside its marker")),
            Some(found) if found != self.marker => Err(self.in_block(&"its marker is not the header's")),
            Some(_) => {
                self.at = end + self.marker.len();
                Ok(())
            }
        }
    }

    fn in_block(&self, what: &dyn std::fmt::Display) -> Error {
        invalid(format!(
            "damaged block {} at byte {}: {what}",
            self.blocks, self.at
        ))
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let datum = self.advance();
        self.failed = datum.is_err();
        datum.transpose()
    }
}

impl std::iter::FusedIterator for Reader<'_> {}

#[derive(Default)]
struct Metadata<'a> {
    schema: Option<&'a [u8]>,
    codec: Option<&'a [u8]>,
}

/// Avro's map of strings to bytes: blocks of entries, until an empty one. Entries of no interest are stepped over.
fn metadata<'a>(input: &mut Input<'a>) -> Result<Metadata<'a>, Damage> {
    let mut metadata = Metadata::default();
    loop {
        let count = input.long()?;
        if count == 0 {
            return Ok(metadata);
        }
        if count < 0 {
            // The block's size in bytes, for those who skip.
            input.len()?;
        }
        for _ in 0..count.unsigned_abs() {
            let key = entry(input)?;
            let value = entry(input)?;
            if key == SCHEMA_KEY.as_bytes() {
                metadata.schema = Some(value);
            } else if key == CODEC_KEY.as_bytes() {
                metadata.codec = Some(value);
            }
        }
    }
}

fn entry<'a>(input: &mut Input<'a>) -> Result<&'a [u8], Damage> {
    let len = input.len()?;
    input.take(len)
}

fn in_header(damage: &Damage, input: &Input<'_>) -> Error {
    invalid(format!("damaged header at byte {}: {damage}", input.position()))
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidObject, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocf::build;

    /// Each block is within its own limit: only together they are too much.
    #[test]
    fn many_blocks_unpack_to_no_more_than_one_may() {
        let schema = r#"{"type":"record","name":"T","fields":[{"name":"text","type":"string"}]}"#;
        let schema = RecordSchema::parse(schema).unwrap();
        let mut datum = Vec::new();
        let text = "a".repeat(60_000);
        schema
            .encode_event(&format!("{{\"text\":\"{text}\"}}"), &mut datum)
            .unwrap();
        for codec in [Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
            let object = build(schema.text(), codec, [7; 16], [datum.as_slice(); 10])
                .unwrap()
                .concat();
            let within = |unpackable| {
                let mut reader = Reader::new(&object).unwrap();
                reader.unpackable = unpackable;
                reader
                    .collect::<Result<Vec<Bytes>, Error>>()
                    .map(|datums| datums.len())
            };
            assert_eq!(within(MAX_UNPACKED).unwrap(), 10, "{codec:?}");
            let error = within(300_000).unwrap_err();
            assert!(
                error.to_string().contains("more than 1 GiB"),
                "{codec:?}: {error}"
            );
        }
    }
}
