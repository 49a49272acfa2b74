//! The crate as its users see it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod notify_section;
mod access_points;
mod public_interface;
