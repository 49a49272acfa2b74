//! The SDK's STS against scripted answers, worded as AWS words them.

use std::time::{Duration, SystemTime};

use bucketline_auth::doubles::{CANARY_SECRET, CANARY_TOKEN, ManualClock, canary_key};
use bucketline_auth::{
    AssumeRole, AssumeRoleRequest, AwsSts, Cached, Error, ErrorKind, Fixed, RoleArn, SessionName, SessionTag,
    Sts, VendorAccount, WebIdentityRequest, WebIdentityToken,
};

use crate::wire::Wire;

fn role() -> RoleArn {
    "arn:aws:iam::111122223333:role/vendors/export".parse().unwrap()
}

fn sts(wire: &Wire) -> AwsSts {
    AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .credentials(Fixed::new(&canary_key().unwrap()))
        .http_client(wire.client())
        .build()
        .unwrap()
}

fn request() -> AssumeRoleRequest {
    AssumeRoleRequest::new(role(), SessionName::default()).with_external_id("bl-1".parse().unwrap())
}

fn session(action: &str, role: &str) -> String {
    format!(
        r#"<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
        <AssumedRoleUser><AssumedRoleId>AROA1:bucketline</AssumedRoleId>
        <Arn>arn:aws:sts::111122223333:assumed-role/{role}/bucketline</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{CANARY_SECRET}</SecretAccessKey>
        <SessionToken>{CANARY_TOKEN}</SessionToken><Expiration>2026-11-23T19:00:00Z</Expiration></Credentials>
        <PackedPolicySize>12</PackedPolicySize></{action}Result>
        <ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></{action}Response>"#
    )
}

fn refusal(code: &str, message: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>{code}</Code><Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>"#
    )
}

