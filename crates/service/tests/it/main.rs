//! The crate as its users see it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod access_points;
mod ddl;
mod fuzz;
mod notify_section;
mod placement;
mod public_interface;
