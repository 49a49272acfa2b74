//! The port to buckets over aws-sdk-s3. Knows the SDK's types; lets none of them out.

use std::fmt;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types as s3;
use aws_types::SdkConfig;
use bucketline_auth::{Error, ErrorKind, Region, single_attempt};
use bucketline_policy::{Arn, BucketName};

use super::Buckets;
use crate::setup::UNFINISHED_UPLOADS_RULE;

/// The region whose endpoint takes no location constraint.
const GLOBAL: &str = "us-east-1";

/// S3 as the AWS SDK speaks to it: one attempt per call, one timeout.
#[derive(Clone)]
pub struct AwsBuckets {
    client: Client,
    region: Region,
}

impl AwsBuckets {
    /// The adapter over these settings, for buckets of one region: endpoint, credentials and HTTP client are theirs.
    /// Nothing is sent yet. An endpoint of one's own is addressed by path.
    ///
    /// # Errors
    ///
    /// Those of [`single_attempt`]; [`NotLoaded`](ErrorKind::NotLoaded) without credentials.
    pub fn from_sdk_config(config: &SdkConfig, region: Region) -> Result<Self, Error> {
        if config.credentials_provider().is_none() {
            return Err(Error::new(
                ErrorKind::NotLoaded,
                "there are no credentials to sign calls to S3 with",
            )
            .with_remedy("give those of someone who may administer the account"));
        }
        let sdk_region = aws_types::region::Region::new(region.as_str().to_owned());
        let config = config.to_builder().region(sdk_region).build();
        let own_endpoint = config.endpoint_url().is_some();
        let settings = aws_sdk_s3::config::Builder::from(&single_attempt(&config)?)
            .force_path_style(own_endpoint)
            .build();
        Ok(Self {
            client: Client::from_conf(settings),
            region,
        })
    }
}

#[async_trait]
impl Buckets for AwsBuckets {
    async fn region(&self, bucket: &BucketName) -> Result<Region, Error> {
        let call = self.client.get_bucket_location().bucket(bucket.as_str());
        let constraint = match call.send().await {
            Ok(output) => output
                .location_constraint()
                .map(|found| found.as_str().to_owned()),
            // Of a bucket that is elsewhere, any regional endpoint tells where.
            Err(error) => match told_region(&error) {
                Some(region) => Some(region),
                None => return Err(failed("GetBucketLocation", bucket, &error)),
            },
        };
        match constraint.as_deref() {
            None | Some("") => GLOBAL,
            Some("EU") => "eu-west-1",
            Some(region) => region,
        }
        .parse()
    }

    async fn create(&self, bucket: &BucketName) -> Result<(), Error> {
        let mut call = self.client.create_bucket().bucket(bucket.as_str());
        if self.region.as_str() != GLOBAL {
            let constraint = s3::BucketLocationConstraint::from(self.region.as_str());
            let configuration = s3::CreateBucketConfiguration::builder().location_constraint(constraint);
            call = call.create_bucket_configuration(configuration.build());
        }
        call.send()
            .await
            .map_err(|error| failed("CreateBucket", bucket, &error))?;
        Ok(())
    }

    async fn delete(&self, bucket: &BucketName) -> Result<(), Error> {
        let call = self.client.delete_bucket().bucket(bucket.as_str());
        call.send()
            .await
            .map_err(|error| failed("DeleteBucket", bucket, &error))?;
        Ok(())
    }

    async fn first_keys(&self, bucket: &BucketName) -> Result<Vec<String>, Error> {
        let call = self
            .client
            .list_objects_v2()
            .bucket(bucket.as_str())
            .max_keys(1000);
        let output = call.send().await;
        let output = output.map_err(|error| failed("ListObjectsV2", bucket, &error))?;
        let keys = output.contents().iter().filter_map(|object| object.key());
        Ok(keys.map(str::to_owned).collect())
    }

    async fn tag(&self, bucket: &BucketName, key: &str) -> Result<Option<String>, Error> {
        let tags = self.tags(bucket).await?;
        let found = tags.into_iter().find(|tag| tag.key() == key);
        Ok(found.map(|tag| tag.value().to_owned()))
    }

    async fn set_tag(&self, bucket: &BucketName, key: &str, value: &str) -> Result<(), Error> {
        let mut tags = self.tags(bucket).await?;
        tags.retain(|tag| tag.key() != key);
        tags.push(built(s3::Tag::builder().key(key).value(value).build())?);
        let tagging = built(s3::Tagging::builder().set_tag_set(Some(tags)).build())?;
        let call = self
            .client
            .put_bucket_tagging()
            .bucket(bucket.as_str())
            .tagging(tagging);
        call.send()
            .await
            .map_err(|error| failed("PutBucketTagging", bucket, &error))?;
        Ok(())
    }

