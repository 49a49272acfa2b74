//! Integration tests of `bucketline-format`: one binary, written as a customer of the crate would.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[cfg(feature = "sample")]
mod sample_events;
mod schema_files;
