//! Every public type that has held a secret is formatted, and the text searched for it.

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bucketline_auth::doubles::{CANARY_SECRET, CANARY_TOKEN, FakeSts, ManualClock, canary_key};
use bucketline_auth::{
    AccessKey, AccessKeyId, AssumeRole, AssumeRoleRequest, Cached, Chain, EnvironmentVariables, Error, Fixed,
    FromEnvironment, RoleArn, SecretAccessKey, ServiceAnswer, SessionName, SessionToken, Sts, VendorAccount,
    WebIdentity, WebIdentityRequest, WebIdentityToken,
};

fn role() -> RoleArn {
    "arn:aws:iam::111122223333:role/export".parse().unwrap()
}

fn clean(what: &str, text: &str) {
    assert!(!text.contains(CANARY_SECRET), "{what} prints the secret: {text}");
    assert!(!text.contains(CANARY_TOKEN), "{what} prints the token: {text}");
}

fn debug(what: &str, value: &impl Debug) {
    clean(what, &format!("{value:?}"));
    clean(what, &format!("{value:#?}"));
}

fn error(what: &str, error: &Error) {
    debug(what, error);
    clean(what, &error.to_string());
    let mut source = error.source();
    while let Some(below) = source {
        clean(what, &format!("{below} {below:?}"));
        source = below.source();
    }
}

#[tokio::test]
async fn no_value_prints_a_secret() {
    let key = canary_key().unwrap();
    let clock = Arc::new(ManualClock::at(UNIX_EPOCH + Duration::from_secs(1_800_000_000)));
    let fake = Arc::new(FakeSts::new(clock.clone()).with_role(role(), Some("bl-1".parse().unwrap())));
    let sts: Arc<dyn Sts> = fake.clone();
    let environment = EnvironmentVariables::from_pairs([
        ("AWS_ACCESS_KEY_ID", key.id().as_str()),
        ("AWS_SECRET_ACCESS_KEY", CANARY_SECRET),
        ("AWS_SESSION_TOKEN", CANARY_TOKEN),
    ]);
    let token = WebIdentityToken::parse(CANARY_TOKEN).unwrap();
    let assume = AssumeRole::new(
        Arc::clone(&sts),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap();
    let cached = Cached::builder(assume.clone()).clock(clock).build();
    debug("Credentials", &cached.credentials().await.unwrap());
    debug("Cached", &cached);
    debug("CacheStatus", &cached.status());
    debug("AssumedRole", &assume.session().await.unwrap());
    debug("AssumeRole", &assume);
    debug(
        "AssumeRoleRequest",
        &AssumeRoleRequest::new(role(), SessionName::default()),
    );
    debug("AccessKey", &key);
    debug("SecretAccessKey", key.secret());
    debug("SessionToken", &key.session_token().unwrap());
    debug("WebIdentityToken", &token);
    debug(
        "WebIdentityRequest",
        &WebIdentityRequest::new(role(), SessionName::default(), token),
    );
    debug("Fixed", &Fixed::new(&key));
    debug("EnvironmentVariables", &environment);
    debug("FromEnvironment", &FromEnvironment::new(&environment));
    debug(
        "WebIdentity",
        &WebIdentity::from_environment(Arc::clone(&sts), &environment),
    );
    debug("Chain", &Chain::from_environment(&environment, Arc::clone(&sts)));
    debug("FakeSts", &fake);
    debug("its calls", &fake.calls());
    {
        let region = "eu-central-1".parse().unwrap();
        let builder = bucketline_auth::AwsSts::builder()
            .region(region)
            .credentials(Fixed::new(&key));
        debug("AwsBuilder", &builder);
        debug("AwsSts", &builder.build().unwrap());
    }
}

#[test]
fn no_error_prints_a_secret() {
    let spoilt = format!("{CANARY_SECRET} {CANARY_TOKEN}");
    error("SecretAccessKey", &SecretAccessKey::parse(&spoilt).unwrap_err());
    error("SessionToken", &SessionToken::parse(&spoilt).unwrap_err());
    error("WebIdentityToken", &WebIdentityToken::parse(&spoilt).unwrap_err());
    error("AccessKeyId", &spoilt.parse::<AccessKeyId>().unwrap_err());
    error(
        "AccessKeyId",
        &format!("{CANARY_SECRET}/").parse::<AccessKeyId>().unwrap_err(),
    );
    for csv in [
        format!("Access key ID,Secret access key\n{CANARY_SECRET}/,AKIAIOSFODNN7EXAMPLE"),
        format!("AKIAIOSFODNN7EXAMPLE,{CANARY_SECRET}\nx"),
        format!("AWSSecretKey={CANARY_SECRET}"),
    ] {
        error("AccessKey", &AccessKey::from_aws_csv(&csv).unwrap_err());
    }
    error("AccessKeyId", &CANARY_SECRET.parse::<AccessKeyId>().unwrap_err());
    let answer = ServiceAnswer::new("SignatureDoesNotMatch", 403)
        .message(format!("should have been '{CANARY_TOKEN}'"));
    error("ServiceAnswer", &answer.clone().into_error("AssumeRole", "role"));
    error(
        "ServiceAnswer",
        &answer.request_id("r-1").into_error("AssumeRole", "role"),
    );
}