    async fn is_closed(&self, bucket: &BucketName) -> Result<bool, Error> {
        let call = self.client.get_public_access_block().bucket(bucket.as_str());
        let found = present(
            "GetPublicAccessBlock",
            bucket,
            "NoSuchPublicAccessBlockConfiguration",
            call.send().await,
        )?;
        let block = found.and_then(|output| output.public_access_block_configuration);
        Ok(block.is_some_and(|block| {
            [
                block.block_public_acls(),
                block.ignore_public_acls(),
                block.block_public_policy(),
                block.restrict_public_buckets(),
            ]
            .iter()
            .all(|set| *set == Some(true))
        }))
    }

    async fn close(&self, bucket: &BucketName) -> Result<(), Error> {
        let block = s3::PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let call = self
            .client
            .put_public_access_block()
            .bucket(bucket.as_str())
            .public_access_block_configuration(block);
        call.send()
            .await
            .map_err(|error| failed("PutPublicAccessBlock", bucket, &error))?;
        Ok(())
    }

    async fn is_owner_enforced(&self, bucket: &BucketName) -> Result<bool, Error> {
        let call = self
            .client
            .get_bucket_ownership_controls()
            .bucket(bucket.as_str());
        let found = present(
            "GetBucketOwnershipControls",
            bucket,
            "OwnershipControlsNotFoundError",
            call.send().await,
        )?;
        let rules = found.and_then(|output| output.ownership_controls);
        Ok(rules.is_some_and(|controls| {
            let mut rules = controls.rules().iter();
            rules.any(|rule| *rule.object_ownership() == s3::ObjectOwnership::BucketOwnerEnforced)
        }))
    }

    async fn enforce_owner(&self, bucket: &BucketName) -> Result<(), Error> {
        let rule = s3::OwnershipControlsRule::builder()
            .object_ownership(s3::ObjectOwnership::BucketOwnerEnforced)
            .build();
        let controls = built(s3::OwnershipControls::builder().rules(built(rule)?).build())?;
        let call = self
            .client
            .put_bucket_ownership_controls()
            .bucket(bucket.as_str())
            .ownership_controls(controls);
        call.send()
            .await
            .map_err(|error| failed("PutBucketOwnershipControls", bucket, &error))?;
        Ok(())
    }

    async fn ends_unfinished_uploads(&self, bucket: &BucketName) -> Result<bool, Error> {
        Ok(self.rules(bucket).await?.iter().any(ends_uploads))
    }

    async fn end_unfinished_uploads(&self, bucket: &BucketName, days: i32) -> Result<(), Error> {
        let mut rules = self.rules(bucket).await?;
        rules.retain(|rule| rule.id() != Some(UNFINISHED_UPLOADS_RULE));
        let after = s3::AbortIncompleteMultipartUpload::builder().days_after_initiation(days);
        let rule = s3::LifecycleRule::builder()
            .id(UNFINISHED_UPLOADS_RULE)
            .status(s3::ExpirationStatus::Enabled)
            .filter(s3::LifecycleRuleFilter::builder().prefix("").build())
            .abort_incomplete_multipart_upload(after.build())
            .build();
        rules.push(built(rule)?);
        let configuration = s3::BucketLifecycleConfiguration::builder().set_rules(Some(rules));
        let call = self
            .client
            .put_bucket_lifecycle_configuration()
            .bucket(bucket.as_str())
            .lifecycle_configuration(built(configuration.build())?);
        call.send()
            .await
            .map_err(|error| failed("PutBucketLifecycleConfiguration", bucket, &error))?;
        Ok(())
    }

    async fn kms_key(&self, bucket: &BucketName) -> Result<Option<String>, Error> {
        let call = self.client.get_bucket_encryption().bucket(bucket.as_str());
        let found = present(
            "GetBucketEncryption",
            bucket,
            "ServerSideEncryptionConfigurationNotFoundError",
            call.send().await,
        )?;
        let rules = found.and_then(|output| output.server_side_encryption_configuration);
        Ok(rules.and_then(|rules| {
            let mut rules = rules.rules().iter();
            let by_default = rules.find_map(|rule| rule.apply_server_side_encryption_by_default())?;
            by_default.kms_master_key_id().map(str::to_owned)
        }))
    }

    async fn encrypt_with(&self, bucket: &BucketName, key: &Arn) -> Result<(), Error> {
        let by_default = s3::ServerSideEncryptionByDefault::builder()
            .sse_algorithm(s3::ServerSideEncryption::AwsKms)
            .kms_master_key_id(key.as_str())
            .build();
        let rule = s3::ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(built(by_default)?)
            .bucket_key_enabled(true)
            .build();
        let configuration = s3::ServerSideEncryptionConfiguration::builder().rules(rule);
        let call = self
            .client
            .put_bucket_encryption()
            .bucket(bucket.as_str())
            .server_side_encryption_configuration(built(configuration.build())?);
        call.send()
            .await
            .map_err(|error| failed("PutBucketEncryption", bucket, &error))?;
        Ok(())
    }
}

