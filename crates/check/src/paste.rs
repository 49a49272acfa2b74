//! The JSON that a customer pastes. What it says is made by `bucketline-policy`; this only names it.

use bucketline_policy::Document;
use serde::Serialize;

/// Where a document belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the published list of kinds")]
pub enum PasteKind {
    /// A permission policy of the role or user.
    Policy,
    /// The role's trust policy.
    Trust,
    /// The bucket's policy.
    BucketPolicy,
    /// The KMS key's policy.
    KeyPolicy,
}

impl PasteKind {
    /// For people.
    pub(crate) const fn place(self) -> &'static str {
        match self {
            Self::Policy => "permission policy of the role or user",
            Self::Trust => "trust policy of the role",
            Self::BucketPolicy => "policy of the bucket",
            Self::KeyPolicy => "policy of the KMS key",
        }
    }
}

/// A document to paste.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Paste {
    /// Where it belongs.
    pub kind: PasteKind,
    /// What it says.
    #[serde(rename = "json")]
    pub document: Document,
}

impl Paste {
    pub(crate) const fn new(kind: PasteKind, document: Document) -> Self {
        Self { kind, document }
    }
}
