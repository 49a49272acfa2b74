//! Avro object container files: what lies in the customer's bucket.
//!
//! [`build`] frames datums deterministically, so that the same events give the same bytes on every attempt and on every
//! machine; [`Reader`] takes them apart again, whatever the bytes are. Neither knows what a datum means to anyone.
//!
//! ```
//! use bucketline_format::ocf::{self, Codec, Reader};
//! use bucketline_format::RecordSchema;
//!
//! let schema = RecordSchema::parse(r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#)?;
//! let mut datum = Vec::new();
//! schema.encode_event(r#"{"id":"a1"}"#, &mut datum)?;
//!
//! let object = ocf::build(schema.text(), Codec::Null, [7; 16], [datum.as_slice()])?.concat();
//! let mut reader = Reader::new(&object)?;
//! assert_eq!(reader.schema().text(), schema.text());
//! assert_eq!(reader.next().transpose()?.as_deref(), Some(datum.as_slice()));
//! assert_eq!(reader.next().transpose()?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod codec;
mod reader;

pub use build::build;
pub use codec::Codec;
pub use reader::Reader;

/// The version of everything that fixes an object's bytes: the datum encoding, the header, the size of blocks.
///
/// It is recorded before an object is written for the first time; a later build of the same object has to give the same bytes.
/// So a change of any of these is a new version, and the old one stays buildable while a record may name it.
pub const ENCODER_VERSION: u32 = 1;

/// Whether bytes begin as an object container file does.
#[must_use]
pub fn is_object(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

const MAGIC: [u8; 4] = *b"Obj\x01";
const SCHEMA_KEY: &str = "avro.schema";
const CODEC_KEY: &str = "avro.codec";
