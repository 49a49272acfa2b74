//! Integration tests of `bucketline-sink`: one binary, written as a customer of the crate would.
#![expect(clippy::unwrap_used, reason = "tests may panic")]
#![cfg_attr(
    any(feature = "s3", all(feature = "fs", feature = "test-util")),
    expect(clippy::indexing_slicing, reason = "tests may panic")
)]

#[cfg(feature = "test-util")]
mod broken_promises;
#[cfg(feature = "test-util")]
mod faults;
#[cfg(all(feature = "fs", feature = "test-util"))]
mod fs;
mod fs_uploads;
#[cfg(feature = "s3")]
mod fuzz;
#[cfg(feature = "test-util")]
mod layers;
#[cfg(feature = "test-util")]
mod memory;
#[cfg(feature = "mock")]
mod mock;
#[cfg(all(feature = "fs", feature = "test-util"))]
mod model;
mod multipart;
mod public_interface;
#[cfg(all(feature = "s3", feature = "test-util"))]
mod retry;
mod s3_live;
#[cfg(all(feature = "s3", feature = "test-util"))]
mod s3_testkit;
#[cfg(feature = "s3")]
mod s3_wire;
#[cfg(feature = "s3")]
mod wire;
