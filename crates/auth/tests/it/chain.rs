//! Which provider of a chain answers.

use std::io::Write as _;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bucketline_auth::doubles::{FakeSts, ManualClock, StsCall};
use bucketline_auth::{Chain, EnvironmentVariables, ErrorKind, RoleArn};

const ROLE: &str = "arn:aws:iam::999988887777:role/worker";

fn sts() -> Arc<FakeSts> {
    let role: RoleArn = ROLE.parse().unwrap();
    Arc::new(FakeSts::new(Arc::new(ManualClock::at(UNIX_EPOCH))).with_role(role, None))
}

#[tokio::test]
async fn variables_come_before_the_token_file() {
    let environment = EnvironmentVariables::from_pairs([
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
        ("AWS_ROLE_ARN", ROLE),
    ]);
    let sts = sts();
    let credentials = Chain::from_environment(&environment, sts.clone())
        .credentials()
        .await
        .unwrap();
    assert_eq!(credentials.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(sts.call_count(), 0);
}

#[tokio::test]
async fn the_token_file_is_read_anew_for_each_session() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"token-1\n").unwrap();
    let environment = EnvironmentVariables::from_pairs([
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
        ("AWS_ROLE_ARN", ROLE),
        ("AWS_ROLE_SESSION_NAME", "worker-7"),
    ]);
    let sts = sts();
    let chain = Chain::from_environment(&environment, sts.clone());
    chain.credentials().await.unwrap();
    std::fs::write(file.path(), "token-2").unwrap();
    chain.credentials().await.unwrap();
    let tokens: Vec<String> = sts
        .calls()
        .iter()
        .map(|call| match call {
            StsCall::AssumeRoleWithWebIdentity(request) => {
                format!("{} {}", request.session_name(), request.token().expose())
            }
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(tokens, ["worker-7 token-1", "worker-7 token-2"]);
}

#[tokio::test]
async fn nothing_configured_says_what_each_was_missing() {
    let error = Chain::from_environment(&EnvironmentVariables::default(), sts())
        .credentials()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLoaded);
    let text = error.to_string();
    assert!(
        text.contains("AWS_ACCESS_KEY_ID") && text.contains("AWS_WEB_IDENTITY_TOKEN_FILE"),
        "{text}"
    );
}

#[tokio::test]
async fn a_mistake_in_the_first_is_not_answered_with_the_second() {
    let environment = EnvironmentVariables::from_pairs([
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
        ("AWS_ROLE_ARN", ROLE),
    ]);
    let error = Chain::from_environment(&environment, sts())
        .credentials()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.to_string().contains("AWS_SECRET_ACCESS_KEY"));
}

#[tokio::test]
async fn a_token_file_that_is_missing_is_named() {
    let environment = EnvironmentVariables::from_pairs([
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"),
        ("AWS_ROLE_ARN", ROLE),
    ]);
    let error = Chain::from_environment(&environment, sts())
        .credentials()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("/nowhere/token"), "{error}");
}

#[tokio::test]
async fn a_token_file_that_is_something_large_is_not_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "x".repeat(1 << 20)).unwrap();
    let file = path.to_str().unwrap();
    let environment =
        EnvironmentVariables::from_pairs([("AWS_WEB_IDENTITY_TOKEN_FILE", file), ("AWS_ROLE_ARN", ROLE)]);
    let error = Chain::from_environment(&environment, sts())
        .credentials()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let text = error.to_string();
    assert!(
        text.contains(file) && text.contains("has 65536 characters"),
        "{text}"
    );
}
