//! The encoders of objects: which bytes a list of datums becomes, by format, codec and version.
//! What is recorded of an object names its encoder, so one that was ever released stays here; nobody who builds or compares
//! objects needs to know a format.

mod avro;
mod csv;
mod datums;
mod ndjson;
#[cfg(feature = "parquet")]
mod parquet;

use std::fmt;

use bytes::Bytes;

use crate::compression::Compression;
use crate::error::{Error, ErrorKind};
use crate::ocf::{self, Codec};
use crate::record::RecordSchema;
use avro::Avro;
use csv::{Csv, Guard};
use ndjson::Ndjson;

/// How the datums of one schema become the bytes of an object. Pure: the same arguments give the same bytes, in every attempt and on
/// every machine, for as long as this version exists.
///
/// ```
/// use bucketline_format::{RecordSchema, encoder};
///
/// let schema = RecordSchema::parse(r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#)?;
/// let mut datum = Vec::new();
/// schema.encode_event(r#"{"id":"a1"}"#, &mut datum)?;
///
/// let avro = encoder("avro", "null", 1)?;
/// let object = avro.encode(&schema, [7; 16], &[datum.as_slice()])?.concat();
/// assert_eq!(avro.extension(), "avro");
/// assert!(avro.same_events(&object, &object));
/// assert!(encoder("avro", "null", 99).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Encoder: fmt::Debug + Send + Sync + 'static {
    /// The format's name, as configurations and records have it.
    fn format(&self) -> &'static str;

    /// The codec's name, as configurations and records have it.
    fn codec(&self) -> &'static str;

    /// The version of everything that fixes the bytes.
    fn version(&self) -> u32;

    /// What the names of such objects end with, without the dot.
    fn extension(&self) -> &'static str;

    /// The media type of such objects.
    fn media_type(&self) -> &'static str;

    /// The bytes of an object of these datums, in chunks.
    ///
    /// `marker` should differ from object to object and is the same in every attempt at one; formats that need none leave it out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if a datum is not one of the schema, where the format has to look into it.
    fn encode(&self, schema: &RecordSchema, marker: [u8; 16], datums: &[&[u8]]) -> Result<Vec<Bytes>, Error>;

    /// The datums of an object, read whole into memory: its events, in their order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidObject`] if it is damaged, of another schema, or unpacks to more than 1 GiB.
    fn read(&self, schema: &RecordSchema, object: &[u8]) -> Result<Vec<Bytes>, Error>;

    /// Whether two objects, each read whole, hold the same events in the same order under the same schema; their bytes may differ.
    /// Bytes that are no such object hold no events.
    fn same_events(&self, one: &[u8], other: &[u8]) -> bool;
}

/// Every encoder that there is; of each format and codec, the newest version last.
static ENCODERS: &[&dyn Encoder] = &[
    &Avro(Codec::Null),
    &Avro(Codec::Deflate),
    &Avro(Codec::Snappy),
    &Avro(Codec::Zstandard),
    &Ndjson(Compression::None),
    &Ndjson(Compression::Gzip),
    &Ndjson(Compression::Zstandard),
    &csv(Compression::None, Guard::Off),
    &csv(Compression::Gzip, Guard::Off),
    &csv(Compression::Zstandard, Guard::Off),
    &csv(Compression::None, Guard::On),
    &csv(Compression::Gzip, Guard::On),
    &csv(Compression::Zstandard, Guard::On),
    #[cfg(feature = "parquet")]
    &parquet::Parquet(parquet::Packing::Snappy),
    #[cfg(feature = "parquet")]
    &parquet::Parquet(parquet::Packing::Zstandard),
];

const fn csv(compression: Compression, guard: Guard) -> Csv {
    Csv { compression, guard }
}

/// The encoder whose objects' names end so: which one of those that read each other, where several do.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if there is none.
pub fn encoder_of_extension(extension: &str) -> Result<&'static dyn Encoder, Error> {
    let mut all = ENCODERS.iter().copied();
    all.find(|encoder| encoder.extension() == extension)
        .ok_or_else(|| unknown(format!("objects whose names end with `.{extension}`")))
}

