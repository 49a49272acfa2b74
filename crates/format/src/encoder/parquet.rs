//! Apache Parquet, as an encoder: typed columns that follow from the Avro schema, in groups of bounded size, with statistics of every page.
//!
//! Datums go into columns, and come out of them, without rows or arrays in between. Everything that decides a byte is said here, none
//! of it left to what the `parquet` crate does by default.

mod assemble;
mod column;
mod compact;
mod footer;
mod pages;
mod runs;
mod shape;
mod shred;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;

use super::Encoder;
use super::datums::Datums;
use crate::datum::Input;
use crate::decode::{Strictness, walk};
use crate::error::{Error, ErrorKind};
use crate::record::RecordSchema;
use footer::{AVRO_SCHEMA, Footer};
use pages::Budget;
use shape::Shape;
use shred::Shredder;

/// A group of rows ends with the event that brings its datums to this many bytes, which bounds what is held in columns.
const GROUP: usize = 64 * 1024 * 1024;
/// The most bytes that the pages of one object may unpack to: 1 GiB.
const MAX_UNPACKED: usize = 1 << 30;
/// What the bytes are put together from; in chunks, as the other formats have them.
const CHUNK: usize = 256 * 1024;

/// Columns, whose pages are compressed.
#[derive(Debug)]
pub(super) struct Parquet(pub(super) Packing);

/// How pages are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Snappy,
    /// RFC 8878 at level 1.
    Zstandard,
}

#[deny(clippy::missing_trait_methods)]
impl Encoder for Parquet {
    fn format(&self) -> &'static str {
        "parquet"
    }

    fn codec(&self) -> &'static str {
        match self.0 {
            Packing::Snappy => "snappy",
            Packing::Zstandard => "zstandard",
        }
    }

    fn version(&self) -> u32 {
        1
    }

    fn extension(&self) -> &'static str {
        // Each column says how it is compressed.
        "parquet"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.apache.parquet"
    }

    fn encode(&self, schema: &RecordSchema, _: [u8; 16], datums: &[&[u8]]) -> Result<Vec<Bytes>, Error> {
        let mut rest = Bytes::from(self.file(schema, datums, GROUP)?);
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            chunks.push(rest.split_to(rest.len().min(CHUNK)));
        }
        Ok(chunks)
    }

    fn read(&self, schema: &RecordSchema, object: &[u8]) -> Result<Vec<Bytes>, Error> {
        let footer = Footer::of(object)?;
        if footer.avro_schema()? != schema.text() {
            return Err(invalid(
                "the schema in its footer is not the one that its key names",
            ));
        }
        read(schema, &footer, object)
    }

    fn same_events(&self, one: &[u8], other: &[u8]) -> bool {
        let (Ok((schema, one)), Ok((same, other))) = (read_alone(one), read_alone(other)) else {
            return false;
        };
        schema.text() == same.text() && one == other
    }
}

impl Parquet {
    /// The bytes of a file whose groups end with the event that brings their datums to `most` bytes.
    fn file(&self, schema: &RecordSchema, datums: &[&[u8]], most: usize) -> Result<Vec<u8>, Error> {
        let shape = Shape::of(schema.record()).map_err(unwritable)?;
        let properties = Arc::new(self.properties(schema).map_err(unwritable)?);
        let message = shape.descriptor.root_schema_ptr();
        let mut file = SerializedFileWriter::new(Vec::new(), message, properties).map_err(unwritable)?;
        let mut columns = Shredder::new(&shape);
        let mut datums = datums.iter().peekable();
        while datums.peek().is_some() {
            let mut size = 0;
            while let Some(datum) = datums.next_if(|_| size < most) {
                let mut input = Input::new(datum);
                walk(schema.record(), &mut input, Strictness::Avro, &mut columns)?;
                if input.remaining() > 0 {
                    return Err(Error::new(
                        ErrorKind::InvalidDatum,
                        format!("not a datum of its schema: {} bytes too many", input.remaining()),
                    ));
                }
                size += datum.len();
            }
            let mut group = file.next_row_group().map_err(unwritable)?;
            columns.write(&mut group).map_err(unwritable)?;
            group.close().map_err(unwritable)?;
        }
        file.into_inner().map_err(unwritable)
    }

