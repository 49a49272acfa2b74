//! What is there, as far as a plan asks. Knows nothing of what should be, and not how it was found out.

use bucketline_auth::{AccessKeyId, Region};
use bucketline_policy::Document;

use crate::iam::AccessKeyInfo;

/// The state of a customer's side.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Observed {
    /// The bucket.
    pub bucket: BucketState,
    /// The user or role; none where there is none.
    pub holder: Option<Holder>,
    /// The file that a key's secret is kept in.
    pub key_file: KeyFileState,
}

/// A bucket as it was found.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum BucketState {
    /// There is none of that name.
    #[default]
    Absent,
    /// There is one, which the caller may not look at: most likely another account's.
    Closed {
        /// What AWS said.
        why: String,
    },
    /// There is one.
    Present(Bucket),
}

/// What is set on a bucket.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bucket {
    /// Where it is.
    pub region: Region,
    /// The set-up that it is marked with.
    pub setup: Option<String>,
    /// The first of its keys.
    pub keys: Vec<String>,
    /// Whether all public access is blocked.
    pub closed: bool,
    /// Whether its owner owns every object.
    pub owner_enforced: bool,
    /// Whether unfinished uploads are ended.
    pub ends_uploads: bool,
    /// The KMS key of its default encryption.
    pub kms_key: Option<String>,
}

impl Bucket {
    /// A new bucket, as AWS makes them.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            setup: None,
            keys: Vec::new(),
            closed: true,
            owner_enforced: true,
            ends_uploads: false,
            kms_key: None,
        }
    }
}

/// A user or role as it was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Holder {
    /// Its ARN.
    pub arn: String,
    /// The set-up that it is marked with.
    pub setup: Option<String>,
    /// The bucket that its set-up makes.
    pub makes_bucket: Option<String>,
    /// Who may assume it, for a role.
    pub trust: Option<Document>,
    /// The policy of ours that it has.
    pub policy: Option<Document>,
    /// Its keys, for a user.
    pub keys: Vec<AccessKeyInfo>,
}

impl Holder {
    /// A user or role that nobody marked and that may do nothing.
    #[must_use]
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            setup: None,
            makes_bucket: None,
            trust: None,
            policy: None,
            keys: Vec::new(),
        }
    }
}

/// The file that a key's secret is kept in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileState {
    /// There is none.
    #[default]
    Absent,
    /// A key was about to be made when its maker was stopped: any but these is the one that nobody has the secret of.
    Pending {
        /// The keys that there were.
        had: Vec<String>,
    },
    /// It holds this key.
    Holds(AccessKeyId),
}