#[tokio::test]
async fn a_session_is_asked_for_and_read() {
    let wire = Wire::answering(&[(200, &session("AssumeRole", "export"))]);
    let assumed = sts(&wire)
        .assume_role(&request().with_duration(Duration::from_secs(900)).unwrap())
        .await
        .unwrap();
    assert_eq!(
        assumed.arn.as_str(),
        "arn:aws:sts::111122223333:assumed-role/export/bucketline"
    );
    assert_eq!(
        (assumed.size_used_percent, assumed.request_id.as_deref()),
        (Some(12), Some("req-1"))
    );
    assert_eq!(assumed.credentials.session_token(), Some(CANARY_TOKEN));
    assert_eq!(
        assumed.credentials.account_id().map(|account| account.as_str()),
        Some("111122223333")
    );
    let expiry = assumed
        .credentials
        .expiry()
        .unwrap()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    assert_eq!(expiry.as_secs(), 1_795_460_400);
    for (name, value) in [
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::111122223333:role/vendors/export"),
        ("RoleSessionName", "bucketline"),
        ("ExternalId", "bl-1"),
        ("DurationSeconds", "900"),
    ] {
        assert_eq!(wire.parameter(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(wire.parameter("Policy"), None);
    assert_eq!(wire.signed(), [true]);
}

#[tokio::test]
async fn tags_managed_policies_and_a_source_identity_are_sent() {
    let wire = Wire::answering(&[
        (200, &session("AssumeRole", "export")),
        (403, &refusal("AccessDenied", "no")),
    ]);
    let tag = |key, value| SessionTag::new(key, value).unwrap();
    let request = request()
        .with_tags(vec![tag("tenant", "acme").transitive(), tag("team", "growth")])
        .unwrap()
        .with_policy_arns(vec![
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess".parse().unwrap(),
            "arn:aws:iam::111122223333:policy/box".parse().unwrap(),
        ])
        .unwrap()
        .with_source_identity("bucketline".parse().unwrap());
    let sts = sts(&wire);
    sts.assume_role(&request).await.unwrap();
    for (name, value) in [
        ("Tags.member.1.Key", "tenant"),
        ("Tags.member.1.Value", "acme"),
        ("Tags.member.2.Key", "team"),
        ("TransitiveTagKeys.member.1", "tenant"),
        (
            "PolicyArns.member.1.arn",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        ),
        ("PolicyArns.member.2.arn", "arn:aws:iam::111122223333:policy/box"),
        ("SourceIdentity", "bucketline"),
    ] {
        assert_eq!(wire.parameter(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(wire.parameter("TransitiveTagKeys.member.2"), None);
    // What they need is said where AWS, which never says it, refuses.
    let refused = sts.assume_role(&request).await.unwrap_err().to_string();
    assert!(
        refused.contains("`sts:TagSession`") && refused.contains("`sts:SetSourceIdentity`"),
        "{refused}"
    );
}

#[test]
fn managed_policies_that_cannot_bound_the_session_are_refused() {
    for arn in [
        "arn:aws:iam::999988887777:policy/box",
        "arn:aws:iam::111122223333:role/box",
        "arn:aws:s3:::policy/box",
        "arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ] {
        let error = request()
            .with_policy_arns(vec![arn.parse().unwrap()])
            .unwrap_err();
        assert!(error.to_string().contains(arn), "{error}");
    }
    let many = (0..11).map(|n| format!("arn:aws:iam::111122223333:policy/p{n}").parse().unwrap());
    let error = request()
        .with_policy_arns(many.collect())
        .unwrap_err()
        .to_string();
    assert!(error.contains("11 managed policies"), "{error}");
}

#[tokio::test]
async fn a_refusal_has_its_code_request_id_and_advice_although_the_sdk_does_not_model_it() {
    let message =
        "User: arn:aws:iam::999988887777:user/v is not authorized to perform: sts:AssumeRole on resource: x";
    let wire = Wire::answering(&[(403, &refusal("AccessDenied", message))]);
    let error = sts(&wire).assume_role(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(
        (error.code(), error.status(), error.request_id()),
        (Some("AccessDenied"), Some(403), Some("req-1"))
    );
    let text = error.to_string();
    for part in [
        "AssumeRole",
        role().as_str(),
        "not authorized",
        "`bl-1`",
        "trust policy",
    ] {
        assert!(text.contains(part), "{text} should have {part}");
    }
}

#[tokio::test]
async fn each_sort_of_answer_has_its_kind() {
    for (status, body, expected) in [
        (
            403,
            refusal(
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            ),
            ErrorKind::Unauthenticated,
        ),
        (
            403,
            refusal("SignatureDoesNotMatch", "The request signature we calculated"),
            ErrorKind::Unauthenticated,
        ),
        (
            403,
            refusal(
                "SignatureDoesNotMatch",
                "Signature expired: 1 is now earlier than 2",
            ),
            ErrorKind::ClockSkew,
        ),
        (
            403,
            refusal(
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
            ErrorKind::Unauthenticated,
        ),
        (
            403,
            refusal("RegionDisabledException", "STS is not activated in this region"),
            ErrorKind::InvalidConfig,
        ),
        (
            400,
            refusal("PackedPolicyTooLarge", "Packed size exceeds"),
            ErrorKind::InvalidConfig,
        ),
        (
            400,
            refusal("ValidationError", "The requested DurationSeconds exceeds"),
            ErrorKind::InvalidConfig,
        ),
        (400, refusal("Throttling", "Rate exceeded"), ErrorKind::Throttled),
        (
            503,
            refusal("ServiceUnavailable", "try later"),
            ErrorKind::Unavailable,
        ),
        (500, String::new(), ErrorKind::Unavailable),
        (502, "<html>bad gateway</html>".to_owned(), ErrorKind::Unavailable),
        (200, "<html>welcome</html>".to_owned(), ErrorKind::Unexpected),
    ] {
        let wire = Wire::answering(&[(status, &body)]);
        let error = sts(&wire).assume_role(&request()).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{status} {body}: {error}");
        assert_eq!(wire.sent().len(), 1, "asked once: {body}");
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_not_printed() {
    let spoilt = session("AssumeRole", "export").replace("2026-11-23T19:00:00Z", "soon");
    let wire = Wire::answering(&[(200, &spoilt)]);
    let error = sts(&wire).assume_role(&request()).await.unwrap_err();
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(below) = source {
        text += &format!("{below} {below:?}");
        source = below.source();
    }
    assert!(
        !text.contains(CANARY_SECRET) && !text.contains(CANARY_TOKEN),
        "{text}"
    );
}

#[tokio::test]
async fn a_session_of_another_role_is_refused() {
    let wire = Wire::answering(&[(200, &session("AssumeRole", "import"))]);
    let provider = AssumeRole::new(
        std::sync::Arc::new(sts(&wire)),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    )
    .unwrap();
    let error = provider.session().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.to_string().contains("assumed-role/import"), "{error}");
}

#[tokio::test]
async fn a_workload_s_token_is_sent_unsigned() {
    let wire = Wire::answering(&[(200, &session("AssumeRoleWithWebIdentity", "export"))]);
    let anonymous = AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .http_client(wire.client())
        .build()
        .unwrap();
    let token = WebIdentityToken::parse("ey.token").unwrap();
    let request = WebIdentityRequest::new(role(), SessionName::default(), token);
    anonymous.assume_role_with_web_identity(&request).await.unwrap();
    assert_eq!(wire.parameter("WebIdentityToken").as_deref(), Some("ey.token"));
    assert_eq!(wire.signed(), [false]);
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let wire = Wire::answering(&[]);
    let anonymous = AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .http_client(wire.client())
        .build()
        .unwrap();
    assert_eq!(
        anonymous.caller_identity().await.unwrap_err().kind(),
        ErrorKind::NotLoaded
    );
    assert_eq!(
        anonymous.assume_role(&request()).await.unwrap_err().kind(),
        ErrorKind::NotLoaded
    );
}

#[tokio::test]
async fn our_own_credentials_failing_is_not_the_customer_s_refusal() {
    #[derive(Debug)]
    struct Refused;
    impl bucketline_auth::ProvideCredentials for Refused {
        fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let error = Error::new(ErrorKind::Denied, "the vendor's own role may not be assumed");
            aws_credential_types::provider::future::ProvideCredentials::ready(Err(error.into()))
        }
    }
    let wire = Wire::answering(&[]);
    let sts = AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .credentials(Refused)
        .http_client(wire.client())
        .build()
        .unwrap();
    let error = sts.assume_role(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("vendor's own role"),
        "{error:?}"
    );
}

#[tokio::test]
async fn another_s_provider_failing_is_told_in_its_own_words() {
    #[derive(Debug)]
    struct Foreign;
    impl bucketline_auth::ProvideCredentials for Foreign {
        fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            use aws_credential_types::provider::error::CredentialsError;
            let error = CredentialsError::provider_error("the metadata service hung up");
            aws_credential_types::provider::future::ProvideCredentials::ready(Err(error))
        }
    }
    let wire = Wire::answering(&[]);
    let builder = AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .http_client(wire.client());
    let error = builder
        .credentials(Foreign)
        .build()
        .unwrap()
        .caller_identity()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Unavailable, bucketline_auth::CallEffect::NotApplied)
    );
    let below = std::error::Error::source(&error).unwrap().to_string();
    assert!(below.contains("the metadata service hung up"), "{below}");
}

#[tokio::test]
async fn the_caller_is_told() {
    let body = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
        <Arn>arn:aws:iam::999988887777:user/vendor</Arn><UserId>AIDA1</UserId><Account>999988887777</Account>
        </GetCallerIdentityResult></GetCallerIdentityResponse>"#;
    let wire = Wire::answering(&[(200, body)]);
    let identity = sts(&wire).caller_identity().await.unwrap();
    assert_eq!(
        (identity.account.as_str(), identity.user_id.as_str()),
        ("999988887777", "AIDA1")
    );
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_named_as_unreachable() {
    let sts = AwsSts::builder()
        .region("eu-central-1".parse().unwrap())
        .endpoint("http://127.0.0.1:9")
        .credentials(Fixed::new(&canary_key().unwrap()))
        .build()
        .unwrap();
    let error = sts.caller_identity().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().to_lowercase().contains("connect"), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let region = || "eu-central-1".parse().unwrap();
    assert!(
        AwsSts::builder()
            .build()
            .unwrap_err()
            .to_string()
            .contains("region")
    );
    for url in [
        "sts.amazonaws.com",
        "https://",
        "http:// x",
        "ftp://x",
        "https://user:secret@x",
    ] {
        let error = AwsSts::builder()
            .region(region())
            .endpoint(url)
            .build()
            .unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_role_of_another_partition_is_not_asked_for() {
    let wire = Wire::answering(&[]);
    let role = "arn:aws-cn:iam::111122223333:role/export".parse().unwrap();
    let error = sts(&wire)
        .assume_role(&AssumeRoleRequest::new(role, SessionName::default()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
}

#[tokio::test]
async fn two_bare_refusals_of_a_proxy_end_no_session() {
    let wire = Wire::answering(&[
        (200, &session("AssumeRole", "export")),
        (403, "<html>sign in to the guest network</html>"),
        (403, ""),
    ]);
    let clock = std::sync::Arc::new(ManualClock::at(
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_456_800),
    ));
    let provider = AssumeRole::new(
        std::sync::Arc::new(sts(&wire)),
        VendorAccount::Unknown,
        role(),
        "bl-1".parse().unwrap(),
    );
    let cached = Cached::builder(provider.unwrap()).clock(clock.clone()).build();
    cached.credentials().await.unwrap();
    // Into the last minute, where every request waits for a new session and the old one is valid still.
    clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_460_400 - 50));
    for _ in 0..2 {
        assert_eq!(
            cached.credentials().await.unwrap().session_token(),
            Some(CANARY_TOKEN)
        );
        clock.advance(Duration::from_secs(15));
    }
    assert_eq!(wire.sent().len(), 3, "asked, and answered by the proxy");
    assert_eq!(cached.status().last_error, Some(ErrorKind::Unavailable));
}

#[test]
fn the_settings_of_an_sdk_config_are_taken() {
    use aws_types::SdkConfig;
    let none = AwsSts::from_sdk_config(&SdkConfig::builder().build()).unwrap_err();
    assert!(none.to_string().contains("region"), "{none}");
    let config = SdkConfig::builder()
        .region(aws_types::region::Region::new("eu-west-1"))
        .build();
    assert_eq!(
        AwsSts::from_sdk_config(&config).unwrap().region().as_str(),
        "eu-west-1"
    );
}
