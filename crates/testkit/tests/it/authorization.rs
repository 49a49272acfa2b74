//! Policies decide: identity and bucket policies, conditions, accounts, and the words of a refusal.

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::types::ServerSideEncryption;
use bucketline_testkit::seed::{Account, Bucket, User};
use bucketline_testkit::{Seed, Settings, Testkit};

use crate::client::{ACCOUNT, BUCKET, KEY, SECRET, expected, refusal, s3, s3_with, start};

const OTHER: &str = "444455556666";
const OTHER_KEY: (&str, &str) = ("AKIAOTHEREXAMPLE0001", "other-secret");

/// The four permissions that the documented Currents policy grants, on one folder.
const CURRENTS: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": "arn:aws:s3:::acme-events"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-events",
         "Condition": {"StringLike": {"s3:prefix": "currents/*"}}},
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-events/currents/*"}
    ]
}"#;

fn seed(policy: &str) -> Seed {
    let user = User::new("currents")
        .access_key(KEY, SECRET)
        .policy("currents", policy);
    let other = User::new("other")
        .access_key(OTHER_KEY.0, OTHER_KEY.1)
        .policy("anything", crate::client::ANYTHING);
    Seed::new()
        .account(
            Account::new(ACCOUNT)
                .user(user)
                .bucket(Bucket::new(BUCKET))
                .bucket(Bucket::new("acme-other")),
        )
        .account(Account::new(OTHER).user(other))
}

async fn world(policy: &str) -> (Testkit, aws_sdk_s3::Client) {
    let testkit = start(seed(policy)).await;
    let client = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    (testkit, client)
}

fn denied() -> (String, u16) {
    expected("AccessDenied", 403)
}

#[tokio::test]
async fn the_documented_permissions_suffice_and_give_no_more() {
    let (testkit, s3) = world(CURRENTS).await;
    s3.get_bucket_location().bucket(BUCKET).send().await.unwrap();
    s3.put_object()
        .bucket(BUCKET)
        .key("currents/k")
        .if_none_match("*")
        .send()
        .await
        .unwrap();
    s3.get_object()
        .bucket(BUCKET)
        .key("currents/k")
        .send()
        .await
        .unwrap();
    s3.head_object()
        .bucket(BUCKET)
        .key("currents/k")
        .send()
        .await
        .unwrap();
    s3.list_objects_v2()
        .bucket(BUCKET)
        .prefix("currents/")
        .send()
        .await
        .unwrap();

    let put = s3.put_object().bucket(BUCKET).key("elsewhere/k").send().await;
    assert_eq!(refusal(&put.unwrap_err()), denied());
    let put = s3
        .put_object()
        .bucket("acme-other")
        .key("currents/k")
        .send()
        .await;
    assert_eq!(refusal(&put.unwrap_err()), denied());
    let delete = s3.delete_object().bucket(BUCKET).key("currents/k").send().await;
    assert_eq!(refusal(&delete.unwrap_err()), denied());
    let list = s3.list_objects_v2().bucket(BUCKET).send().await;
    assert_eq!(refusal(&list.unwrap_err()), denied());
    let list = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .prefix("elsewhere/")
        .send()
        .await;
    assert_eq!(refusal(&list.unwrap_err()), denied());
    // HeadBucket is ListBucket without a prefix.
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
        403
    );
    let create = s3.create_bucket().bucket("new-one").send().await;
    assert_eq!(refusal(&create.unwrap_err()), denied());
    assert_eq!(testkit.world().objects(BUCKET).len(), 1);
}

#[tokio::test]
async fn a_refusal_says_which_permission_is_missing() {
    let (testkit, s3) = world(CURRENTS).await;
    let error = s3.put_object().bucket(BUCKET).key("x").send().await.unwrap_err();
    assert_eq!(
        error.message(),
        Some(
            r#"User: arn:aws:iam::111122223333:user/currents is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme-events/x" because no identity-based policy allows the s3:PutObject action"#
        )
    );
    let deny = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*"}}"#;
    testkit.world().set_bucket_policy(BUCKET, Some(deny)).unwrap();
    let error = s3
        .put_object()
        .bucket(BUCKET)
        .key("currents/x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.message(),
        Some(
            r#"User: arn:aws:iam::111122223333:user/currents is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme-events/currents/x" with an explicit deny in a resource-based policy"#
        )
    );
}

#[tokio::test]
async fn an_absent_key_is_hidden_from_those_who_may_not_list() {
    let may_get = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-events/*"}}"#;
    let (testkit, s3) = world(may_get).await;
    let status = |result: Result<_, aws_sdk_s3::error::SdkError<_>>| {
        let _: &aws_sdk_s3::operation::head_object::HeadObjectOutput = match &result {
            Ok(output) => output,
            Err(error) => return error.raw_response().unwrap().status().as_u16(),
        };
        200
    };
    let head = || s3.head_object().bucket(BUCKET).key("k").send();
    assert_eq!(status(head().await), 403);
    let get = s3.get_object().bucket(BUCKET).key("k").send().await;
    assert_eq!(refusal(&get.unwrap_err()), denied());

    let may_list = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-events"}}"#;
    testkit
        .world()
        .set_user_policy(ACCOUNT, "currents", "list", Some(may_list))
        .unwrap();
    assert_eq!(status(head().await), 404);

    // A permission to list one prefix does not cover the question that S3 asks itself.
    testkit
        .world()
        .set_user_policy(ACCOUNT, "currents", "list", Some(CURRENTS))
        .unwrap();
    assert_eq!(status(head().await), 403);
    testkit.world().put_object(BUCKET, "k", "x").unwrap();
    assert_eq!(status(head().await), 200);
}

#[tokio::test]
async fn a_bucket_policy_can_demand_encryption_and_a_condition() {
    let (testkit, s3) = world(CURRENTS).await;
    let demand = r#"{
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*",
             "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*",
             "Condition": {"Null": {"s3:if-none-match": "true"}}}
        ]
    }"#;
    testkit.world().set_bucket_policy(BUCKET, Some(demand)).unwrap();
    let put = || s3.put_object().bucket(BUCKET).key("currents/k");
    assert_eq!(refusal(&put().send().await.unwrap_err()), denied());
    assert_eq!(
        refusal(&put().if_none_match("*").send().await.unwrap_err()),
        denied()
    );
    let encrypted = || put().server_side_encryption(ServerSideEncryption::Aes256);
    assert_eq!(refusal(&encrypted().send().await.unwrap_err()), denied());
    encrypted().if_none_match("*").send().await.unwrap();
}

#[tokio::test]
async fn another_account_needs_both_sides() {
    let (testkit, _) = world(CURRENTS).await;
    let other = s3(&testkit.endpoint(), OTHER_KEY.0, OTHER_KEY.1, "us-east-1");
    let put = || other.put_object().bucket(BUCKET).key("k").send();
    let error = put().await.unwrap_err();
    assert_eq!(refusal(&error), denied());
    assert_eq!(
        error.message(),
        Some("Access Denied"),
        "strangers are not told why"
    );
    let grant = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*"}}"#;
    testkit.world().set_bucket_policy(BUCKET, Some(grant)).unwrap();
    put().await.unwrap();
    testkit
        .world()
        .set_user_policy(OTHER, "other", "anything", None)
        .unwrap();
    assert_eq!(refusal(&put().await.unwrap_err()), denied());
}

#[tokio::test]
async fn an_unsigned_request_may_do_what_the_bucket_gives_everyone() {
    let (testkit, _) = world(CURRENTS).await;
    testkit.world().put_object(BUCKET, "public/k", "x").unwrap();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::v2026_01_12())
        .endpoint_url(testkit.endpoint())
        .force_path_style(true)
        .region(aws_sdk_s3::config::Region::new("us-east-1"))
        .allow_no_auth()
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(crate::client::http())
        .build();
    let nobody = aws_sdk_s3::Client::from_conf(config);
    let get = |key: &str| nobody.get_object().bucket(BUCKET).key(key).send();
    assert_eq!(refusal(&get("public/k").await.unwrap_err()), denied());
    let grant = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-events/public/*"}}"#;
    testkit.world().set_bucket_policy(BUCKET, Some(grant)).unwrap();
    get("public/k").await.unwrap();
    assert_eq!(refusal(&get("private").await.unwrap_err()), denied());
}

#[tokio::test]
async fn requests_carry_the_keys_that_conditions_ask_for() {
    // Each twice: met, and not met, so that the condition is what decides.
    let conditions = [
        ("StringEquals", "aws:username", "currents", "other"),
        (
            "ArnEquals",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:user/currents",
            "arn:aws:iam::111122223333:user/x",
        ),
        (
            "StringEquals",
            "aws:PrincipalAccount",
            "111122223333",
            "444455556666",
        ),
        (
            "StringEquals",
            "aws:ResourceAccount",
            "111122223333",
            "444455556666",
        ),
        (
            "StringEquals",
            "s3:ResourceAccount",
            "111122223333",
            "444455556666",
        ),
        ("StringLike", "aws:userid", "AIDA*", "AROA*"),
        ("Bool", "aws:SecureTransport", "true", "false"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.114.0/24"),
        (
            "DateGreaterThan",
            "aws:CurrentTime",
            "2026-01-01T00:00:00Z",
            "2126-01-01T00:00:00Z",
        ),
        ("NumericGreaterThan", "aws:EpochTime", "1700000000", "4700000000"),
        ("StringEquals", "s3:prefix", "a/", "b/"),
        ("StringEquals", "s3:delimiter", "/", "+"),
        ("NumericEquals", "s3:max-keys", "7", "8"),
    ];
    let mut settings = Settings::default();
    settings.source_ip = "203.0.113.7".into();
    let testkit = Testkit::start_with(seed(CURRENTS).build().unwrap(), settings)
        .await
        .unwrap();
    let s3 = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let list = || {
        s3.list_objects_v2()
            .bucket(BUCKET)
            .prefix("a/")
            .delimiter("/")
            .max_keys(7)
            .send()
    };
    for (operator, key, met, not_met) in conditions {
        let set = |value: &str| {
            let policy = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {{"{operator}": {{"{key}": "{value}"}}}}}}}}"#
            );
            testkit
                .world()
                .set_user_policy(ACCOUNT, "currents", "currents", Some(&policy))
                .unwrap();
        };
        set(met);
        assert!(list().await.is_ok(), "{operator} {key} {met}");
        set(not_met);
        assert_eq!(
            refusal(&list().await.unwrap_err()),
            denied(),
            "{operator} {key} {not_met}"
        );
    }
}

#[tokio::test]
async fn a_permissions_boundary_bounds() {
    let user = User::new("currents")
        .access_key(KEY, SECRET)
        .policy("anything", crate::client::ANYTHING)
        .boundary(CURRENTS);
    let testkit =
        start(Seed::new().account(Account::new(ACCOUNT).user(user).bucket(Bucket::new(BUCKET)))).await;
    let s3 = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let put = |key: &str| s3.put_object().bucket(BUCKET).key(key).send();
    put("currents/k").await.unwrap();
    let error = put("elsewhere").await.unwrap_err();
    assert_eq!(refusal(&error), denied());
    assert!(
        error
            .message()
            .unwrap()
            .ends_with("because no permissions boundary allows the s3:PutObject action")
    );
}

#[tokio::test]
async fn the_root_user_needs_no_policy_in_its_own_account() {
    let seed = Seed::new()
        .account(
            Account::new(ACCOUNT)
                .root_access_key(KEY, SECRET)
                .bucket(Bucket::new(BUCKET)),
        )
        .account(Account::new(OTHER).bucket(Bucket::new("elsewhere")));
    let testkit = start(seed).await;
    let root = s3_with(
        &testkit.endpoint(),
        crate::client::credentials(KEY, SECRET, None),
        "us-east-1",
    );
    root.put_object().bucket(BUCKET).key("k").send().await.unwrap();
    let put = root.put_object().bucket("elsewhere").key("k").send().await;
    assert_eq!(refusal(&put.unwrap_err()), denied());
}
