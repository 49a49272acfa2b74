//! A bucket's settings: public access, ownership, lifecycle, tags, default encryption and policy.

use s3s::dto;
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use super::Store;
use crate::authorize::Policy;
use crate::world::{Bucket, Encryption, Settings};

/// Source: "Bucket policies", S3 user guide.
const LARGEST_POLICY: usize = 20 * 1024;

impl Store {
    pub(super) fn change(&self, bucket: &str, change: impl FnOnce(&mut Settings)) -> S3Result<()> {
        self.bucket(bucket)?.change_settings(change);
        Ok(())
    }

    pub(super) fn public_access(&self, bucket: &str) -> S3Result<dto::PublicAccessBlockConfiguration> {
        let found = self.bucket(bucket)?.settings().public_access;
        found.ok_or_else(|| {
            absent(
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
        })
    }

    pub(super) fn ownership(&self, bucket: &str) -> S3Result<dto::OwnershipControls> {
        let found = self.bucket(bucket)?.settings().ownership;
        found.ok_or_else(|| {
            s3_error!(
                OwnershipControlsNotFoundError,
                "The bucket ownership controls were not found"
            )
        })
    }

    pub(super) fn lifecycle(&self, bucket: &str) -> S3Result<dto::LifecycleRules> {
        let found = self.bucket(bucket)?.settings().lifecycle;
        found.ok_or_else(|| {
            s3_error!(
                NoSuchLifecycleConfiguration,
                "The lifecycle configuration does not exist"
            )
        })
    }

    pub(super) fn set_lifecycle(
        &self,
        bucket: &str,
        rules: Option<dto::BucketLifecycleConfiguration>,
    ) -> S3Result<()> {
        let rules = rules.map(|given| given.rules).unwrap_or_default();
        // A rule needs a filter (or the prefix of old) and something to do.
        let whole = |rule: &dto::LifecycleRule| {
            let does = rule.abort_incomplete_multipart_upload.is_some()
                || rule.expiration.is_some()
                || rule.transitions.is_some()
                || rule.noncurrent_version_expiration.is_some()
                || rule.noncurrent_version_transitions.is_some();
            does && (rule.filter.is_some() || rule.prefix.is_some())
        };
        if rules.is_empty() || !rules.iter().all(whole) {
            return Err(s3_error!(
                MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema"
            ));
        }
        self.change(bucket, |settings| settings.lifecycle = Some(rules))
    }

    pub(super) fn tags(&self, bucket: &str) -> S3Result<dto::TagSet> {
        let tags = self.bucket(bucket)?.settings().tags;
        if tags.is_empty() {
            return Err(s3_error!(NoSuchTagSet, "The TagSet does not exist"));
        }
        Ok(tags)
    }

    pub(super) fn default_encryption(
        &self,
        bucket: &str,
    ) -> S3Result<dto::ServerSideEncryptionConfiguration> {
        let bucket = self.bucket(bucket)?;
        let (algorithm, key) = match bucket.encryption() {
            Encryption::Aes256 => (dto::ServerSideEncryption::AES256, None),
            Encryption::Kms { key } => (dto::ServerSideEncryption::AWS_KMS, Some(key)),
        };
        let by_default = dto::ServerSideEncryptionByDefault {
            kms_master_key_id: key,
            sse_algorithm: dto::ServerSideEncryption::from_static(algorithm),
        };
        let rule = dto::ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(by_default),
            bucket_key_enabled: Some(bucket.settings().bucket_key),
        };
        Ok(dto::ServerSideEncryptionConfiguration { rules: vec![rule] })
    }

    pub(super) fn set_default_encryption(
        &self,
        bucket: &str,
        asked: dto::ServerSideEncryptionConfiguration,
    ) -> S3Result<()> {
        let rule = asked.rules.into_iter().next();
        let bucket_key = rule.as_ref().and_then(|rule| rule.bucket_key_enabled);
        let by_default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default);
        let encryption = match by_default {
            Some(by) if by.sse_algorithm.as_str() == dto::ServerSideEncryption::AES256 => Encryption::Aes256,
            Some(dto::ServerSideEncryptionByDefault {
                kms_master_key_id: Some(key),
                ..
            }) => Encryption::Kms { key },
            // AWS would take its own key for S3, of which the testkit has none.
            _ => {
                return Err(s3_error!(
                    NotImplemented,
                    "the testkit encrypts with keys that are named"
                ));
            }
        };
        let bucket = self.bucket(bucket)?;
        bucket.set_encryption(encryption);
        bucket.change_settings(|settings| settings.bucket_key = bucket_key.unwrap_or_default());
        Ok(())
    }

    pub(super) fn policy(&self, bucket: &str) -> S3Result<String> {
        let policy = self.bucket(bucket)?.policy();
        policy
            .map(|policy| policy.to_json())
            .ok_or_else(|| s3_error!(NoSuchBucketPolicy, "The bucket policy does not exist"))
    }

    pub(super) fn set_policy(&self, bucket: &str, text: &str) -> S3Result<()> {
        if text.len() > LARGEST_POLICY {
            return Err(s3_error!(
                InvalidArgument,
                "Policy exceeds the maximum allowed document size."
            ));
        }
        let policy = Policy::parse("the policy", text).map_err(|_| {
            let message = "Policies must be valid JSON and the first byte must be '{'";
            S3Error::with_message(S3ErrorCode::MalformedPolicy, message)
        })?;
        self.bucket(bucket)?.set_policy(Some(policy));
        Ok(())
    }

    pub(super) fn delete_bucket(&self, name: &str) -> S3Result<()> {
        let bucket = self.bucket(name)?;
        if !Bucket::is_empty(&bucket) {
            return Err(s3_error!(
                BucketNotEmpty,
                "The bucket you tried to delete is not empty"
            ));
        }
        self.gate.world.remove_bucket(name);
        Ok(())
    }
}

/// A code that s3s does not know.
fn absent(code: &'static str, message: &'static str) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(http::StatusCode::NOT_FOUND);
    error
}
