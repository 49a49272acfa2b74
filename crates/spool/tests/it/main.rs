//! Integration tests, one binary for the crate.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod model;
mod on_disk;
#[expect(dead_code, reason = "one set of records for all tests")]
mod records;
