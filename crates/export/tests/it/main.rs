//! The crate as its customers see it.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod ends;
mod kill;
mod public_interface;
mod told;
mod transient;
mod world;