    /// Everything that decides a byte, also where it is the default of today.
    fn properties(&self, schema: &RecordSchema) -> Result<WriterProperties, ParquetError> {
        let compression = match self.0 {
            Packing::Snappy => Compression::SNAPPY,
            Packing::Zstandard => Compression::ZSTD(ZstdLevel::try_new(1)?),
        };
        let avro_schema = KeyValue::new(AVRO_SCHEMA.to_owned(), schema.text().to_owned());
        Ok(WriterProperties::builder()
            .set_created_by("bucketline-format version 1".to_owned())
            .set_key_value_metadata(Some(vec![avro_schema]))
            // What every reader reads: pages of the first version, values plain or in a dictionary.
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(compression)
            .set_dictionary_enabled(true)
            .set_dictionary_page_size_limit(1024 * 1024)
            .set_data_page_size_limit(1024 * 1024)
            .set_data_page_row_count_limit(20_000)
            .set_write_batch_size(1024)
            // In the index at the end of the file, which readers find without reading pages; texts cut to 64 bytes.
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_write_page_header_statistics(false)
            .set_statistics_truncate_length(Some(64))
            .set_column_index_truncate_length(Some(64))
            .set_offset_index_disabled(false)
            .set_bloom_filter_enabled(false)
            .set_max_row_group_row_count(None)
            .set_max_row_group_bytes(None)
            .set_coerce_types(false)
            .set_write_path_in_schema(true)
            .set_content_defined_chunking(None)
            .build())
    }
}

impl Packing {
    /// As `parquet.thrift` numbers them.
    fn numbered(number: i64) -> Result<Self, Error> {
        match number {
            1 => Ok(Self::Snappy),
            6 => Ok(Self::Zstandard),
            _ => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "its pages are compressed with codec {number} of Parquet; Snappy (1) and Zstandard (6) are read"
                ),
            )),
        }
    }

    /// A page of exactly this size.
    fn unpack(self, packed: &[u8], size: usize) -> Result<Bytes, Error> {
        let damaged = || invalid("a page is not compressed as its column says");
        let unpacked = match self {
            Self::Snappy => {
                if snap::raw::decompress_len(packed).ok() != Some(size) {
                    return Err(damaged());
                }
                snap::raw::Decoder::new().decompress_vec(packed).ok()
            }
            Self::Zstandard => zstd::bulk::decompress(packed, size).ok(),
        };
        unpacked
            .filter(|unpacked| unpacked.len() == size)
            .map(Bytes::from)
            .ok_or_else(damaged)
    }
}

/// Reads an object by the schema that it carries.
pub(super) fn read_alone(object: &[u8]) -> Result<(RecordSchema, Vec<Bytes>), Error> {
    let footer = Footer::of(object)?;
    let schema =
        RecordSchema::parse(footer.avro_schema()?).map_err(|error| error.within("schema in the footer"))?;
    let datums = read(&schema, &footer, object)?;
    Ok((schema, datums))
}

fn read(schema: &RecordSchema, footer: &Footer<'_>, object: &[u8]) -> Result<Vec<Bytes>, Error> {
    read_within(schema, footer, object, MAX_UNPACKED, Datums::new())
}

fn read_within(
    schema: &RecordSchema,
    footer: &Footer<'_>,
    object: &[u8],
    unpacked: usize,
    mut datums: Datums,
) -> Result<Vec<Bytes>, Error> {
    let shape = Shape::of(schema.record()).map_err(unwritable)?;
    footer.has_columns_of(shape.descriptor.root_schema())?;
    let mut budget = Budget::new(unpacked);
    for group in &footer.groups {
        assemble::group(&shape, object, group, &mut budget, &mut datums)?;
    }
    Ok(datums.into_vec())
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidObject, message.into())
}

fn unwritable(error: ParquetError) -> Error {
    Error::new(
        ErrorKind::InvalidDatum,
        format!("no Parquet can be written: {error}"),
    )
}
