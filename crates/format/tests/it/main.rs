//! Integration tests of `bucketline-format`: one binary, written as a customer of the crate would.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod apache_avro;
mod encoders;
mod encoding;
mod golden_objects;
mod hostile;
#[cfg(feature = "parquet")]
mod parquet;
mod public_interface;
mod random_events;
mod resolution;
#[cfg(feature = "sample")]
mod sample_events;
mod schema_files;
