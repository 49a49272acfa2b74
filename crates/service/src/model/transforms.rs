//! What a connector does not get to see of its events, as it is configured: keys are still where they are kept.

use bucketline_format::transform::Selector;

use super::{Keeper, ModelPath};

/// One action on some fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransformRule {
    /// What is done.
    pub action: TransformAction,
    /// To which fields.
    pub selectors: Vec<Selector>,
}

/// What is done to a field: see [`Action`](bucketline_format::transform::Action).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransformAction {
    /// Nothing: an exception.
    Keep,
    /// Its text becomes `[REDACTED]`.
    Remove,
    /// Its text becomes its SHA-256.
    Hash,
    /// Its text becomes its HMAC-SHA-256.
    Hmac(KeptHmacKey),
    /// It becomes null.
    Drop,
}

/// A key that is still where it is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptHmacKey {
    /// Where.
    pub keeper: Keeper,
    /// Where the model has it.
    pub path: ModelPath,
}