/// Reads an object that carries its own schema, as Avro and Parquet do: that schema, and the datums. Nothing for one that carries none.
///
/// # Errors
///
/// As [`Encoder::read`], and [`ErrorKind::Unsupported`] for Parquet where this crate is built without it.
pub fn read_alone(object: &[u8]) -> Result<Option<(RecordSchema, Vec<Bytes>)>, Error> {
    if ocf::is_object(object) {
        let schema = ocf::Reader::new(object)?.schema().clone();
        let datums = Avro(Codec::Null).read(&schema, object)?;
        return Ok(Some((schema, datums)));
    }
    if !object.starts_with(b"PAR1") {
        return Ok(None);
    }
    #[cfg(feature = "parquet")]
    return parquet::read_alone(object).map(Some);
    #[cfg(not(feature = "parquet"))]
    Err(unknown("Parquet: it is built without the feature `parquet`"))
}

/// The lines of an object of text, whatever it is compressed with, which its first bytes tell.
///
/// # Errors
///
/// [`ErrorKind::InvalidObject`] if it is no text, not whole, or unpacks to more than 1 GiB.
pub fn text_of(object: &[u8]) -> Result<String, Error> {
    let text = Compression::of(object).text(object)?;
    if text.contains('\0') {
        return Err(Error::new(
            ErrorKind::InvalidObject,
            "neither an Avro object container file nor lines of text",
        ));
    }
    Ok(text)
}

/// The encoder of exactly this version.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if there is none: the names are misspelt, or were recorded by a newer version of this crate.
pub fn encoder(format: &str, codec: &str, version: u32) -> Result<&'static dyn Encoder, Error> {
    of(format, codec)
        .find(|encoder| encoder.version() == version)
        .ok_or_else(|| {
            unknown(format!(
                "version {version} of format `{format}` with codec `{codec}`"
            ))
        })
}

/// The encoder that new objects of a format and codec are made with.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if there is none.
pub fn newest_encoder(format: &str, codec: &str) -> Result<&'static dyn Encoder, Error> {
    of(format, codec)
        .next_back()
        .ok_or_else(|| unknown(format!("format `{format}` with codec `{codec}`")))
}

/// The encoder that Currents has: Avro, not compressed.
#[must_use]
pub fn default_encoder() -> &'static dyn Encoder {
    &Avro(Codec::Null)
}

/// The names of the formats, and for each its codecs.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENCODERS.iter().map(|encoder| (encoder.format(), encoder.codec()))
}

/// What the names of objects may end with, each once.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    let extension = |place: usize| ENCODERS.get(place).map(|encoder| encoder.extension());
    (0..ENCODERS.len())
        .filter(move |place| (0..*place).all(|before| extension(before) != extension(*place)))
        .filter_map(extension)
}

fn of(format: &str, codec: &str) -> impl DoubleEndedIterator<Item = &'static dyn Encoder> {
    ENCODERS
        .iter()
        .copied()
        .filter(move |encoder| encoder.format() == format && encoder.codec() == codec)
}

fn unknown(what: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Unsupported, format!("no encoder here writes {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoder_is_found_by_what_it_says_of_itself_and_by_nothing_else() {
        for wanted in ENCODERS {
            let found = encoder(wanted.format(), wanted.codec(), wanted.version()).unwrap();
            assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
        }
        for (format, codec, version) in [("avro", "null", 0), ("avro", "zstd", 1), ("Avro", "null", 1)] {
            let error = encoder(format, codec, version).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
        assert!(newest_encoder("avro", "none").is_err());
    }

    #[test]
    fn versions_ascend_so_that_the_newest_is_the_last() {
        for (place, encoder) in ENCODERS.iter().enumerate() {
            for later in ENCODERS.iter().skip(place + 1) {
                let same = (encoder.format(), encoder.codec()) == (later.format(), later.codec());
                assert!(
                    !same || encoder.version() < later.version(),
                    "{encoder:?} {later:?}"
                );
            }
        }
        for extension in extensions() {
            assert_eq!(encoder_of_extension(extension).unwrap().extension(), extension);
        }
        assert_eq!(
            extensions().count(),
            if cfg!(feature = "parquet") { 11 } else { 10 }
        );
    }
}
