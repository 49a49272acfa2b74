//! The crate as its users see it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod public_interface;
