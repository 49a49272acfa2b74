//! The testkit as its users see it: driven by AWS's own clients, over the wire.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
#![expect(
    clippy::disallowed_methods,
    reason = "faults take time, which is waited for and measured"
)]

mod admin;
mod authorization;
mod boxed_sessions;
mod bucket_settings;
mod checksums;
mod client;
mod conditions;
mod encryption;
mod faults;
mod listing;
mod objects;
mod program;
mod public_interface;
mod refusals;
mod seed;
mod sts;
mod sts_tags;
mod wire;
