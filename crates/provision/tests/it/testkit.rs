//! The whole way over HTTP, against an IAM whose users and roles then really have the rights that they were given.

use aws_sdk_iam::error::ProvideErrorMetadata as _;
use bucketline_policy::Document;
use bucketline_policy::exporter::template::{TrustOptions, trust_policy};
use bucketline_provision::{AwsIam, CreateRole, CreateUser, ErrorKind, Iam, IamName, KeyStatus};
use bucketline_testkit::seed::{Account, User};
use bucketline_testkit::{Seed, Testkit};

const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const READS: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}}"#;

async fn start() -> Testkit {
    let customer = Account::new("111122223333")
        .user(
            User::new("admin")
                .access_key("AKIAADMINEXAMPLE0001", "admin-secret")
                .policy("all", ANYTHING),
        )
        .user(
            User::new("reader")
                .access_key("AKIAREADEREXAMPLE001", "reader-secret")
                .policy("reads", READS),
        );
    let vendor = Account::new("999988887777").user(
        User::new("vendor")
            .access_key("AKIAVENDOREXAMPLE001", "vendor-secret")
            .policy("all", ANYTHING),
    );
    let world = Seed::new().account(customer).account(vendor).build().unwrap();
    Testkit::start(world).await.unwrap()
}

fn iam(kit: &Testkit, user: &str) -> AwsIam {
    AwsIam::from_sdk_config(&kit.sdk_config(user).unwrap()).unwrap()
}

fn name(text: &str) -> IamName {
    text.parse().unwrap()
}

fn trust(external_id: &str) -> Document {
    trust_policy(&TrustOptions::account(
        "999988887777".parse().unwrap(),
        external_id,
    ))
    .unwrap()
}

/// Whether the vendor gets a session of the role.
async fn assumed(kit: &Testkit) -> Result<String, String> {
    let sts = aws_sdk_sts::Client::new(&kit.sdk_config("vendor").unwrap());
    let asked = sts
        .assume_role()
        .role_arn("arn:aws:iam::111122223333:role/vendors/export")
        .role_session_name("bucketline")
        .external_id("bl-1");
    match asked.send().await {
        Ok(output) => Ok(output.assumed_role_user().unwrap().assumed_role_id().to_owned()),
        Err(error) => Err(error.code().unwrap_or_default().to_owned()),
    }
}

