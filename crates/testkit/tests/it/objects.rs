//! Objects in and out.

use aws_sdk_s3::operation::RequestId as _;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::client::{BUCKET, expected, plain, refusal};

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let (testkit, s3) = plain().await;
    let key = "currents/event_type=users.messages.email.Open/date=2026-11-23-18/a b+c%~é.avro";
    let body = Bytes::from(vec![7; 300_000]);
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(ByteStream::from(body.clone()))
        .content_type("avro/binary")
        .metadata("bl-count", "00000000000000000003")
        .send()
        .await
        .unwrap();
    assert!(put.request_id().is_some());

    let head = s3.head_object().bucket(BUCKET).key(key).send().await.unwrap();
    assert_eq!(head.content_length(), Some(300_000));
    assert_eq!(head.content_type(), Some("avro/binary"));
    assert_eq!(head.metadata().unwrap()["bl-count"], "00000000000000000003");
    assert_eq!(head.e_tag(), put.e_tag());
    assert!(head.last_modified().is_some());

    let get = s3.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    assert_eq!(get.e_tag(), put.e_tag());
    assert_eq!(get.body.collect().await.unwrap().into_bytes(), body);

    let part = s3
        .get_object()
        .bucket(BUCKET)
        .key(key)
        .range("bytes=10-19")
        .send()
        .await
        .unwrap();
    assert_eq!(part.content_range(), Some("bytes 10-19/300000"));
    assert_eq!(part.body.collect().await.unwrap().into_bytes().len(), 10);

    let stored = testkit.world().object(BUCKET, key).unwrap();
    assert_eq!(stored.body(), &body);
    assert_eq!(testkit.world().objects(BUCKET)[0].size, 300_000);
}

#[tokio::test]
async fn an_absent_key_is_no_such_key_and_a_delete_of_it_succeeds() {
    let (_testkit, s3) = plain().await;
    let error = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("NoSuchKey", 404));
    assert!(error.request_id().is_some());
    let error = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_not_found());
    assert!(error.request_id().is_some());

    s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    s3.put_object().bucket(BUCKET).key("k").send().await.unwrap();
    s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    let error = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_not_found());
}

#[tokio::test]
async fn an_absent_bucket_is_no_such_bucket() {
    let (testkit, s3) = plain().await;
    let error = s3
        .put_object()
        .bucket("nobodys")
        .key("k")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("NoSuchBucket", 404));
    let error = s3
        .get_bucket_location()
        .bucket("nobodys")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("NoSuchBucket", 404));
    let error = s3.head_bucket().bucket("nobodys").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_not_found());
    assert_eq!(testkit.world().buckets(), [BUCKET]);
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let (_testkit, s3) = plain().await;
    let error = s3.get_bucket_acl().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("NotImplemented", 501));
    let error = s3
        .get_object_tagging()
        .bucket(BUCKET)
        .key("k")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("NotImplemented", 501));
    let copy = s3
        .copy_object()
        .bucket(BUCKET)
        .key("k")
        .copy_source("acme-events/x")
        .send()
        .await;
    assert_eq!(refusal(&copy.unwrap_err()), expected("NotImplemented", 501));
}
