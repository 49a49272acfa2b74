//! Conditional writes, decided one at a time.

use aws_sdk_s3::primitives::ByteStream;
use tokio::task::JoinSet;

use crate::client::{BUCKET, expected, plain, refusal};

#[tokio::test]
async fn a_key_is_created_once() {
    let (testkit, s3) = plain().await;
    let put = |body: &'static str| {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .if_none_match("*")
            .body(ByteStream::from_static(body.as_bytes()))
    };
    put("first").send().await.unwrap();
    let error = put("second").send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("PreconditionFailed", 412));
    assert_eq!(testkit.world().object(BUCKET, "k").unwrap().body(), "first");

    s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    put("third").send().await.unwrap();
    assert_eq!(testkit.world().object(BUCKET, "k").unwrap().body(), "third");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_creators_one_wins_and_its_bytes_stay() {
    let (testkit, s3) = plain().await;
    let mut puts = JoinSet::new();
    for n in 0..50_usize {
        let body = vec![u8::try_from(n).unwrap(); 20_000 + n];
        let put = s3
            .put_object()
            .bucket(BUCKET)
            .key("k")
            .if_none_match("*")
            .body(ByteStream::from(body));
        puts.spawn(async move { (n, put.send().await) });
    }
    let mut winners = Vec::new();
    while let Some(done) = puts.join_next().await {
        match done.unwrap() {
            (n, Ok(_)) => winners.push(n),
            (_, Err(error)) => assert_eq!(refusal(&error), expected("PreconditionFailed", 412)),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    let stored = testkit.world().object(BUCKET, "k").unwrap();
    assert_eq!(stored.body().len(), 20_000 + winners[0]);
    assert_eq!(usize::from(stored.body()[0]), winners[0]);
}

#[tokio::test]
async fn an_object_is_replaced_only_if_it_is_the_one_that_was_seen() {
    let (testkit, s3) = plain().await;
    let put = |tag: &str| s3.put_object().bucket(BUCKET).key("claims.json").if_match(tag);
    let error = put("\"0123\"").send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("NoSuchKey", 404));

    let first = s3
        .put_object()
        .bucket(BUCKET)
        .key("claims.json")
        .body(ByteStream::from_static(b"1"))
        .send()
        .await;
    let tag = first.unwrap().e_tag.unwrap();
    put(&tag)
        .body(ByteStream::from_static(b"2"))
        .send()
        .await
        .unwrap();
    let error = put(&tag)
        .body(ByteStream::from_static(b"3"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("PreconditionFailed", 412));
    assert_eq!(testkit.world().object(BUCKET, "claims.json").unwrap().body(), "2");
}

#[tokio::test]
async fn a_condition_that_aws_does_not_know_is_refused() {
    let (_testkit, s3) = plain().await;
    let error = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .if_none_match("\"0123\"")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("NotImplemented", 501));
}
