//! The crate as its users see it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod access_points;
mod notify_section;
mod placement;
mod public_interface;
