//! What users of the crate can rely on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may panic"
)]

mod case;
mod cases;
#[cfg(feature = "catalog")]
mod checks;
mod compare;
#[cfg(feature = "catalog")]
mod compare_fuzz;
mod denied;
mod documents;
#[cfg(feature = "catalog")]
mod field;
mod fuzz;
#[cfg(feature = "catalog")]
mod lint;
#[cfg(feature = "catalog")]
mod lint_cases;
mod names;
mod peer_errors;
mod properties;
mod public_interface;
#[cfg(feature = "catalog")]
mod rewrite;
#[cfg(feature = "catalog")]
mod row;
