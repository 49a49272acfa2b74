//! Integration tests of `bucketline-format`: one binary, written as a customer of the crate would.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod schema_files;
