//! AWS's own clients, pointed at a testkit.

use std::fmt::Debug;

use aws_credential_types::Credentials;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use bucketline_testkit::seed::{Account, Bucket, User};
use bucketline_testkit::{Seed, Testkit};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const BUCKET: &str = "acme-events";
pub(crate) const OPEN_BUCKET: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::elsewhere", "arn:aws:s3:::elsewhere/*"]}}"#;
pub(crate) const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

/// One account with a user that may do anything and a bucket in us-east-1.
pub(crate) fn seed() -> Seed {
    Seed::new().account(account().bucket(Bucket::new(BUCKET)))
}

pub(crate) fn account() -> Account {
    Account::new(ACCOUNT).user(
        User::new("currents")
            .access_key(KEY, SECRET)
            .policy("anything", ANYTHING),
    )
}

pub(crate) async fn start(seed: Seed) -> Testkit {
    Testkit::start(seed.build().unwrap()).await.unwrap()
}

/// The one account's testkit and its user's client.
pub(crate) async fn plain() -> (Testkit, aws_sdk_s3::Client) {
    let testkit = start(seed()).await;
    let client = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    (testkit, client)
}

pub(crate) fn s3(endpoint: &str, key: &str, secret: &str, region: &str) -> aws_sdk_s3::Client {
    s3_with(endpoint, credentials(key, secret, None), region)
}

pub(crate) fn s3_with(endpoint: &str, credentials: Credentials, region: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint)
        .force_path_style(true)
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .http_client(http())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

pub(crate) fn credentials(key: &str, secret: &str, token: Option<&str>) -> Credentials {
    Credentials::new(key, secret, token.map(str::to_owned), None, "test")
}

pub(crate) fn http() -> SharedHttpClient {
    Builder::new().build_http()
}

/// The code and HTTP status of an error answer.
pub(crate) fn refusal<E>(error: &SdkError<E>) -> (String, u16)
where
    E: ProvideErrorMetadata + Debug,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let code = error.code().unwrap_or_default().to_owned();
    (
        code,
        status.unwrap_or_else(|| panic!("no answer at all: {error:?}")),
    )
}

/// What the code and status should be.
pub(crate) fn expected(code: &str, status: u16) -> (String, u16) {
    (code.to_owned(), status)
}

pub(crate) fn sts_with(endpoint: &str, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .http_client(http())
        .build();
    aws_sdk_sts::Client::from_conf(config)
}
