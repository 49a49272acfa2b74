//! Faults on demand, from code and over HTTP.

use std::time::{Duration, Instant};

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use bucketline_testkit::{Fault, FaultEffect, Operation};

use crate::client::{BUCKET, KEY, SECRET, credentials, expected, plain, refusal, sts_with};
use crate::wire;

#[tokio::test]
async fn an_error_strikes_as_often_as_it_is_told_and_has_no_effect() {
    let (testkit, s3) = plain().await;
    testkit.faults().add(
        Fault::error(503, "SlowDown")
            .operation(Operation::PutObject)
            .key_prefix("a/")
            .times(2),
    );
    let put = |key: &str| {
        s3.put_object()
            .bucket(BUCKET)
            .key(key)
            .body(ByteStream::from(vec![0; 3 << 20]))
            .send()
    };
    assert_eq!(refusal(&put("a/1").await.unwrap_err()), expected("SlowDown", 503));
    put("b/1").await.unwrap();
    assert_eq!(refusal(&put("a/1").await.unwrap_err()), expected("SlowDown", 503));
    assert!(testkit.world().object(BUCKET, "a/1").is_none());
    put("a/1").await.unwrap();
    let requests = testkit.requests();
    assert_eq!(requests.with_outcome(Operation::PutObject, "503 SlowDown"), 2);
    assert_eq!(requests.with_outcome(Operation::PutObject, "200"), 2);
}

#[tokio::test]
async fn a_lost_reply_has_its_effect() {
    let (testkit, s3) = plain().await;
    testkit
        .faults()
        .add(Fault::new(FaultEffect::ReplyLost).operation(Operation::PutObject));
    let put = || {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .if_none_match("*")
            .body(ByteStream::from_static(b"1"))
            .send()
    };
    assert!(matches!(put().await.unwrap_err(), SdkError::DispatchFailure(_)));
    assert_eq!(testkit.world().object(BUCKET, "k").unwrap().body(), "1");
    assert_eq!(
        refusal(&put().await.unwrap_err()),
        expected("PreconditionFailed", 412)
    );
}

#[tokio::test]
async fn a_late_request_takes_effect_after_its_client_has_given_up() {
    let (testkit, s3) = plain().await;
    testkit
        .faults()
        .add(Fault::new(FaultEffect::LateMs(300)).operation(Operation::PutObject));
    let put = s3.put_object().bucket(BUCKET).key("k").send().await;
    assert!(matches!(put.unwrap_err(), SdkError::DispatchFailure(_)));
    assert!(testkit.world().object(BUCKET, "k").is_none());
    until(|| testkit.world().object(BUCKET, "k").is_some()).await;
    assert_eq!(testkit.requests().with_outcome(Operation::PutObject, "late"), 1);
}

#[tokio::test]
async fn a_closed_connection_has_no_effect() {
    let (testkit, s3) = plain().await;
    testkit.faults().add(Fault::new(FaultEffect::ConnectionClosed));
    let put = s3.put_object().bucket(BUCKET).key("k").send().await;
    assert!(matches!(put.unwrap_err(), SdkError::DispatchFailure(_)));
    assert!(testkit.world().object(BUCKET, "k").is_none());
}

#[tokio::test]
async fn a_delay_delays() {
    let (testkit, s3) = plain().await;
    testkit
        .faults()
        .add(Fault::new(FaultEffect::DelayMs(200)).operation(Operation::HeadBucket));
    let began = Instant::now();
    s3.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_request_is_carried_out_although_its_client_has_gone() {
    let (testkit, s3) = plain().await;
    // Gone before it is carried out: on a machine that is slower than the delay, the next one is longer.
    for (round, delay) in [300, 2_000, 20_000].into_iter().enumerate() {
        let key = format!("k{round}");
        testkit
            .faults()
            .add(Fault::new(FaultEffect::DelayMs(delay)).operation(Operation::PutObject));
        let put = tokio::spawn(s3.put_object().bucket(BUCKET).key(&key).send());
        let arrived = round as u64 + 1;
        until(|| testkit.faults().struck() == arrived).await;
        put.abort();
        let in_time = testkit.world().object(BUCKET, &key).is_none();
        assert!(put.await.unwrap_err().is_cancelled() || !in_time);
        until(|| testkit.world().object(BUCKET, &key).is_some()).await;
        if in_time {
            return;
        }
    }
    panic!("the client was never gone before its request was carried out");
}

/// Waits for what a request does in its own time.
async fn until(done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_cut_reply_breaks_off_in_the_body() {
    let (testkit, s3) = plain().await;
    testkit.world().put_object(BUCKET, "k", vec![7; 100_000]).unwrap();
    testkit
        .faults()
        .add(Fault::new(FaultEffect::ReplyCut).operation(Operation::GetObject));
    let get = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(get.content_length(), Some(100_000));
    assert!(get.body.collect().await.is_err());
}

#[tokio::test]
async fn sts_fails_in_its_own_way() {
    let (testkit, _) = plain().await;
    testkit
        .faults()
        .add(Fault::error(503, "ServiceUnavailable").operation(Operation::GetCallerIdentity));
    let sts = sts_with(&testkit.endpoint(), credentials(KEY, SECRET, None));
    let error = sts.get_caller_identity().send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("ServiceUnavailable", 503));
    assert_eq!(
        sts.get_caller_identity().send().await.unwrap().account(),
        Some("111122223333")
    );
}

#[tokio::test]
async fn faults_are_scripted_over_http_while_it_runs() {
    let (testkit, s3) = plain().await;
    let script = r#"[{"operation": "HeadBucket", "effect": {"error": {"code": "InternalError", "status": 500}}, "times": "always"},
                     {"operation": "PutObject", "effect": "reply_lost", "skip": 1}]"#;
    assert_eq!(
        wire::admin(&testkit, "POST", "faults", script).await,
        (200, r#"{"added":2}"#.into())
    );
    let put = |key: &str| s3.put_object().bucket(BUCKET).key(key).send();
    put("1").await.unwrap();
    put("2").await.unwrap_err();
    put("3").await.unwrap();
    assert_eq!(
        s3.head_bucket()
            .bucket(BUCKET)
            .send()
            .await
            .unwrap_err()
            .raw_response()
            .unwrap()
            .status()
            .as_u16(),
        500
    );
    assert_eq!(
        wire::admin(&testkit, "DELETE", "faults", "").await,
        (200, r#"{"removed":1}"#.into())
    );
    s3.head_bucket().bucket(BUCKET).send().await.unwrap();
    let (status, answer) = wire::admin(&testkit, "POST", "faults", r#"{"effect": "explode"}"#).await;
    assert_eq!(status, 400);
    assert!(answer.contains("explode"), "{answer}");

    let (_, counts) = wire::admin(&testkit, "GET", "requests", "").await;
    let counts: serde_json::Value = serde_json::from_str(&counts).unwrap();
    for expected in [
        serde_json::json!({"operation": "HeadBucket", "outcome": "500 InternalError", "count": 1}),
        serde_json::json!({"operation": "PutObject", "outcome": "reply_lost", "count": 1}),
    ] {
        assert!(
            counts["requests"].as_array().unwrap().contains(&expected),
            "{counts}"
        );
    }
}
