//! Server-side encryption is recorded, echoed, and missing where a store forgets it.

use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption};
use bucketline_testkit::seed::{Account, Bucket, KmsKey, User};
use bucketline_testkit::{Encryption, Seed};

use crate::client::{ACCOUNT, BUCKET, KEY, SECRET, account, expected, plain, refusal, s3, start};

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
    let account = account()
        .kms_key(KMS_KEY)
        .kms_key(KmsKey::new(disabled).disabled());
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

#[tokio::test]
async fn a_kms_key_must_be_the_callers_to_use() {
    let statement = |action: &str, resource: &str, condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}", "Condition": {condition}}}"#
        )
    };
    let policy = |statements: &[String]| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(",")
        )
    };
    let s3_only = statement("s3:*", "*", "{}");
    let user = User::new("currents")
        .access_key(KEY, SECRET)
        .policy("s3", policy(&[s3_only]));
    let account = Account::new(ACCOUNT).user(user).kms_key(KMS_KEY);
    let testkit =
        start(Seed::new().account(account.bucket(Bucket::new(BUCKET).kms_encryption(KMS_KEY)))).await;
    let s3 = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let put = || s3.put_object().bucket(BUCKET).key("currents/k").send();
    let get = || s3.get_object().bucket(BUCKET).key("currents/k").send();

    let error = put().await.unwrap_err();
    assert_eq!(refusal(&error), expected("AccessDenied", 403));
    let message = error
        .into_service_error()
        .meta()
        .message()
        .unwrap_or_default()
        .to_owned();
    assert!(
        message.contains(&format!(
            "not authorized to perform: kms:GenerateDataKey on resource: {KMS_KEY} because"
        )),
        "{message}"
    );

    let via_s3 = r#"{"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}"#;
    let via_other = r#"{"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}"#;
    let set = |statements: &[String]| {
        testkit
            .world()
            .set_user_policy(ACCOUNT, "currents", "kms", Some(&policy(statements)))
            .unwrap();
    };
    set(&[statement("kms:GenerateDataKey", KMS_KEY, via_other)]);
    assert_eq!(refusal(&put().await.unwrap_err()), expected("AccessDenied", 403));
    set(&[statement("kms:GenerateDataKey", KMS_KEY, via_s3)]);
    put().await.unwrap();
    assert_eq!(refusal(&get().await.unwrap_err()), expected("AccessDenied", 403));
    s3.head_object()
        .bucket(BUCKET)
        .key("currents/k")
        .send()
        .await
        .unwrap();
    set(&[statement(
        "kms:Decrypt",
        KMS_KEY,
        r#"{"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-events/currents/*"}}"#,
    )]);
    get().await.unwrap();

    // Parts are read before they become an object: to write them takes both.
    let part = || async {
        let upload = s3.create_multipart_upload().bucket(BUCKET).key("currents/k");
        let upload = upload.checksum_algorithm(ChecksumAlgorithm::Crc32).send().await;
        let upload = upload.unwrap();
        let part = s3.upload_part().bucket(BUCKET).key("currents/k").part_number(1);
        part.upload_id(upload.upload_id().unwrap()).send().await
    };
    set(&[statement("kms:GenerateDataKey", KMS_KEY, "{}")]);
    assert_eq!(refusal(&part().await.unwrap_err()), expected("AccessDenied", 403));
    set(&[
        statement("kms:GenerateDataKey", KMS_KEY, "{}"),
        statement("kms:Decrypt", KMS_KEY, "{}"),
    ]);
    part().await.unwrap();

    // The key that S3 manages asks for nothing more.
    set(&[]);
    let managed = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .server_side_encryption(ServerSideEncryption::AwsKms)
        .send();
    assert!(managed.await.unwrap().ssekms_key_id().is_some());
}
