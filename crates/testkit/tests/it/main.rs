//! The testkit as its users see it: driven by AWS's own clients, over the wire.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod admin;
mod authorization;
mod checksums;
mod client;
mod conditions;
mod encryption;
mod faults;
mod listing;
mod objects;
mod program;
mod refusals;
mod sts;
mod wire;
