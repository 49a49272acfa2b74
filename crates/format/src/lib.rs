#![doc = include_str!("../README.md")]

mod compression;
mod datum;
mod decode;
mod encode;
mod encoder;
mod error;
mod event_type;
mod evolution;
mod history;
mod json;
mod mismatch;
pub mod ocf;
mod record;
mod registry;
mod resolution;
#[cfg(feature = "sample")]
pub mod sample;
mod schema;
mod selection;
pub mod transform;

pub use encoder::{
    Encoder, default_encoder, encoder, encoder_of_extension, extensions, formats, newest_encoder, read_alone,
    text_of,
};
pub use error::{Error, ErrorKind};
pub use event_type::EventType;
pub use evolution::Change;
pub use history::Step;
pub use mismatch::{Mismatch, MismatchReason};
pub use record::{Field, FieldType, RecordSchema, ValueType};
pub use registry::SchemaRegistry;
pub use resolution::{Compatibility, Unresolved};
pub use schema::{Schema, SchemaId};
pub use selection::EventSelection;
