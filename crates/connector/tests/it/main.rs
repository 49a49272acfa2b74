//! Integration tests of `bucketline-connector`: one binary, written as a customer of the crate would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may panic"
)]

mod clocks;
mod damage;
mod encryption;
mod failing_disk;
mod fixture;
mod folder_paths;
mod frozen_object;
mod isolation;
mod ledger;
mod meter;
mod moved;
mod object_names;
mod public_interface;
mod quota;
mod reconcile;
mod refused_at_start;
mod rejects;
mod restart;
mod restart_age;
mod retention;
mod samples;
mod schemas;
mod scripted;
mod space;
mod states;
mod transforms;
