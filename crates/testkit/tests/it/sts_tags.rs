//! What a session carries beside its rights: tags, a source identity, managed session policies; and what it hands on.

use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use bucketline_testkit::seed::{Account, Bucket, Role, User};
use bucketline_testkit::{Seed, Testkit, WebIdentity};

use crate::client::{ANYTHING, credentials, s3_with, sts_with};

const VENDOR_KEY: (&str, &str) = ("AKIAVENDOREXAMPLE001", "vendor-secret");
const ROLE: &str = "arn:aws:iam::111122223333:role/export";
const NEXT: &str = "arn:aws:iam::111122223333:role/next";

fn trust(principal: &str, actions: &str, condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}},
            "Action": {actions}{condition}}}}}"#
    )
}

/// What the customer's role may do: put below the folder that the session's tag names.
const BY_TAG: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/${aws:PrincipalTag/folder}/*"},
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}"#;

async fn start(trust: &str) -> Testkit {
    let vendor = Account::new("999988887777").user(
        User::new("vendor")
            .access_key(VENDOR_KEY.0, VENDOR_KEY.1)
            .policy("anything", ANYTHING),
    );
    let next = self::trust(
        "arn:aws:iam::111122223333:root",
        r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#,
        "",
    );
    let customer = Account::new("111122223333")
        .role(Role::new("export", trust).policy("by-tag", BY_TAG))
        .role(Role::new("next", next).policy("by-tag", BY_TAG))
        .bucket(Bucket::new("acme-events"));
    let world = Seed::new().account(vendor).account(customer).build().unwrap();
    Testkit::start(world).await.unwrap()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn code(error: &impl aws_sdk_sts::error::ProvideErrorMetadata) -> String {
    error.code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn tags_need_a_right_of_their_own_and_are_what_policies_ask_of_the_principal() {
    let condition = r#", "Condition": {"StringEquals": {"aws:RequestTag/folder": "a"}}"#;
    let trusts = trust(
        "arn:aws:iam::999988887777:root",
        r#"["sts:AssumeRole", "sts:TagSession"]"#,
        condition,
    );
    let kit = start(&trusts).await;
    let sts = sts_with(&kit.endpoint(), credentials(VENDOR_KEY.0, VENDOR_KEY.1, None));
    let asked = || sts.assume_role().role_arn(ROLE).role_session_name("bucketline");
    for (tags, accepted) in [
        (vec![], false),
        (vec![tag("folder", "b")], false),
        (vec![tag("folder", "a")], true),
    ] {
        let answer = asked().set_tags(Some(tags.clone())).send().await;
        assert_eq!(answer.is_ok(), accepted, "{tags:?}");
    }
    let session = asked().tags(tag("folder", "a")).send().await.unwrap();
    let given = session.credentials().unwrap();
    let key = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    let s3 = s3_with(&kit.endpoint(), key, "us-east-1");
    for (key, allowed) in [("a/one", true), ("b/one", false)] {
        let put = s3.put_object().bucket("acme-events").key(key).send().await;
        assert_eq!(put.is_ok(), allowed, "{key}");
    }

    // The same without the right.
    let kit = start(&trust(
        "arn:aws:iam::999988887777:root",
        r#""sts:AssumeRole""#,
        "",
    ))
    .await;
    let sts = sts_with(&kit.endpoint(), credentials(VENDOR_KEY.0, VENDOR_KEY.1, None));
    let asked = || sts.assume_role().role_arn(ROLE).role_session_name("bucketline");
    asked().send().await.unwrap();
    let tagged = asked().tags(tag("folder", "a")).send().await.unwrap_err();
    assert_eq!(code(&tagged), "AccessDenied");
    assert!(format!("{tagged:?}").contains("sts:TagSession"), "{tagged:?}");
    let sourced = asked().source_identity("support-7").send().await.unwrap_err();
    assert!(
        format!("{sourced:?}").contains("sts:SetSourceIdentity"),
        "{sourced:?}"
    );
    for tags in [
        vec![tag("folder", "a"), tag("Folder", "b")],
        vec![tag("aws:folder", "a")],
        (0..51).map(|n| tag(&format!("t{n}"), "v")).collect(),
    ] {
        let refused = asked().set_tags(Some(tags)).send().await.unwrap_err();
        assert!(["InvalidParameterValue", "ValidationError"].contains(&code(&refused).as_str()));
    }
}

#[tokio::test]
async fn transitive_tags_and_the_source_identity_go_on_into_the_next_role() {
    let all = r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    let kit = start(&trust("arn:aws:iam::999988887777:root", all, "")).await;
    let sts = sts_with(&kit.endpoint(), credentials(VENDOR_KEY.0, VENDOR_KEY.1, None));
    let first = sts
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("bucketline")
        .tags(tag("folder", "a"))
        .tags(tag("team", "exports"))
        .transitive_tag_keys("folder")
        .source_identity("support-7")
        .send()
        .await
        .unwrap();
    assert_eq!(first.source_identity(), Some("support-7"));
    let given = first.credentials().unwrap();
    let key = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    let chained = sts_with(&kit.endpoint(), key);
    let asked = || chained.assume_role().role_arn(NEXT).role_session_name("next");
    let second = asked().send().await.unwrap();
    assert_eq!(second.source_identity(), Some("support-7"));
    let given = second.credentials().unwrap();
    let key = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    let s3 = s3_with(&kit.endpoint(), key, "us-east-1");
    for (key, allowed) in [("a/one", true), ("exports/one", false)] {
        let put = s3.put_object().bucket("acme-events").key(key).send().await;
        assert_eq!(put.is_ok(), allowed, "{key}");
    }
    // Neither is given another value on the way; and a chained session lasts an hour.
    let another = asked().tags(tag("folder", "b")).send().await.unwrap_err();
    assert_eq!(code(&another), "InvalidParameterValue");
    let another = asked().source_identity("support-8").send().await.unwrap_err();
    assert_eq!(code(&another), "AccessDenied");
    let longer = asked().duration_seconds(3601).send().await.unwrap_err();
    assert_eq!(code(&longer), "ValidationError");
}

#[tokio::test]
async fn managed_session_policies_bound_a_session_together_with_the_inline_one() {
    let kit = start(&trust(
        "arn:aws:iam::999988887777:root",
        r#""sts:AssumeRole""#,
        "",
    ))
    .await;
    kit.world()
        .set_role_policy("111122223333", "export", "by-tag", Some(ANYTHING))
        .unwrap();
    let sts = sts_with(&kit.endpoint(), credentials(VENDOR_KEY.0, VENDOR_KEY.1, None));
    let asked = || sts.assume_role().role_arn(ROLE).role_session_name("bucketline");
    let administrator = PolicyDescriptorType::builder()
        .arn("arn:aws:iam::aws:policy/AdministratorAccess")
        .build();
    let only_a = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-events/a/*"}}"#;
    for (policies, inline, allowed) in [
        (vec![], Some(only_a), false),
        (vec![administrator.clone()], Some(only_a), true),
        (vec![administrator.clone()], None, true),
    ] {
        let session = asked()
            .set_policy_arns(Some(policies))
            .set_policy(inline.map(str::to_owned))
            .send()
            .await
            .unwrap();
        let given = session.credentials().unwrap();
        let key = credentials(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token()),
        );
        let s3 = s3_with(&kit.endpoint(), key, "us-east-1");
        let put = s3.put_object().bucket("acme-events").key("b/one").send().await;
        assert_eq!(put.is_ok(), allowed);
    }
    let nowhere = PolicyDescriptorType::builder()
        .arn("arn:aws:iam::111122223333:policy/none")
        .build();
    let refused = asked().policy_arns(nowhere).send().await.unwrap_err();
    assert_eq!(code(&refused), "ValidationError");
}

#[tokio::test]
async fn a_token_of_an_identity_provider_is_exchanged_where_the_role_trusts_its_subject() {
    const PROVIDER: &str = "oidc.example.com/id/7";
    let trusts = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{PROVIDER}"}},
            "Condition": {{"StringEquals": {{"{PROVIDER}:sub": "deploy:exports", "{PROVIDER}:aud": "sts.amazonaws.com"}}}}}}}}"#
    );
    let kit = start(&trusts).await;
    let world = kit.world();
    world
        .set_role_policy("111122223333", "export", "by-tag", Some(ANYTHING))
        .unwrap();
    let until = world.clock().now() + std::time::Duration::from_secs(600);
    for (token, provider, subject) in [
        ("right-token", PROVIDER, "deploy:exports"),
        ("other-subject", PROVIDER, "deploy:others"),
        ("other-provider", "oidc.example.com/id/8", "deploy:exports"),
    ] {
        world.add_web_identity(token, WebIdentity::new(provider, subject, until));
    }
    // Nobody signs it.
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::v2026_01_12())
        .endpoint_url(kit.endpoint())
        .region(aws_sdk_sts::config::Region::new("us-east-1"))
        .http_client(crate::client::http())
        .build();
    let sts = aws_sdk_sts::Client::from_conf(config);
    let asked = |token: &str| {
        let asked = sts.assume_role_with_web_identity().role_arn(ROLE);
        asked.role_session_name("bucketline").web_identity_token(token)
    };
    let given = asked("right-token").send().await.unwrap();
    assert_eq!(
        (given.provider(), given.subject_from_web_identity_token()),
        (Some(PROVIDER), Some("deploy:exports"))
    );
    let session = given.credentials().unwrap();
    let key = credentials(
        session.access_key_id(),
        session.secret_access_key(),
        Some(session.session_token()),
    );
    let s3 = s3_with(&kit.endpoint(), key, "us-east-1");
    s3.put_object()
        .bucket("acme-events")
        .key("a")
        .send()
        .await
        .unwrap();
    for (token, refusal) in [
        ("other-subject", "AccessDenied"),
        ("other-provider", "AccessDenied"),
        ("made-up-token", "InvalidIdentityToken"),
    ] {
        let refused = asked(token).send().await.unwrap_err();
        assert_eq!(code(&refused), refusal, "{token}");
    }
    world.clock().advance(std::time::Duration::from_secs(601));
    let expired = asked("right-token").send().await.unwrap_err();
    assert_eq!(code(&expired), "ExpiredTokenException");
}
