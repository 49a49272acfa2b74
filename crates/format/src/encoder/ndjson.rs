//! Newline-delimited JSON, as an encoder: one event a line, its fields in the schema's order, nulls included.

use bytes::Bytes;

use super::Encoder;
use super::datums::Datums;
use crate::compression::Compression;
use crate::error::{Error, ErrorKind};
use crate::record::RecordSchema;

/// How much text makes a chunk.
const CHUNK: usize = 256 * 1024;

/// Lines of JSON, compressed as a whole.
#[derive(Debug)]
pub(super) struct Ndjson(pub(super) Compression);

#[deny(clippy::missing_trait_methods)]
impl Encoder for Ndjson {
    fn format(&self) -> &'static str {
        "ndjson"
    }

    fn codec(&self) -> &'static str {
        self.0.name()
    }

    fn version(&self) -> u32 {
        1
    }

    fn extension(&self) -> &'static str {
        match self.0 {
            Compression::None => "ndjson",
            Compression::Gzip => "ndjson.gz",
            Compression::Zstandard => "ndjson.zst",
        }
    }

    fn media_type(&self) -> &'static str {
        match self.0 {
            Compression::None => "application/x-ndjson",
            Compression::Gzip => "application/gzip",
            Compression::Zstandard => "application/zstd",
        }
    }

    fn encode(&self, schema: &RecordSchema, _: [u8; 16], datums: &[&[u8]]) -> Result<Vec<Bytes>, Error> {
        let mut chunks = Vec::new();
        let mut text = Vec::new();
        for datum in datums {
            text.extend_from_slice(schema.decode_event(datum)?.as_bytes());
            text.push(b'\n');
            if text.len() >= CHUNK {
                chunks.push(std::mem::take(&mut text).into());
            }
        }
        chunks.push(text.into());
        self.0.pack(chunks)
    }

    fn read(&self, schema: &RecordSchema, object: &[u8]) -> Result<Vec<Bytes>, Error> {
        let text = self.0.text(object)?;
        let lines = text.strip_suffix('\n').ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidObject,
                "its last line has no end: it is not whole",
            )
        })?;
        let mut datums = Datums::new();
        for (number, line) in (1..).zip(lines.split('\n')) {
            let number: u64 = number;
            let mut datum = Vec::new();
            schema.encode_event(line, &mut datum).map_err(|mismatch| {
                Error::new(
                    ErrorKind::InvalidObject,
                    format!("line {number} is no event of its schema: {mismatch}"),
                )
            })?;
            datums.push(datum.into())?;
        }
        Ok(datums.into_vec())
    }

    fn same_events(&self, one: &[u8], other: &[u8]) -> bool {
        self.0.same_text(one, other)
    }
}
