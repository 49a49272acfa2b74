//! Integration tests of `bucketline-provision`: one binary, written as a customer of the crate would.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
#![expect(clippy::disallowed_methods, reason = "a test waits for what it kills")]

mod aws_iam;
mod mocks;
mod rotate;
mod setup;
mod testkit;
mod testkit_iam;
mod wire;
