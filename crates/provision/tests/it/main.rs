//! Integration tests of `bucketline-provision`: one binary, written as a customer of the crate would.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod aws_iam;
mod mocks;
mod testkit;
mod wire;
