//! The SDK's IAM against scripted answers, worded as AWS words them.

use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use bucketline_auth::doubles::canary_key;
use bucketline_auth::{CallEffect, Fixed};
use bucketline_policy::Document;
use bucketline_provision::{AwsIam, CreateRole, CreateUser, ErrorKind, Iam, IamName, KeyStatus};

use crate::wire::Wire;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"bl-1"}}}]}"#;

fn iam(wire: &Wire) -> AwsIam {
    let settings = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Fixed::new(&canary_key().unwrap())))
        .http_client(wire.client());
    AwsIam::from_sdk_config(&settings.build()).unwrap()
}

fn name(text: &str) -> IamName {
    text.parse().unwrap()
}

/// As IAM sends documents.
fn encoded(document: &str) -> String {
    document
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn answer(action: &str, result: &str) -> String {
    format!(
        r#"<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{result}</{action}Result>
        <ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></{action}Response>"#
    )
}

fn role_xml() -> String {
    format!(
        r#"<Role><Path>/vendors/</Path><RoleName>export</RoleName><RoleId>AROA1</RoleId>
        <Arn>arn:aws:iam::111122223333:role/vendors/export</Arn><CreateDate>2026-11-23T18:00:00Z</CreateDate>
        <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument><MaxSessionDuration>7200</MaxSessionDuration>
        <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>
        <PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/box</PermissionsBoundaryArn></PermissionsBoundary>
        <Tags><member><Key>made-by</Key><Value>bucketline</Value></member></Tags></Role>"#,
        encoded(TRUST)
    )
}

fn refusal(code: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>
        <Code>{code}</Code><Message>as AWS words it</Message></Error><RequestId>req-1</RequestId></ErrorResponse>"#
    )
}

#[tokio::test]
async fn a_role_is_read_with_its_trust_policy_decoded() {
    let wire = Wire::answering(&[(200, &answer("GetRole", &role_xml()))]);
    let role = iam(&wire).get_role(&name("export")).await.unwrap();
    assert_eq!(
        (role.arn.path(), role.arn.name(), role.id.as_str()),
        ("/vendors/", "export", "AROA1")
    );
    assert_eq!(role.trust, Document::parse(TRUST).unwrap());
    assert_eq!(role.max_session, Duration::from_secs(7200));
    assert_eq!(
        role.boundary.unwrap().as_str(),
        "arn:aws:iam::111122223333:policy/box"
    );
    assert_eq!(role.tags.get("made-by").map(String::as_str), Some("bucketline"));
}

#[tokio::test]
async fn a_role_is_made_as_asked() {
    let wire = Wire::answering(&[(200, &answer("CreateRole", &role_xml()))]);
    let role = CreateRole::new(name("export"), Document::parse(TRUST).unwrap())
        .path("/vendors/".parse().unwrap())
        .description("event export")
        .max_session(Duration::from_secs(7200))
        .boundary("arn:aws:iam::111122223333:policy/box".parse().unwrap())
        .tag("made-by", "bucketline");
    iam(&wire).create_role(&role).await.unwrap();
    for (parameter, value) in [
        ("Action", "CreateRole"),
        ("RoleName", "export"),
        ("Path", "/vendors/"),
        ("Description", "event export"),
        ("MaxSessionDuration", "7200"),
        ("PermissionsBoundary", "arn:aws:iam::111122223333:policy/box"),
        ("Tags.member.1.Key", "made-by"),
        ("Tags.member.1.Value", "bucketline"),
    ] {
        assert_eq!(wire.parameter(parameter).as_deref(), Some(value), "{parameter}");
    }
    let sent = wire.parameter("AssumeRolePolicyDocument").unwrap();
    assert_eq!(Document::parse(&sent).unwrap(), role.trust);
}

