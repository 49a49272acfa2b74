//! A user's access key as IAM lists it. Knows nothing of its secret, which IAM tells once.

use std::time::SystemTime;

use bucketline_auth::AccessKeyId;

/// An access key as IAM lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKeyInfo {
    /// Its id.
    pub id: AccessKeyId,
    /// Whether it can be used.
    pub status: KeyStatus,
    /// When it was made.
    pub created: Option<SystemTime>,
}

impl AccessKeyInfo {
    /// A key whose time of making is not known.
    #[must_use]
    pub fn new(id: AccessKeyId, status: KeyStatus) -> Self {
        Self {
            id,
            status,
            created: None,
        }
    }
}

/// Whether an access key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyStatus {
    /// It can.
    Active,
    /// It was switched off, expired, or is in a state that this version does not know.
    Inactive,
}
