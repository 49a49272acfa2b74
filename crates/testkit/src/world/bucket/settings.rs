//! What a bucket's owner sets on it, beside its policy and its encryption. Knows nothing of requests.

use s3s::dto::{
    LifecycleRules, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, TagSet,
};

/// The settings of one bucket.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) public_access: Option<PublicAccessBlockConfiguration>,
    pub(crate) ownership: Option<OwnershipControls>,
    pub(crate) lifecycle: Option<LifecycleRules>,
    pub(crate) tags: TagSet,
    /// Whether objects that are encrypted by default share a key of the bucket's: kept, and without effect.
    pub(crate) bucket_key: bool,
}

/// As AWS makes buckets since April 2023: nothing public, no ACLs.
///
/// Source: "Default settings for new S3 buckets FAQ", S3 user guide.
impl Default for Settings {
    fn default() -> Self {
        let blocked = PublicAccessBlockConfiguration {
            block_public_acls: Some(true),
            block_public_policy: Some(true),
            ignore_public_acls: Some(true),
            restrict_public_buckets: Some(true),
        };
        let enforced = ObjectOwnership::from_static(ObjectOwnership::BUCKET_OWNER_ENFORCED);
        let rule = OwnershipControlsRule {
            object_ownership: enforced,
        };
        Self {
            public_access: Some(blocked),
            ownership: Some(OwnershipControls { rules: vec![rule] }),
            lifecycle: None,
            tags: TagSet::default(),
            bucket_key: false,
        }
    }
}