#[tokio::test]
async fn policies_are_put_and_read_back() {
    let result = format!(
        "<RoleName>export</RoleName><PolicyName>delivery</PolicyName><PolicyDocument>{}</PolicyDocument>",
        encoded(TRUST)
    );
    let wire = Wire::answering(&[
        (200, &answer("PutRolePolicy", "")),
        (200, &answer("GetRolePolicy", &result)),
        (200, &answer("UpdateAssumeRolePolicy", "")),
        (200, &answer("PutUserPolicy", "")),
    ]);
    let (iam, document) = (iam(&wire), Document::parse(TRUST).unwrap());
    iam.put_role_policy(&name("export"), &name("delivery"), &document)
        .await
        .unwrap();
    assert_eq!(
        iam.get_role_policy(&name("export"), &name("delivery"))
            .await
            .unwrap(),
        document
    );
    iam.update_assume_role_policy(&name("export"), &document)
        .await
        .unwrap();
    iam.put_user_policy(&name("export"), &name("delivery"), &document)
        .await
        .unwrap();
    let actions: Vec<String> = wire
        .sent()
        .iter()
        .map(|parameters| parameters[0].1.clone())
        .collect();
    assert_eq!(
        actions,
        [
            "PutRolePolicy",
            "GetRolePolicy",
            "UpdateAssumeRolePolicy",
            "PutUserPolicy"
        ]
    );
}

#[tokio::test]
async fn a_user_and_its_keys() {
    let user = r"<User><Path>/</Path><UserName>export</UserName><UserId>AIDA1</UserId>
        <Arn>arn:aws:iam::111122223333:user/export</Arn><CreateDate>2026-11-23T18:00:00Z</CreateDate></User>";
    let key = r"<AccessKey><UserName>export</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>
        <Status>Active</Status><SecretAccessKey>wJalrXUtnFEMI/K7MDENG</SecretAccessKey></AccessKey>";
    let keys = r"<AccessKeyMetadata><member><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status>
        <CreateDate>2026-11-23T18:00:00Z</CreateDate></member><member><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId>
        <Status>Inactive</Status></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>";
    let wire = Wire::answering(&[
        (200, &answer("CreateUser", user)),
        (200, &answer("GetUser", user)),
        (200, &answer("CreateAccessKey", key)),
        (200, &answer("ListAccessKeys", keys)),
        (200, &answer("DeleteAccessKey", "")),
    ]);
    let iam = iam(&wire);
    let made = iam
        .create_user(&CreateUser::new(name("export")).tag("made-by", "bucketline"))
        .await
        .unwrap();
    assert_eq!(iam.get_user(&name("export")).await.unwrap(), made);
    let key = iam.create_access_key(&name("export")).await.unwrap();
    assert_eq!(key.secret().expose(), "wJalrXUtnFEMI/K7MDENG");
    let listed = iam.list_access_keys(&name("export")).await.unwrap();
    assert_eq!(
        listed.iter().map(|key| key.status).collect::<Vec<_>>(),
        [KeyStatus::Active, KeyStatus::Inactive]
    );
    iam.delete_access_key(&name("export"), key.id()).await.unwrap();
}

#[tokio::test]
async fn refusals_are_told_apart_and_say_whether_anything_happened() {
    for (status, code, kind, effect) in [
        (404, "NoSuchEntity", ErrorKind::NotFound, CallEffect::NotApplied),
        (
            409,
            "EntityAlreadyExists",
            ErrorKind::AlreadyExists,
            CallEffect::NotApplied,
        ),
        (
            409,
            "LimitExceeded",
            ErrorKind::LimitExceeded,
            CallEffect::NotApplied,
        ),
        (
            409,
            "ConcurrentModification",
            ErrorKind::Conflict,
            CallEffect::NotApplied,
        ),
        (
            400,
            "MalformedPolicyDocument",
            ErrorKind::InvalidConfig,
            CallEffect::NotApplied,
        ),
        (403, "AccessDenied", ErrorKind::Denied, CallEffect::NotApplied),
        (400, "Throttling", ErrorKind::Throttled, CallEffect::NotApplied),
        (500, "ServiceFailure", ErrorKind::Unavailable, CallEffect::Unknown),
    ] {
        let wire = Wire::answering(&[(status, &refusal(code))]);
        let error = iam(&wire)
            .create_user(&CreateUser::new(name("export")))
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.effect()), (kind, effect), "{code}");
        assert_eq!(
            (error.code(), error.operation(), error.subject()),
            (Some(code), Some("CreateUser"), Some("export"))
        );
    }
}
