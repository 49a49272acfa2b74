//! A vendor's service, written against the public interface alone: a customer's role, boxed in and cached.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::provider::SharedCredentialsProvider;
use bucketline_auth::doubles::{FakeSts, ManualClock, StsCall};
use bucketline_auth::{
    AssumeRole, Cached, Error, ErrorKind, ExternalId, ProvideCredentials, RoleArn, Sts, VendorAccount,
};
use bucketline_policy::Document;

fn role() -> RoleArn {
    "arn:aws:iam::111122223333:role/vendors/export".parse().unwrap()
}

fn policy(resource: &str) -> Document {
    let text = format!(
        r#"{{ "Version": "2012-10-17",
              "Statement": [ {{ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "{resource}" }} ] }}"#
    );
    Document::parse(&text).unwrap()
}

fn sts() -> Arc<FakeSts> {
    let clock = Arc::new(ManualClock::at(UNIX_EPOCH + Duration::from_secs(1_800_000_000)));
    Arc::new(FakeSts::new(clock).with_role(role(), Some("bl-1".parse().unwrap())))
}

fn provider(sts: &Arc<FakeSts>, id: &str) -> AssumeRole {
    let external_id: ExternalId = id.parse().unwrap();
    AssumeRole::new(
        Arc::clone(sts) as Arc<dyn Sts>,
        VendorAccount::Is("999988887777".parse().unwrap()),
        role(),
        external_id,
    )
    .unwrap()
}

#[tokio::test]
async fn a_session_is_asked_for_as_configured() {
    let sts = sts();
    let provider = provider(&sts, "bl-1")
        .session_name("bucketline-5f1e0c2ab7d94e00a1b2c3d4".parse().unwrap())
        .duration(Duration::from_secs(900))
        .unwrap()
        .session_policy(&policy("arn:aws:s3:::acme-events/currents/*"))
        .unwrap()
        .region(&"eu-central-1".parse().unwrap())
        .unwrap();
    // What an SDK client is given.
    let shared = SharedCredentialsProvider::new(provider);
    let credentials = shared.provide_credentials().await.unwrap();
    assert!(credentials.session_token().is_some() && credentials.expiry().is_some());
    let calls = sts.calls();
    let [StsCall::AssumeRole(request)] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    assert_eq!(request.external_id().map(ExternalId::as_str), Some("bl-1"));
    assert_eq!(request.duration(), Duration::from_secs(900));
    let sent = request.session_policy().unwrap().as_str();
    assert!(
        sent.contains("acme-events/currents/*") && !sent.contains('\n'),
        "{sent}"
    );
}

#[tokio::test]
async fn a_wrong_external_id_is_a_refusal_that_says_what_has_to_hold() {
    let error = provider(&sts(), "bl-2").session().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Denied, Some("AccessDenied"))
    );
    let text = error.to_string();
    assert!(
        text.contains(role().as_str()) && text.contains("`bl-2`") && text.contains("trust policy"),
        "{text}"
    );
}

#[tokio::test]
async fn the_error_is_found_again_where_only_the_sdk_s_is_at_hand() {
    let cached = Cached::new(provider(&sts(), "bl-2"));
    let error = cached.provide_credentials().await.unwrap_err();
    assert_eq!(Error::find_in(&error).map(Error::kind), Some(ErrorKind::Denied));
}

#[test]
fn what_is_known_to_be_wrong_is_refused_before_the_first_call() {
    let sts = sts();
    let vendor = VendorAccount::Is(role().account());
    let own = AssumeRole::new(
        Arc::clone(&sts) as Arc<dyn Sts>,
        vendor,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap_err();
    assert!(own.to_string().contains("vendor's own account"), "{own}");
    let abroad = provider(&sts, "bl-1")
        .region(&"cn-north-1".parse().unwrap())
        .unwrap_err();
    assert!(abroad.to_string().contains("partition"), "{abroad}");
    let long = provider(&sts, "bl-1")
        .duration(Duration::from_secs(7200))
        .unwrap_err();
    assert!(long.to_string().contains("3,600"), "{long}");
    assert!(provider(&sts, "bl-1").duration(Duration::from_secs(899)).is_err());
    assert!(
        provider(&sts, "bl-1")
            .duration_of_long_lived_caller(Duration::from_secs(43_200))
            .is_ok()
    );
    let large = policy(&format!("arn:aws:s3:::acme-events/{}/*", "x".repeat(2000)));
    let large = provider(&sts, "bl-1").session_policy(&large).unwrap_err();
    assert!(large.to_string().contains("2048"), "{large}");
    assert_eq!(sts.call_count(), 0);
}
