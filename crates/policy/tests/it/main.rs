//! What users of the crate can rely on.

mod public_interface;