impl AwsBuckets {
    async fn tags(&self, bucket: &BucketName) -> Result<Vec<s3::Tag>, Error> {
        let call = self.client.get_bucket_tagging().bucket(bucket.as_str());
        let found = present("GetBucketTagging", bucket, "NoSuchTagSet", call.send().await)?;
        Ok(found.map(|output| output.tag_set).unwrap_or_default())
    }

    async fn rules(&self, bucket: &BucketName) -> Result<Vec<s3::LifecycleRule>, Error> {
        let call = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(bucket.as_str());
        let found = present(
            "GetBucketLifecycleConfiguration",
            bucket,
            "NoSuchLifecycleConfiguration",
            call.send().await,
        )?;
        Ok(found.and_then(|output| output.rules).unwrap_or_default())
    }
}

/// Whether a rule ends the unfinished uploads of the whole bucket.
fn ends_uploads(rule: &s3::LifecycleRule) -> bool {
    let everywhere = rule.filter().is_none_or(|filter| {
        filter.prefix().is_none_or(str::is_empty)
            && filter.tag().is_none()
            && filter.and().is_none()
            && filter.object_size_greater_than().is_none()
            && filter.object_size_less_than().is_none()
    });
    #[expect(deprecated, reason = "rules that were made long ago say their prefix there")]
    let everywhere = everywhere && rule.prefix().is_none_or(str::is_empty);
    *rule.status() == s3::ExpirationStatus::Enabled
        && rule.abort_incomplete_multipart_upload().is_some()
        && everywhere
}

/// The answer; nothing where S3 says by this code that nothing is set.
fn present<T, E>(
    operation: &'static str,
    bucket: &BucketName,
    nothing: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, Error>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match answer {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.code() == Some(nothing) => Ok(None),
        Err(error) => Err(failed(operation, bucket, &error)),
    }
}

/// S3's codes, in the words of this crate.
fn failed<E>(operation: &'static str, bucket: &BucketName, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (kind, what, remedy) = match error.code().unwrap_or_default() {
        "NoSuchBucket" => (ErrorKind::NotFound, "there is no such bucket", None),
        "BucketAlreadyExists" => (
            ErrorKind::AlreadyExists,
            "the name is taken by a bucket of another account",
            Some("take another name: they are unique in all of AWS"),
        ),
        "BucketAlreadyOwnedByYou" => (ErrorKind::AlreadyExists, "the bucket is there already", None),
        "BucketNotEmpty" => (ErrorKind::Conflict, "the bucket is not empty", None),
        "OperationAborted" => (
            ErrorKind::Conflict,
            "the bucket is being made or deleted just now",
            None,
        ),
        _ => return Error::of_call(operation, bucket.as_str(), error),
    };
    let mut lowered = Error::new(kind, what)
        .with_operation(operation)
        .with_subject(bucket.as_str());
    if let Some(code) = error.code() {
        lowered = lowered.with_code(code);
    }
    if let Some(response) = error.raw_response() {
        lowered = lowered.with_status(response.status().as_u16());
        if let Some(id) = response.headers().get("x-amz-request-id") {
            lowered = lowered.with_request_id(id);
        }
    }
    match remedy {
        Some(remedy) => lowered.with_remedy(remedy),
        None => lowered,
    }
}

/// The region that a redirection names. A refusal names it too, but is a refusal all the same.
fn told_region<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    match error.code()? {
        "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" => {
            let headers = error.raw_response()?.headers();
            headers.get("x-amz-bucket-region").map(str::to_owned)
        }
        _ => None,
    }
}

fn built<T>(value: Result<T, aws_sdk_s3::error::BuildError>) -> Result<T, Error> {
    value.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "a request cannot be put together").with_source(error)
    })
}

impl fmt::Debug for AwsBuckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsBuckets")
            .field("region", &self.region.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(deprecated, reason = "rules that were made long ago say their prefix there")]
    fn a_rule_counts_where_it_ends_the_uploads_of_the_whole_bucket() {
        let days = s3::AbortIncompleteMultipartUpload::builder().days_after_initiation(7);
        let rule = || {
            s3::LifecycleRule::builder()
                .status(s3::ExpirationStatus::Enabled)
                .abort_incomplete_multipart_upload(days.clone().build())
        };
        let below = |prefix: &str| s3::LifecycleRuleFilter::builder().prefix(prefix).build();
        for (rule, counts) in [
            (rule(), true),
            (rule().prefix(""), true),
            (rule().filter(below("")), true),
            (rule().prefix("old/"), false),
            (rule().filter(below("old/")), false),
            (rule().status(s3::ExpirationStatus::Disabled), false),
        ] {
            let rule = rule.build().unwrap();
            assert_eq!(ends_uploads(&rule), counts, "{rule:?}");
        }
    }
}
