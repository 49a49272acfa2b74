//! The session policies that `bucketline-policy` writes, held by a role that may do anything: what they let through.

use aws_sdk_s3::Client;
use bucketline_policy::exporter::template::{SessionScope, session_policy};
use bucketline_testkit::seed::{Account, Bucket, KmsKey, Role, User};
use bucketline_testkit::{Seed, Testkit};

use crate::client::{ANYTHING, credentials, expected, refusal, s3_with, start, sts_with};

const ROLE: &str = "arn:aws:iam::111122223333:role/export";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const VENDOR_KEY: (&str, &str) = ("AKIAVENDOREXAMPLE001", "vendor-secret");

const TRUST: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "bl-1"}}
    }
}"#;

async fn testkit() -> Testkit {
    let vendor = User::new("vendor")
        .access_key(VENDOR_KEY.0, VENDOR_KEY.1)
        .policy("anything", ANYTHING);
    let customer = Account::new("111122223333")
        .role(Role::new("export", TRUST).policy("careless", ANYTHING))
        .kms_key(KmsKey::new(KEY))
        .bucket(Bucket::new("acme-events"))
        .bucket(Bucket::new("acme-sealed").kms_encryption(KEY));
    start(
        Seed::new()
            .account(Account::new("999988887777").user(vendor))
            .account(customer),
    )
    .await
}

fn scope(bucket: &str) -> SessionScope {
    SessionScope::new(bucket.parse().unwrap(), "currents")
}

async fn session(testkit: &Testkit, scope: &SessionScope) -> Client {
    let vendor = credentials(VENDOR_KEY.0, VENDOR_KEY.1, None);
    let output = sts_with(&testkit.endpoint(), vendor)
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("bucketline")
        .external_id("bl-1")
        .policy(session_policy(scope).unwrap().to_json())
        .send()
        .await
        .unwrap();
    let given = output.credentials().unwrap();
    let used = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    s3_with(&testkit.endpoint(), used, "us-east-1")
}

async fn put(s3: &Client, bucket: &str, key: &str) -> (String, u16) {
    match s3.put_object().bucket(bucket).key(key).send().await {
        Ok(_) => expected("", 200),
        Err(error) => refusal(&error),
    }
}

async fn list(s3: &Client, prefix: &str) -> (String, u16) {
    match s3
        .list_objects_v2()
        .bucket("acme-events")
        .prefix(prefix)
        .send()
        .await
    {
        Ok(_) => expected("", 200),
        Err(error) => refusal(&error),
    }
}

#[tokio::test]
async fn a_careless_role_is_boxed_into_one_folder_of_one_bucket() {
    let testkit = testkit().await;
    let s3 = session(&testkit, &scope("acme-events")).await;
    let denied = expected("AccessDenied", 403);
    assert_eq!(put(&s3, "acme-events", "currents/a/b").await, expected("", 200));
    assert_eq!(list(&s3, "currents/").await, expected("", 200));
    for key in ["a", "currents", "currents2/a", "Currents/a", "other/a"] {
        assert_eq!(put(&s3, "acme-events", key).await, denied, "{key}");
    }
    for prefix in ["", "currents", "other/"] {
        assert_eq!(list(&s3, prefix).await, denied, "{prefix}");
    }
    assert_eq!(put(&s3, "acme-sealed", "currents/a").await, denied);
    let delete = s3
        .delete_object()
        .bucket("acme-events")
        .key("currents/a/b")
        .send()
        .await;
    assert_eq!(refusal(&delete.unwrap_err()), denied);
}

#[tokio::test]
async fn a_bucket_that_encrypts_with_its_own_key_needs_the_key_in_the_box() {
    let testkit = testkit().await;
    let without = session(&testkit, &scope("acme-sealed")).await;
    let refused = put(&without, "acme-sealed", "currents/a").await;
    assert_eq!(refused, expected("AccessDenied", 403));
    let boxes = [
        scope("acme-sealed").kms_of_bucket("us-east-1"),
        scope("acme-sealed").kms_key(KEY.parse().unwrap()),
    ];
    for (at, scope) in boxes.iter().enumerate() {
        let with = session(&testkit, scope).await;
        let key = format!("currents/{at}");
        assert_eq!(put(&with, "acme-sealed", &key).await, expected("", 200));
    }
}
