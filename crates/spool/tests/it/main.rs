//! Integration tests, one binary for the crate.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

mod codec;
mod damage;
mod format_v1;
mod full;
mod killed;
mod model;
mod on_disk;
mod public_interface;
mod records;
mod refusals;
mod space;
