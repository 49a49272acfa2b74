//! The whole way over HTTP, against an STS that evaluates trust policies and session policies as AWS does.

use std::sync::Arc;
use std::time::Duration;

use bucketline_auth::{
    AccessKey, AssumeRole, AssumeRoleRequest, AwsSts, Cached, ErrorKind, Fixed, ProvideCredentials, RoleArn,
    SecretAccessKey, SessionName, Sts, VendorAccount,
};
use bucketline_policy::exporter::template::{SessionScope, TrustOptions, session_policy, trust_policy};
use bucketline_testkit::seed::{Account, Role, User};
use bucketline_testkit::{Fault, FaultEffect, Operation, Seed, Testkit};

const KEY: &str = "AKIAVENDOREXAMPLE001";
const SECRET: &str = "vendor-secret";
const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn role() -> RoleArn {
    "arn:aws:iam::111122223333:role/export".parse().unwrap()
}

fn internal_role() -> RoleArn {
    "arn:aws:iam::999988887777:role/worker".parse().unwrap()
}

async fn testkit() -> Testkit {
    let trust = trust_policy(&TrustOptions::account("999988887777".parse().unwrap(), "bl-1")).unwrap();
    let internal = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"}}}"#;
    let vendor = Account::new("999988887777")
        .user(
            User::new("vendor")
                .access_key(KEY, SECRET)
                .policy("anything", ANYTHING),
        )
        .role(Role::new("worker", internal).policy("anything", ANYTHING));
    let customer =
        Account::new("111122223333").role(Role::new("export", trust.to_json()).policy("all", ANYTHING));
    Testkit::start(Seed::new().account(vendor).account(customer).build().unwrap())
        .await
        .unwrap()
}

fn sts_of(testkit: &Testkit, credentials: impl ProvideCredentials + 'static) -> Arc<AwsSts> {
    let builder = AwsSts::builder()
        .region("us-east-1".parse().unwrap())
        .endpoint(testkit.endpoint());
    Arc::new(builder.credentials(credentials).build().unwrap())
}

fn vendor(secret: &str) -> Fixed {
    Fixed::new(&AccessKey::new(
        KEY.parse().unwrap(),
        SecretAccessKey::parse(secret).unwrap(),
    ))
}

