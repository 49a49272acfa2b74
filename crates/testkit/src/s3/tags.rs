//! Tags that come with an object: they are not kept, but to send them is a right of its own.
//!
//! Source: "Categorizing your storage using tags", "API operations related to object tagging", S3 user guide.

use s3s::{S3Error, S3ErrorCode, S3Result};

use super::Store;
use crate::authorize::{self, Question};
use crate::world::{Bucket, Caller};

impl Store {
    /// Whether the caller may put the object with these tags, if there are any.
    pub(super) fn check_tags(
        &self,
        caller: &Caller,
        bucket: &Bucket,
        key: &str,
        tagging: Option<&str>,
    ) -> S3Result<()> {
        if tagging.is_none_or(str::is_empty) {
            return Ok(());
        }
        let partition = self.gate.partition_of(bucket.account());
        let policy = bucket.policy();
        let question = Question {
            caller,
            action: "s3:PutObjectTagging",
            resource: &format!("arn:{partition}:s3:::{}/{key}", bucket.name()),
            resource_account: bucket.account(),
            resource_policy: policy.as_ref(),
            now: self.gate.world.clock().now(),
            context: self.gate.scene.context(),
            tags: Vec::new(),
        };
        let denied = |message| S3Error::with_message(S3ErrorCode::AccessDenied, message);
        authorize::decide(&question).map_err(denied)
    }
}
