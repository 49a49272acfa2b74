//! The crate as its customers see it.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod public_interface;
