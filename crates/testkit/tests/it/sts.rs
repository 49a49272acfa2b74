//! AssumeRole and GetCallerIdentity.
//! Long because one account is set up once and every refusal of STS is asked of it.

use std::time::{Duration, SystemTime};

use aws_sdk_sts::operation::RequestId as _;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use bucketline_testkit::seed::{Account, Bucket, Role, User};
use bucketline_testkit::{Seed, Testkit};

use crate::client::{ANYTHING, credentials, expected, refusal, s3_with, start, sts_with};

const VENDOR: &str = "999988887777";
const CUSTOMER: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/integrations/export";
const EXTERNAL_ID: &str = "acme-7f3a/2b:1";
const VENDOR_KEY: (&str, &str) = ("AKIAVENDOREXAMPLE001", "vendor-secret");
const OTHER_KEY: (&str, &str) = ("AKIAVENDOREXAMPLE002", "other-secret");
const ROOT_KEY: (&str, &str) = ("AKIAVENDOREXAMPLE003", "root-secret");

/// Trusts one user of the vendor's, with the external ID.
const TRUST: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:user/vendor"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "acme-7f3a/2b:1"}}
    }
}"#;

const EXPORT: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-events"},
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-events/*"}
    ]
}"#;

fn seed() -> Seed {
    let vendor = Account::new(VENDOR)
        .root_access_key(ROOT_KEY.0, ROOT_KEY.1)
        .user(
            User::new("vendor")
                .access_key(VENDOR_KEY.0, VENDOR_KEY.1)
                .policy("anything", ANYTHING),
        )
        .user(
            User::new("other")
                .access_key(OTHER_KEY.0, OTHER_KEY.1)
                .policy("anything", ANYTHING),
        );
    let customer = Account::new(CUSTOMER)
        .role(
            Role::new("export", TRUST)
                .path("/integrations/")
                .policy("export", EXPORT)
                .max_session_seconds(7200),
        )
        .bucket(Bucket::new("acme-events"));
    Seed::new().account(vendor).account(customer)
}

fn assume(testkit: &Testkit, key: (&str, &str)) -> AssumeRoleFluentBuilder {
    let client = sts_with(&testkit.endpoint(), credentials(key.0, key.1, None));
    client
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("bucketline-5f1e0c2a")
        .external_id(EXTERNAL_ID)
}

fn session(testkit: &Testkit, output: &AssumeRoleOutput) -> aws_sdk_s3::Client {
    let given = output.credentials().unwrap();
    let used = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    s3_with(&testkit.endpoint(), used, "us-east-1")
}

async fn put(s3: &aws_sdk_s3::Client, key: &str) -> (String, u16) {
    match s3.put_object().bucket("acme-events").key(key).send().await {
        Ok(_) => expected("", 200),
        Err(error) => refusal(&error),
    }
}

#[tokio::test]
async fn a_session_of_a_role_works_until_it_expires() {
    let testkit = start(seed()).await;
    let output = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    let user = output.assumed_role_user().unwrap();
    assert_eq!(
        user.arn(),
        "arn:aws:sts::111122223333:assumed-role/export/bucketline-5f1e0c2a"
    );
    assert!(
        user.assumed_role_id().starts_with("AROA")
            && user.assumed_role_id().ends_with(":bucketline-5f1e0c2a")
    );
    assert!(output.request_id().is_some());
    let given = output.credentials().unwrap();
    assert!(given.access_key_id().starts_with("ASIA"));
    let expires = SystemTime::try_from(*given.expiration()).unwrap();
    let lasts = expires.duration_since(testkit.world().clock().now()).unwrap();
    assert!((3590..=3600).contains(&lasts.as_secs()), "{lasts:?}");

    let s3 = session(&testkit, &output);
    assert_eq!(put(&s3, "currents/k").await, expected("", 200));
    testkit.world().clock().advance(Duration::from_secs(3601));
    assert_eq!(put(&s3, "currents/k").await, expected("ExpiredToken", 400));
}

#[tokio::test]
async fn the_external_id_is_asked_for() {
    let testkit = start(seed()).await;
    let denied = expected("AccessDenied", 403);
    let missing = assume(&testkit, VENDOR_KEY)
        .set_external_id(None)
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&missing), denied);
    let wrong = assume(&testkit, VENDOR_KEY)
        .external_id("acme-7f3a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&wrong), denied);
    let text = format!("{:?}", wrong.into_service_error());
    let wording = "User: arn:aws:iam::999988887777:user/vendor is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/integrations/export";
    assert!(text.contains(wording), "{text}");
    assume(&testkit, VENDOR_KEY).send().await.unwrap();

    // One that is not asked for does no harm.
    let trust = TRUST
        .replace(r#""Condition""#, r#""Sid": "Open", "Condition""#)
        .replace(r#""StringEquals": {"sts:ExternalId": "acme-7f3a/2b:1"}"#, "");
    testkit
        .world()
        .set_trust_policy(CUSTOMER, "export", &trust)
        .unwrap();
    assume(&testkit, VENDOR_KEY)
        .external_id("whatever")
        .send()
        .await
        .unwrap();
    assume(&testkit, VENDOR_KEY)
        .set_external_id(None)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn who_is_not_trusted_is_refused_as_if_there_were_no_role() {
    let testkit = start(seed()).await;
    let denied = expected("AccessDenied", 403);
    assert_eq!(
        refusal(&assume(&testkit, OTHER_KEY).send().await.unwrap_err()),
        denied
    );
    assert_eq!(
        refusal(&assume(&testkit, ROOT_KEY).send().await.unwrap_err()),
        denied
    );
    let nobody = assume(&testkit, VENDOR_KEY)
        .role_arn("arn:aws:iam::111122223333:role/nobody")
        .send()
        .await;
    assert_eq!(refusal(&nobody.unwrap_err()), denied);
    // The trust of the role is not enough across accounts: the vendor's user must be allowed to ask.
    testkit
        .world()
        .set_user_policy(VENDOR, "vendor", "anything", None)
        .unwrap();
    assert_eq!(
        refusal(&assume(&testkit, VENDOR_KEY).send().await.unwrap_err()),
        denied
    );
}

#[tokio::test]
async fn a_session_policy_boxes_the_session() {
    let testkit = start(seed()).await;
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-events/tenant-a/*"}}"#;
    let output = assume(&testkit, VENDOR_KEY).policy(policy).send().await.unwrap();
    let bare = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    assert!(
        output.session_token_size() > bare.session_token_size(),
        "a token carries its policy"
    );
    assert!((1..=100).contains(&output.session_token_utilization().unwrap()));
    let s3 = session(&testkit, &output);
    assert_eq!(put(&s3, "tenant-a/k").await, expected("", 200));
    assert_eq!(put(&s3, "tenant-b/k").await, expected("AccessDenied", 403));
    // It gives nothing that the role does not have.
    let delete = s3
        .delete_object()
        .bucket("acme-events")
        .key("tenant-a/k")
        .send()
        .await;
    assert_eq!(refusal(&delete.unwrap_err()), expected("AccessDenied", 403));
}

#[tokio::test]
async fn a_revoked_role_binds_running_sessions_at_once() {
    let testkit = start(seed()).await;
    let s3 = session(&testkit, &assume(&testkit, VENDOR_KEY).send().await.unwrap());
    assert_eq!(put(&s3, "k").await, expected("", 200));
    testkit
        .world()
        .set_role_policy(CUSTOMER, "export", "export", None)
        .unwrap();
    assert_eq!(put(&s3, "k").await, expected("AccessDenied", 403));
    testkit
        .world()
        .set_role_policy(CUSTOMER, "export", "export", Some(EXPORT))
        .unwrap();
    assert_eq!(put(&s3, "k").await, expected("", 200));
    testkit.world().remove_role(CUSTOMER, "export").unwrap();
    assert_eq!(put(&s3, "k").await, expected("AccessDenied", 403));
}

#[tokio::test]
async fn sessions_issued_before_a_time_can_be_revoked() {
    let testkit = start(seed()).await;
    let s3 = session(&testkit, &assume(&testkit, VENDOR_KEY).send().await.unwrap());
    assert_eq!(put(&s3, "k").await, expected("", 200));
    // What the console's "revoke active sessions" attaches.
    let revoke = |time: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"DateLessThan": {{"aws:TokenIssueTime": "{time}"}}}}}}}}"#
        );
        testkit
            .world()
            .set_role_policy(CUSTOMER, "export", "AWSRevokeOlderSessions", Some(&policy))
            .unwrap();
    };
    revoke("2026-01-01T00:00:00.000Z");
    assert_eq!(put(&s3, "k").await, expected("", 200));
    revoke("2126-01-01T00:00:00.000Z");
    assert_eq!(put(&s3, "k").await, expected("AccessDenied", 403));
}

#[tokio::test]
async fn a_trust_policy_can_pin_the_session_name_and_policies_see_the_role() {
    let testkit = start(seed()).await;
    let trust = TRUST.replace(
        r#""sts:ExternalId": "acme-7f3a/2b:1""#,
        r#""sts:ExternalId": "acme-7f3a/2b:1", "sts:RoleSessionName": "bucketline-5f1e0c2a""#,
    );
    testkit
        .world()
        .set_trust_policy(CUSTOMER, "export", &trust)
        .unwrap();
    let s3 = session(&testkit, &assume(&testkit, VENDOR_KEY).send().await.unwrap());
    let other = assume(&testkit, VENDOR_KEY)
        .role_session_name("another")
        .send()
        .await;
    assert_eq!(refusal(&other.unwrap_err()), expected("AccessDenied", 403));

    let only = |key: &str, value: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-events/*", "Condition": {{"StringNotLike": {{"{key}": "{value}"}}}}}}}}"#
        );
        testkit
            .world()
            .set_bucket_policy("acme-events", Some(&policy))
            .unwrap();
    };
    // The role's ARN has its path, the session's has not.
    for (key, met) in [
        ("aws:PrincipalArn", ROLE),
        ("aws:userid", "AROA*:bucketline-5f1e0c2a"),
        ("aws:PrincipalAccount", CUSTOMER),
    ] {
        only(key, met);
        assert_eq!(put(&s3, "k").await, expected("", 200), "{key}");
        only(key, "another");
        assert_eq!(put(&s3, "k").await, expected("AccessDenied", 403), "{key}");
    }
}

#[tokio::test]
async fn parameters_keep_their_limits() {
    let testkit = start(seed()).await;
    let assume = || assume(&testkit, VENDOR_KEY);
    let invalid = expected("ValidationError", 400);
    for wrong in [
        assume().role_session_name("with space"),
        assume().role_session_name("x"),
        assume().role_session_name("x".repeat(65)),
        assume().external_id("a b"),
        assume().external_id("x"),
        assume().external_id("x".repeat(1225)),
        assume().duration_seconds(899),
        assume().duration_seconds(43_201),
        assume().duration_seconds(7201),
        assume().role_arn("arn:aws"),
        assume().policy(" ".repeat(2049)),
    ] {
        assert_eq!(refusal(&wrong.send().await.unwrap_err()), invalid);
    }
    assume().duration_seconds(900).send().await.unwrap();
    assume()
        .duration_seconds(7200)
        .role_session_name("a_+=,.@-Z9")
        .send()
        .await
        .unwrap();
    let malformed = assume()
        .policy(r#"{"Version": "2012-10-17"}"#)
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&malformed), expected("MalformedPolicyDocument", 400));
    let device = assume().serial_number("arn:aws:iam::999988887777:mfa/vendor");
    let device = device.token_code("123456").send().await.unwrap_err();
    assert_eq!(refusal(&device), expected("NotImplemented", 501));
}

#[tokio::test]
async fn a_packed_policy_can_be_too_large() {
    let mut settings = bucketline_testkit::Settings::default();
    settings.packed_policy_size = 100;
    let testkit = Testkit::start_with(seed().build().unwrap(), settings)
        .await
        .unwrap();
    let error = assume(&testkit, VENDOR_KEY)
        .policy(EXPORT)
        .send()
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), expected("PackedPolicyTooLarge", 400));
}

#[tokio::test]
async fn a_session_may_chain_for_an_hour_at_most() {
    let trust = TRUST.replace(
        "arn:aws:iam::999988887777:user/vendor",
        "arn:aws:iam::999988887777:role/worker",
    );
    let open = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}}"#;
    let vendor = Account::new(VENDOR)
        .user(
            User::new("vendor")
                .access_key(VENDOR_KEY.0, VENDOR_KEY.1)
                .policy("anything", ANYTHING),
        )
        .role(Role::new("worker", open).policy("anything", ANYTHING));
    let customer = Account::new(CUSTOMER).role(
        Role::new("export", trust)
            .path("/integrations/")
            .policy("export", EXPORT)
            .max_session_seconds(7200),
    );
    let testkit = start(Seed::new().account(vendor).account(customer)).await;
    let worker = assume(&testkit, VENDOR_KEY)
        .role_arn("arn:aws:iam::999988887777:role/worker")
        .send()
        .await
        .unwrap();
    let given = worker.credentials().unwrap();
    let used = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    let sts = sts_with(&testkit.endpoint(), used);
    let chained = || {
        sts.assume_role()
            .role_arn(ROLE)
            .role_session_name("chained")
            .external_id(EXTERNAL_ID)
    };
    chained().duration_seconds(3600).send().await.unwrap();
    let error = chained().duration_seconds(3601).send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("ValidationError", 400));

    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(
        identity.arn(),
        Some("arn:aws:sts::999988887777:assumed-role/worker/bucketline-5f1e0c2a")
    );
}

#[tokio::test]
async fn everyone_may_ask_who_they_are() {
    let testkit = start(seed()).await;
    let deny =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
    testkit
        .world()
        .set_user_policy(VENDOR, "other", "deny", Some(deny))
        .unwrap();
    let sts = sts_with(&testkit.endpoint(), credentials(OTHER_KEY.0, OTHER_KEY.1, None));
    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(VENDOR));
    assert_eq!(identity.arn(), Some("arn:aws:iam::999988887777:user/other"));
    assert!(identity.user_id().unwrap().starts_with("AIDA"));
}

#[tokio::test]
async fn bad_credentials_have_sts_names() {
    let testkit = start(seed()).await;
    let ask = |key: &str, secret: &str, token: Option<&str>| {
        let sts = sts_with(&testkit.endpoint(), credentials(key, secret, token));
        async move { refusal(&sts.get_caller_identity().send().await.unwrap_err()) }
    };
    assert_eq!(
        ask("AKIANOBODYKNOWSTHIS1", "x", None).await,
        expected("InvalidClientTokenId", 403)
    );
    assert_eq!(
        ask(VENDOR_KEY.0, "wrong", None).await,
        expected("SignatureDoesNotMatch", 403)
    );
    assert_eq!(
        ask(VENDOR_KEY.0, VENDOR_KEY.1, Some("x")).await,
        expected("InvalidClientTokenId", 403)
    );

    let output = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    let given = output.credentials().unwrap();
    let (key, secret) = (given.access_key_id(), given.secret_access_key());
    assert_eq!(
        ask(key, secret, None).await,
        expected("InvalidClientTokenId", 403)
    );
    testkit.world().clock().advance(Duration::from_secs(3600));
    assert_eq!(
        ask(key, secret, Some(given.session_token())).await,
        expected("ExpiredToken", 403)
    );
}

#[tokio::test]
async fn a_temporary_key_without_its_token_is_unknown_to_s3() {
    let testkit = start(seed()).await;
    let output = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    let given = output.credentials().unwrap();
    let s3 = |token: Option<&str>| {
        s3_with(
            &testkit.endpoint(),
            credentials(given.access_key_id(), given.secret_access_key(), token),
            "us-east-1",
        )
    };
    assert_eq!(put(&s3(None), "k").await, expected("InvalidAccessKeyId", 403));
    assert_eq!(
        put(&s3(Some("tampered")), "k").await,
        expected("InvalidToken", 400)
    );
}

/// What a customer who deletes the role and makes it anew does not expect: the new one is another principal.
#[tokio::test]
async fn a_role_made_anew_is_another_principal() {
    let names_the_role = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/integrations/export"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*"}}"#;
    let testkit = start(seed()).await;
    let world = testkit.world();
    world.set_role_policy(CUSTOMER, "export", "export", None).unwrap();
    world
        .set_bucket_policy("acme-events", Some(names_the_role))
        .unwrap();
    let before = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    let old_session = session(&testkit, &before);
    assert_eq!(put(&old_session, "k").await, expected("", 200));

    world.remove_role(CUSTOMER, "export").unwrap();
    world
        .add_role(CUSTOMER, "/integrations/", "export", TRUST)
        .unwrap();
    let after = assume(&testkit, VENDOR_KEY).send().await.unwrap();
    let id = |output: &AssumeRoleOutput| output.assumed_role_user().unwrap().assumed_role_id().to_owned();
    assert_ne!(id(&before), id(&after));
    assert_eq!(
        put(&session(&testkit, &after), "k").await,
        expected("AccessDenied", 403)
    );
    assert_eq!(put(&old_session, "k").await, expected("AccessDenied", 403));

    // Naming it again names the new one.
    world
        .set_bucket_policy("acme-events", Some(names_the_role))
        .unwrap();
    assert_eq!(put(&session(&testkit, &after), "k").await, expected("", 200));
}

#[tokio::test]
async fn an_account_of_another_partition_has_its_arns() {
    let anything = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
        "Resource": ["arn:aws-cn:s3:::acme-cn", "arn:aws-cn:s3:::acme-cn/*"]}}"#;
    let account = Account::new(CUSTOMER)
        .partition("aws-cn")
        .user(
            User::new("acme")
                .access_key(OTHER_KEY.0, OTHER_KEY.1)
                .policy("anything", anything),
        )
        .bucket(Bucket::new("acme-cn").region("cn-north-1"));
    let testkit = start(Seed::new().account(account)).await;
    let sts = aws_sdk_sts::Client::new(&testkit.sdk_config("acme").unwrap());
    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws-cn:iam::111122223333:user/acme"));
    let s3 = s3_with(
        &testkit.endpoint(),
        credentials(OTHER_KEY.0, OTHER_KEY.1, None),
        "cn-north-1",
    );
    s3.put_object().bucket("acme-cn").key("k").send().await.unwrap();
}
