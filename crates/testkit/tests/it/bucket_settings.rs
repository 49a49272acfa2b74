//! What a bucket's owner sets on it, and how a bucket is removed.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types as s3;

use crate::client::{BUCKET, expected, plain, refusal};

#[tokio::test]
async fn a_new_bucket_is_closed_to_the_public_and_knows_no_acl() {
    let (_testkit, client) = plain().await;
    client.create_bucket().bucket("new-events").send().await.unwrap();
    let block = client
        .get_public_access_block()
        .bucket("new-events")
        .send()
        .await
        .unwrap();
    let block = block.public_access_block_configuration().unwrap().clone();
    assert_eq!(
        [
            block.block_public_acls(),
            block.ignore_public_acls(),
            block.block_public_policy(),
            block.restrict_public_buckets()
        ],
        [Some(true); 4]
    );
    let ownership = client
        .get_bucket_ownership_controls()
        .bucket("new-events")
        .send()
        .await
        .unwrap();
    let rules = ownership.ownership_controls().unwrap().rules();
    assert_eq!(
        rules[0].object_ownership(),
        &s3::ObjectOwnership::BucketOwnerEnforced
    );
    let none = client
        .get_bucket_lifecycle_configuration()
        .bucket("new-events")
        .send()
        .await;
    assert_eq!(
        refusal(&none.unwrap_err()),
        expected("NoSuchLifecycleConfiguration", 404)
    );
    let none = client.get_bucket_tagging().bucket("new-events").send().await;
    assert_eq!(refusal(&none.unwrap_err()), expected("NoSuchTagSet", 404));
    let none = client.get_bucket_policy().bucket("new-events").send().await;
    assert_eq!(refusal(&none.unwrap_err()), expected("NoSuchBucketPolicy", 404));
}

#[tokio::test]
async fn settings_read_as_they_were_made() {
    let (_testkit, client) = plain().await;
    let rule = |rule: s3::builders::LifecycleRuleBuilder| {
        let rule = rule
            .status(s3::ExpirationStatus::Enabled)
            .id("parts")
            .build()
            .unwrap();
        s3::BucketLifecycleConfiguration::builder()
            .rules(rule)
            .build()
            .unwrap()
    };
    let filter = s3::LifecycleRuleFilter::builder().prefix("").build();
    let nothing_to_do = rule(s3::LifecycleRule::builder().filter(filter.clone()));
    let put = client.put_bucket_lifecycle_configuration().bucket(BUCKET);
    let refused = put.clone().lifecycle_configuration(nothing_to_do).send().await;
    assert_eq!(refusal(&refused.unwrap_err()), expected("MalformedXML", 400));
    let abort = s3::AbortIncompleteMultipartUpload::builder()
        .days_after_initiation(7)
        .build();
    let whole = rule(
        s3::LifecycleRule::builder()
            .filter(filter)
            .abort_incomplete_multipart_upload(abort),
    );
    put.lifecycle_configuration(whole.clone()).send().await.unwrap();
    let read = client
        .get_bucket_lifecycle_configuration()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    assert_eq!(read.rules(), whole.rules());

    let tag = s3::Tag::builder()
        .key("made-by")
        .value("bucketline")
        .build()
        .unwrap();
    let tagging = s3::Tagging::builder().tag_set(tag.clone()).build().unwrap();
    client
        .put_bucket_tagging()
        .bucket(BUCKET)
        .tagging(tagging)
        .send()
        .await
        .unwrap();
    let read = client.get_bucket_tagging().bucket(BUCKET).send().await.unwrap();
    assert_eq!(read.tag_set(), [tag]);

    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Tls","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-events/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
    client
        .put_bucket_policy()
        .bucket(BUCKET)
        .policy(policy)
        .send()
        .await
        .unwrap();
    let read = client.get_bucket_policy().bucket(BUCKET).send().await.unwrap();
    assert_eq!(read.policy(), Some(policy));
    let refused = client.put_bucket_policy().bucket(BUCKET).policy("{").send().await;
    assert_eq!(refusal(&refused.unwrap_err()), expected("MalformedPolicy", 400));
    client.delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    let none = client.get_bucket_policy().bucket(BUCKET).send().await;
    assert_eq!(refusal(&none.unwrap_err()), expected("NoSuchBucketPolicy", 404));

    let key = "arn:aws:kms:us-east-1:111122223333:key/1234";
    let by_default = s3::ServerSideEncryptionByDefault::builder()
        .sse_algorithm(s3::ServerSideEncryption::AwsKms)
        .kms_master_key_id(key)
        .build()
        .unwrap();
    let rule = s3::ServerSideEncryptionRule::builder();
    let rule = rule.apply_server_side_encryption_by_default(by_default).build();
    let configuration = s3::ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()
        .unwrap();
    let put = client.put_bucket_encryption().bucket(BUCKET);
    put.server_side_encryption_configuration(configuration)
        .send()
        .await
        .unwrap();
    let read = client
        .get_bucket_encryption()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    let rules = read.server_side_encryption_configuration().unwrap().rules();
    let by_default = rules[0].apply_server_side_encryption_by_default().unwrap();
    assert_eq!(by_default.kms_master_key_id(), Some(key));
}

#[tokio::test]
async fn a_bucket_that_holds_something_is_not_removed() {
    let (testkit, client) = plain().await;
    let put = client
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .body(ByteStream::from_static(b"x"));
    put.send().await.unwrap();
    let refused = client.delete_bucket().bucket(BUCKET).send().await;
    assert_eq!(refusal(&refused.unwrap_err()), expected("BucketNotEmpty", 409));
    client
        .delete_object()
        .bucket(BUCKET)
        .key("k")
        .send()
        .await
        .unwrap();
    client.delete_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(testkit.world().buckets(), Vec::<String>::new());
    let gone = client.delete_bucket().bucket(BUCKET).send().await;
    assert_eq!(refusal(&gone.unwrap_err()), expected("NoSuchBucket", 404));
}
