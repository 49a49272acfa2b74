//! Server-side encryption is recorded, echoed, and missing where a store forgets it.

use aws_sdk_s3::types::ServerSideEncryption;
use bucketline_testkit::seed::Bucket;
use bucketline_testkit::{Encryption, Seed};

use crate::client::{BUCKET, KEY, SECRET, account, expected, plain, refusal, s3, start};

const KMS_KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

#[tokio::test]
async fn aes256_is_the_default_and_is_echoed() {
    let (testkit, s3) = plain().await;
    for asked in [None, Some(ServerSideEncryption::Aes256)] {
        let put = s3
            .put_object()
            .bucket(BUCKET)
            .key("k")
            .set_server_side_encryption(asked)
            .send()
            .await
            .unwrap();
        assert_eq!(put.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
        let head = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
        assert_eq!(head.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
    }
    assert_eq!(
        testkit.world().object(BUCKET, "k").unwrap().encryption(),
        &Encryption::Aes256
    );
}

#[tokio::test]
async fn kms_keys_are_echoed_and_must_exist_and_be_enabled() {
    let disabled = "arn:aws:kms:us-east-1:111122223333:key/disabled";
    let account = account().kms_key(KMS_KEY).disabled_kms_key(disabled);
    let seed = Seed::new().account(
        account
            .bucket(Bucket::new(BUCKET))
            .bucket(Bucket::new("kms").kms_encryption(KMS_KEY)),
    );
    let testkit = start(seed).await;
    let s3 = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let put = |key: &str| {
        let put = s3
            .put_object()
            .bucket(BUCKET)
            .key("k")
            .server_side_encryption(ServerSideEncryption::AwsKms);
        put.ssekms_key_id(key).send()
    };
    let done = put(KMS_KEY).await.unwrap();
    assert_eq!(done.server_side_encryption(), Some(&ServerSideEncryption::AwsKms));
    assert_eq!(done.ssekms_key_id(), Some(KMS_KEY));
    assert_eq!(
        put("1234abcd-12ab-34cd-56ef-1234567890ab")
            .await
            .unwrap()
            .ssekms_key_id(),
        Some(KMS_KEY)
    );
    assert_eq!(
        refusal(&put(disabled).await.unwrap_err()),
        expected("KMS.DisabledException", 400)
    );
    assert_eq!(
        refusal(&put("nobodys").await.unwrap_err()),
        expected("KMS.NotFoundException", 400)
    );

    let by_default = s3.put_object().bucket("kms").key("k").send().await.unwrap();
    assert_eq!(by_default.ssekms_key_id(), Some(KMS_KEY));
}

#[tokio::test]
async fn an_unknown_algorithm_is_refused() {
    let (_testkit, s3) = plain().await;
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .server_side_encryption(ServerSideEncryption::from("ROT13"));
    assert_eq!(
        refusal(&put.send().await.unwrap_err()),
        expected("InvalidEncryptionAlgorithmError", 400)
    );
}

#[tokio::test]
async fn a_forgetful_store_can_be_played() {
    let testkit = start(Seed::new().account(account().bucket(Bucket::new(BUCKET).hide_encryption()))).await;
    let s3 = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .server_side_encryption(ServerSideEncryption::Aes256);
    assert_eq!(put.send().await.unwrap().server_side_encryption(), None);
    let head = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(head.server_side_encryption(), None);
}
