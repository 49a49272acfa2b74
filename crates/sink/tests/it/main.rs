//! Integration tests of `bucketline-sink`: one binary, written as a customer of the crate would.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod public_interface;
