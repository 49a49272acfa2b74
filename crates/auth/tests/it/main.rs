//! Integration tests of `bucketline-auth`: one binary, written as a customer of the crate would.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests start tasks and wait, by tokio's paused clock"
)]

mod aws_sts;
mod cache;
mod chain;
mod crowd;
mod mocks;
mod newtypes;
mod public_interface;
mod secrets_never_print;
mod testkit;
mod wire;