#[tokio::test]
async fn a_role_that_was_made_can_be_assumed_and_reads_as_it_was_made() {
    let kit = start().await;
    let iam = iam(&kit, "admin");
    assert_eq!(
        iam.get_role(&name("export")).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let role = CreateRole::new(name("export"), trust("bl-1"))
        .path("/vendors/".parse().unwrap())
        .description("event export")
        .max_session(std::time::Duration::from_secs(7200))
        .tag("made-by", "bucketline");
    let made = iam.create_role(&role).await.unwrap();
    assert_eq!(iam.get_role(&name("export")).await.unwrap(), made);
    assert_eq!((made.max_session.as_secs(), made.trust), (7200, trust("bl-1")));
    assert_eq!(made.tags.get("made-by").map(String::as_str), Some("bucketline"));
    assert_eq!(
        iam.create_role(&role).await.unwrap_err().kind(),
        ErrorKind::AlreadyExists
    );
    assert!(assumed(&kit).await.is_ok());

    let policy = Document::parse(READS).unwrap();
    iam.put_role_policy(&name("export"), &name("delivery"), &policy)
        .await
        .unwrap();
    assert_eq!(
        iam.get_role_policy(&name("export"), &name("delivery"))
            .await
            .unwrap(),
        policy
    );
    iam.update_assume_role_policy(&name("export"), &trust("bl-2"))
        .await
        .unwrap();
    assert_eq!(assumed(&kit).await, Err("AccessDenied".to_owned()));
}

#[tokio::test]
async fn a_user_has_two_keys_at_most_and_each_signs_until_it_is_gone() {
    let kit = start().await;
    let iam = iam(&kit, "admin");
    let user = name("export");
    iam.create_user(&CreateUser::new(user.clone()).tag("made-by", "bucketline"))
        .await
        .unwrap();
    let key = iam.create_access_key(&user).await.unwrap();
    iam.create_access_key(&user).await.unwrap();
    assert_eq!(
        iam.create_access_key(&user).await.unwrap_err().kind(),
        ErrorKind::LimitExceeded
    );
    let listed = iam.list_access_keys(&user).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .all(|key| key.status == KeyStatus::Active && key.created.is_some())
    );
    assert!(listed.iter().any(|listed| listed.id == *key.id()));
    iam.delete_access_key(&user, key.id()).await.unwrap();
    assert_eq!(
        iam.delete_access_key(&user, key.id()).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    let kit = start().await;
    let (admin, reader) = (iam(&kit, "admin"), iam(&kit, "reader"));
    admin.create_user(&CreateUser::new(name("export"))).await.unwrap();
    reader.get_user(&name("export")).await.unwrap();
    let error = reader
        .create_user(&CreateUser::new(name("mine")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
    assert!(error.to_string().contains("iam:CreateUser"), "{error}");
}

#[tokio::test]
async fn what_something_depends_on_is_not_deleted_and_a_role_made_anew_is_another() {
    let kit = start().await;
    let port = iam(&kit, "admin");
    let role = CreateRole::new(name("export"), trust("bl-1")).path("/vendors/".parse().unwrap());
    port.create_role(&role).await.unwrap();
    let before = assumed(&kit).await.unwrap();
    port.put_role_policy(&name("export"), &name("p"), &Document::parse(READS).unwrap())
        .await
        .unwrap();
    let sdk = aws_sdk_iam::Client::new(&kit.sdk_config("admin").unwrap());
    let refused = sdk.delete_role().role_name("export").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("DeleteConflict"));
    sdk.delete_role_policy()
        .role_name("export")
        .policy_name("p")
        .send()
        .await
        .unwrap();
    let left = sdk.list_role_policies().role_name("export").send().await.unwrap();
    assert!(left.policy_names().is_empty());
    sdk.delete_role().role_name("export").send().await.unwrap();
    assert_eq!(assumed(&kit).await, Err("AccessDenied".to_owned()));
    port.create_role(&role).await.unwrap();
    assert_ne!(assumed(&kit).await.unwrap(), before);

    sdk.create_user().user_name("old").send().await.unwrap();
    let key = sdk.create_access_key().user_name("old").send().await.unwrap();
    let refused = sdk.delete_user().user_name("old").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("DeleteConflict"));
    let id = key.access_key().unwrap().access_key_id().to_owned();
    sdk.delete_access_key()
        .user_name("old")
        .access_key_id(id)
        .send()
        .await
        .unwrap();
    sdk.delete_user().user_name("old").send().await.unwrap();
    let malformed = sdk
        .put_role_policy()
        .role_name("export")
        .policy_name("p")
        .policy_document("{\"Statement\": 1}");
    assert_eq!(
        malformed.send().await.unwrap_err().code(),
        Some("MalformedPolicyDocument")
    );
}

#[tokio::test]
async fn a_wrong_secret_is_refused_whatever_it_asks() {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    let kit = start().await;
    let of = |key: &str, secret: &str| {
        let credentials = Credentials::new(key, secret, None, None, "test");
        let settings = kit.sdk_config("admin").unwrap().into_builder();
        let settings = settings.credentials_provider(SharedCredentialsProvider::new(credentials));
        AwsIam::from_sdk_config(&settings.build()).unwrap()
    };
    for (key, secret, code) in [
        ("AKIAADMINEXAMPLE0001", "another-secret", "SignatureDoesNotMatch"),
        ("AKIANOBODYEXAMPLE001", "admin-secret", "InvalidClientTokenId"),
    ] {
        let error = of(key, secret)
            .create_user(&CreateUser::new(name("mine")))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Unauthenticated, Some(code)),
            "{error}"
        );
    }
    assert_eq!(
        iam(&kit, "admin")
            .get_user(&name("mine"))
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}