#[tokio::test]
async fn a_boxed_session_is_had_and_belongs_to_the_role() {
    let testkit = testkit().await;
    let scope = SessionScope::new("acme-events".parse().unwrap(), "currents");
    let sessions = AssumeRole::new(
        sts_of(&testkit, vendor(SECRET)),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap()
    .session_policy(&session_policy(&scope).unwrap())
    .unwrap();
    let cached = Cached::new(sessions);
    let identity = sts_of(&testkit, cached.clone()).caller_identity().await.unwrap();
    assert_eq!(
        identity.arn.as_str(),
        "arn:aws:sts::111122223333:assumed-role/export/bucketline"
    );
    assert!(cached.provider().size_used_percent().is_some());
    assert!(cached.status().usable);
}

#[tokio::test]
async fn without_the_external_id_or_with_another_the_role_is_refused() {
    let testkit = testkit().await;
    let sts = sts_of(&testkit, vendor(SECRET));
    let without = AssumeRoleRequest::new(role(), SessionName::default());
    let another = without.clone().with_external_id("bl-2".parse().unwrap());
    for request in [without, another] {
        let error = sts.assume_role(&request).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Denied, Some("AccessDenied"))
        );
        assert!(error.request_id().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_worker_s_own_session_assumes_the_customer_s_role() {
    let testkit = testkit().await;
    let worker = AssumeRole::within_account(sts_of(&testkit, vendor(SECRET)), internal_role());
    let sts = sts_of(&testkit, Cached::new(worker));
    AssumeRole::new(
        sts.clone(),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap()
    .session()
    .await
    .unwrap();

    // Role chaining: AWS allows an hour, and says so in its own way.
    let request =
        AssumeRoleRequest::new(role(), SessionName::default()).with_external_id("bl-1".parse().unwrap());
    let error = sts
        .assume_role(&request.with_duration(Duration::from_secs(7200)).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.remedy().unwrap().contains("3,600"), "{error}");
}

#[tokio::test]
async fn our_own_session_expiring_is_not_the_customer_s_refusal() {
    let testkit = testkit().await;
    let worker = AssumeRole::within_account(sts_of(&testkit, vendor(SECRET)), internal_role());
    let worker = Cached::new(worker);
    let sts = sts_of(&testkit, worker.clone());
    let sessions = AssumeRole::new(sts, VendorAccount::Unknown, role(), "bl-1".parse().unwrap()).unwrap();
    sessions.session().await.unwrap();
    testkit.world().clock().advance(Duration::from_secs(3601));
    let error = sessions.session().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unauthenticated, Some("ExpiredToken")),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_named_as_such() {
    let testkit = testkit().await;
    let error = sts_of(&testkit, vendor("another-secret"))
        .caller_identity()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unauthenticated, Some("SignatureDoesNotMatch"))
    );
    assert!(error.to_string().contains("whitespace"), "{error}");
}

#[tokio::test]
async fn trouble_at_sts_is_asked_once_and_told_as_trouble() {
    let testkit = testkit().await;
    testkit
        .faults()
        .add(Fault::error(503, "ServiceUnavailable").operation(Operation::AssumeRole));
    let sessions = AssumeRole::new(
        sts_of(&testkit, vendor(SECRET)),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap();
    assert_eq!(
        sessions.session().await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    sessions.session().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_is_trouble_and_never_a_refusal() {
    let testkit = testkit().await;
    let client = |timeout| {
        let builder = AwsSts::builder()
            .region("us-east-1".parse().unwrap())
            .endpoint(testkit.endpoint());
        let builder = builder.credentials(vendor(SECRET)).timeout(timeout);
        builder.build().unwrap()
    };
    // Where the connection breaks there is all the time in the world; where no answer comes it never would, so that a slow
    // machine changes neither.
    let (patient, hasty) = (
        client(Duration::from_secs(60)),
        client(Duration::from_millis(500)),
    );
    for (effect, client, expected) in [
        (FaultEffect::ConnectionClosed, &patient, ErrorKind::Unavailable),
        (FaultEffect::ReplyLost, &patient, ErrorKind::Unavailable),
        (FaultEffect::ReplyCut, &patient, ErrorKind::Unavailable),
        (FaultEffect::DelayMs(3_600_000), &hasty, ErrorKind::TimedOut),
    ] {
        testkit
            .faults()
            .add(Fault::new(effect.clone()).operation(Operation::GetCallerIdentity));
        let error = client.caller_identity().await.unwrap_err();
        assert_eq!(error.kind(), expected, "{effect:?}: {error}");
        assert_eq!(error.effect(), bucketline_auth::CallEffect::Unknown, "{effect:?}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn four_refused_requests_at_once_are_one_new_session() {
    let testkit = testkit().await;
    let sessions = AssumeRole::new(
        sts_of(&testkit, vendor(SECRET)),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap();
    let cached = Cached::new(sessions);
    let builder = AwsSts::builder()
        .region("us-east-1".parse().unwrap())
        .endpoint(testkit.endpoint());
    let client = builder.cached(&cached).build().unwrap();
    client.caller_identity().await.unwrap();
    assert_eq!(testkit.requests().of(Operation::AssumeRole), 1);

    // The session ends before its time: whoever is under way learns it from the service, and nobody from its expiry.
    testkit.faults().add(
        Fault::error(403, "ExpiredToken")
            .operation(Operation::GetCallerIdentity)
            .times(4),
    );
    let refused = tokio::join!(
        client.caller_identity(),
        client.caller_identity(),
        client.caller_identity(),
        client.caller_identity()
    );
    for answer in [refused.0, refused.1, refused.2, refused.3] {
        assert_eq!(answer.unwrap_err().code(), Some("ExpiredToken"));
    }
    let renewed = tokio::join!(
        client.caller_identity(),
        client.caller_identity(),
        client.caller_identity(),
        client.caller_identity()
    );
    for answer in [renewed.0, renewed.1, renewed.2, renewed.3] {
        answer.unwrap();
    }
    assert_eq!(testkit.requests().of(Operation::AssumeRole), 2);
}
