//! Changes made over HTTP, as a test in another process makes them; and uploads that break off.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use bucketline_testkit::Operation;
use tokio::io::AsyncWriteExt as _;

use crate::client::{BUCKET, KEY, SECRET, expected, plain, refusal, s3};
use crate::wire;

#[tokio::test]
async fn keys_are_disabled_enabled_and_rotated() {
    let (testkit, old) = plain().await;
    let change = |action: &str| format!(r#"{{"access_key_id": "{KEY}", "action": "{action}"}}"#);
    let put = |client: &aws_sdk_s3::Client| client.put_object().bucket(BUCKET).key("k").send();
    assert_eq!(
        wire::admin(&testkit, "POST", "keys", &change("disable")).await.0,
        200
    );
    assert_eq!(
        refusal(&put(&old).await.unwrap_err()),
        expected("InvalidAccessKeyId", 403)
    );
    assert_eq!(
        wire::admin(&testkit, "POST", "keys", &change("enable")).await.0,
        200
    );
    put(&old).await.unwrap();

    let (status, pair) = wire::admin(&testkit, "POST", "keys", &change("rotate")).await;
    assert_eq!(status, 200);
    let pair: serde_json::Value = serde_json::from_str(&pair).unwrap();
    let (id, secret) = (
        pair["access_key_id"].as_str().unwrap(),
        pair["secret_access_key"].as_str().unwrap(),
    );
    assert_eq!(
        refusal(&put(&old).await.unwrap_err()),
        expected("InvalidAccessKeyId", 403)
    );
    put(&s3(&testkit.endpoint(), id, secret, "us-east-1"))
        .await
        .unwrap();

    let unknown = change("enable").replace(KEY, "AKIANOBODYKNOWSTHIS1");
    assert_eq!(wire::admin(&testkit, "POST", "keys", &unknown).await.0, 404);
    assert_eq!(
        wire::admin(&testkit, "POST", "keys", &change("explode")).await.0,
        400
    );
    assert_eq!(wire::admin(&testkit, "GET", "nonsense", "").await.0, 404);
}

#[tokio::test]
async fn policies_are_detached_and_set() {
    let (testkit, s3) = plain().await;
    let user = |document: &str| {
        format!(
            r#"{{"of": "user", "account": "111122223333", "name": "currents", "policy": "anything", "document": {document}}}"#
        )
    };
    assert_eq!(
        wire::admin(&testkit, "POST", "policies", &user("null")).await.0,
        200
    );
    let put = || s3.put_object().bucket(BUCKET).key("k").send();
    assert_eq!(refusal(&put().await.unwrap_err()), expected("AccessDenied", 403));
    assert_eq!(
        wire::admin(&testkit, "POST", "policies", &user(crate::client::ANYTHING))
            .await
            .0,
        200
    );
    put().await.unwrap();
    let (status, answer) = wire::admin(&testkit, "POST", "policies", &user(r#"{"Statement": 7}"#)).await;
    assert_eq!(status, 400);
    assert!(
        answer.contains("policy `anything` of user `currents`"),
        "{answer}"
    );

    let deny = r#"{"of": "bucket", "name": "acme-events", "document": {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::acme-events/*"}}}"#;
    assert_eq!(wire::admin(&testkit, "POST", "policies", deny).await.0, 200);
    assert_eq!(refusal(&put().await.unwrap_err()), expected("AccessDenied", 403));
}

#[tokio::test]
async fn objects_are_listed_and_buckets_removed() {
    let (testkit, s3) = plain().await;
    testkit.world().put_object(BUCKET, "a/1", "123").unwrap();
    testkit.world().put_object(BUCKET, "b/1", "1").unwrap();
    let (_, listed) = wire::admin(&testkit, "GET", "objects?bucket=acme-events&prefix=a%2F", "").await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let objects = listed["buckets"][BUCKET].as_array().unwrap();
    assert_eq!(objects.len(), 1);
    assert_eq!(
        (objects[0]["key"].as_str(), objects[0]["size"].as_u64()),
        (Some("a/1"), Some(3))
    );

    assert_eq!(
        wire::admin(&testkit, "DELETE", "buckets/acme-events", "").await.0,
        200
    );
    let put = s3.put_object().bucket(BUCKET).key("k").send().await;
    assert_eq!(refusal(&put.unwrap_err()), expected("NoSuchBucket", 404));
    assert_eq!(
        wire::admin(&testkit, "DELETE", "buckets/acme-events", "").await.0,
        404
    );
    assert_eq!(
        wire::admin(&testkit, "POST", "clock", r#"{"advance_seconds": 10}"#)
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (testkit, s3) = plain().await;
    let presigned = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap());
    let presigned = presigned.await.unwrap();
    let path = presigned
        .uri()
        .split_once(&wire::host(&testkit))
        .unwrap()
        .1
        .to_owned();
    let mut head = format!("PUT {path} HTTP/1.1\r\ncontent-length: 1000\r\n");
    for (name, value) in presigned.headers().filter(|(name, _)| *name != "content-length") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut socket = wire::connect(&testkit).await;
    socket
        .write_all(format!("{head}host: {}\r\n\r\n", wire::host(&testkit)).as_bytes())
        .await
        .unwrap();
    socket.write_all(&[7; 500]).await.unwrap();
    drop(socket);
    // The same, whole: it comes after the broken one, so that one is surely over.
    let (status, answer) = wire::send(&testkit, &head, &[7; 1000]).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(testkit.requests().of(Operation::PutObject), 1);
    assert_eq!(testkit.world().object(BUCKET, "k").unwrap().body().len(), 1000);
    // A client whose secret is wrong cannot do the same.
    let wrong = crate::client::s3(&testkit.endpoint(), KEY, &SECRET.to_lowercase(), "us-east-1");
    let presigned = wrong
        .get_object()
        .bucket(BUCKET)
        .key("k")
        .presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap());
    let path = presigned
        .await
        .unwrap()
        .uri()
        .split_once(&wire::host(&testkit))
        .unwrap()
        .1
        .to_owned();
    assert_eq!(
        wire::send(&testkit, &format!("GET {path} HTTP/1.1\r\n"), b"")
            .await
            .0,
        403
    );
}
