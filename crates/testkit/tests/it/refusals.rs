//! Requests that AWS turns away before it looks at any policy.

use bucketline_testkit::KeyStatus;
use bucketline_testkit::seed::Bucket;

use crate::client::{
    ACCOUNT, BUCKET, KEY, SECRET, account, credentials, expected, plain, refusal, s3, s3_with, start,
};

#[tokio::test]
async fn keys_and_signatures_are_checked() {
    let (testkit, good) = plain().await;
    let put = |client: &aws_sdk_s3::Client| client.put_object().bucket(BUCKET).key("k").send();
    let endpoint = testkit.endpoint();

    let error = put(&s3(&endpoint, "AKIANOBODYKNOWSTHIS1", SECRET, "us-east-1"))
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("InvalidAccessKeyId", 403));
    let error = put(&s3(&endpoint, KEY, "wrong", "us-east-1")).await.unwrap_err();
    assert_eq!(refusal(&error), expected("SignatureDoesNotMatch", 403));
    let with_token = s3_with(&endpoint, credentials(KEY, SECRET, Some("nonsense")), "us-east-1");
    assert_eq!(
        refusal(&put(&with_token).await.unwrap_err()),
        expected("InvalidToken", 400)
    );
    assert!(testkit.world().objects(BUCKET).is_empty());

    testkit.world().set_key_status(KEY, KeyStatus::Inactive).unwrap();
    assert_eq!(
        refusal(&put(&good).await.unwrap_err()),
        expected("InvalidAccessKeyId", 403)
    );
    testkit.world().set_key_status(KEY, KeyStatus::Active).unwrap();
    put(&good).await.unwrap();
}

#[tokio::test]
async fn a_rotated_key_is_dead_and_its_successor_works() {
    let (testkit, old) = plain().await;
    let new = testkit.world().rotate_key(KEY).unwrap();
    let error = old.head_bucket().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    let new = s3(
        &testkit.endpoint(),
        new.access_key_id(),
        new.secret_access_key(),
        "us-east-1",
    );
    new.head_bucket().bucket(BUCKET).send().await.unwrap();
}

#[tokio::test]
async fn a_request_for_the_wrong_region_learns_the_right_one() {
    let seed =
        bucketline_testkit::Seed::new().account(account().bucket(Bucket::new(BUCKET).region("eu-central-1")));
    let testkit = start(seed).await;
    let region = |error: &aws_sdk_s3::error::SdkError<_>| {
        let response: &aws_smithy_runtime_api::http::Response = error.raw_response().unwrap();
        response.headers().get("x-amz-bucket-region").unwrap().to_owned()
    };
    let list = |region: &str| {
        let client = s3(&testkit.endpoint(), KEY, SECRET, region);
        async move { client.list_objects_v2().bucket(BUCKET).send().await }
    };
    let error = list("us-east-1").await.unwrap_err();
    assert_eq!(refusal(&error), expected("AuthorizationHeaderMalformed", 400));
    assert_eq!(region(&error), "eu-central-1");
    let body = std::str::from_utf8(error.raw_response().unwrap().body().bytes().unwrap()).unwrap();
    assert!(body.contains("<Region>eu-central-1</Region>"), "{body}");

    let error = list("us-west-2").await.unwrap_err();
    assert_eq!(refusal(&error), expected("PermanentRedirect", 301));
    assert_eq!(region(&error), "eu-central-1");
    list("eu-central-1").await.unwrap();
}

#[tokio::test]
async fn the_expected_owner_must_own_the_bucket() {
    let (testkit, s3) = plain().await;
    let put = |owner: &str| {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .expected_bucket_owner(owner)
            .send()
    };
    assert_eq!(
        refusal(&put("444455556666").await.unwrap_err()),
        expected("AccessDenied", 403)
    );
    assert_eq!(
        refusal(&put("me").await.unwrap_err()),
        expected("InvalidBucketOwnerAWSAccountID", 400)
    );
    assert!(testkit.world().objects(BUCKET).is_empty());
    put(ACCOUNT).await.unwrap();
    let list = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .expected_bucket_owner("444455556666")
        .send()
        .await;
    assert_eq!(refusal(&list.unwrap_err()), expected("AccessDenied", 403));
}

#[tokio::test]
async fn too_much_metadata_is_refused() {
    let (_testkit, s3) = plain().await;
    let put = |length: usize| {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .metadata("name", "x".repeat(length))
            .send()
    };
    put(2044).await.unwrap();
    assert_eq!(
        refusal(&put(2045).await.unwrap_err()),
        expected("MetadataTooLarge", 400)
    );
}
