//! IAM as AWS's own client sees it: managed policies and their versions, boundaries, pages, quotas, and changes that take
//! their time.

use std::time::Duration;

use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::error::ProvideErrorMetadata as _;
use bucketline_testkit::seed::{Account, Bucket, User};
use bucketline_testkit::{Fault, Operation, Seed, Testkit};

const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const LISTS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}}"#;
const PUTS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}"#;

async fn start() -> (Testkit, Iam) {
    let account = Account::new("111122223333")
        .user(
            User::new("admin")
                .access_key("AKIAADMINEXAMPLE0001", "admin-secret")
                .policy("all", ANYTHING),
        )
        .user(User::new("export").access_key("AKIAEXPORTEXAMPLE001", "export-secret"))
        .bucket(Bucket::new("acme-events"));
    let kit = Testkit::start(Seed::new().account(account).build().unwrap())
        .await
        .unwrap();
    let iam = Iam::new(&kit.sdk_config("admin").unwrap());
    (kit, iam)
}

fn s3(kit: &Testkit, user: &str) -> aws_sdk_s3::Client {
    let config = kit.sdk_config(user).unwrap();
    let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

async fn may_list(kit: &Testkit, user: &str) -> bool {
    let listed = s3(kit, user).list_objects_v2().bucket("acme-events").send().await;
    listed.is_ok()
}

#[tokio::test]
async fn a_managed_policy_gives_what_its_default_version_says_and_goes_only_when_it_is_free() {
    let (kit, iam) = start().await;
    let made = iam
        .create_policy()
        .policy_name("delivery")
        .path("/vendors/")
        .description("event export")
        .policy_document(PUTS)
        .send()
        .await
        .unwrap();
    let arn = made.policy().unwrap().arn().unwrap().to_owned();
    assert_eq!(arn, "arn:aws:iam::111122223333:policy/vendors/delivery");
    let twice = iam
        .create_policy()
        .policy_name("delivery")
        .policy_document(PUTS)
        .send()
        .await;
    assert_eq!(twice.unwrap_err().code(), Some("EntityAlreadyExists"));

    iam.attach_user_policy()
        .user_name("export")
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    assert!(!may_list(&kit, "export").await);
    // Another version counts once it is the default.
    let version = iam
        .create_policy_version()
        .policy_arn(&arn)
        .policy_document(LISTS)
        .send()
        .await;
    assert_eq!(
        version.unwrap().policy_version().unwrap().version_id(),
        Some("v2")
    );
    assert!(!may_list(&kit, "export").await);
    iam.set_default_policy_version()
        .policy_arn(&arn)
        .version_id("v2")
        .send()
        .await
        .unwrap();
    assert!(may_list(&kit, "export").await);
    let shown = iam.get_policy().policy_arn(&arn).send().await.unwrap();
    let shown = shown.policy().unwrap();
    assert_eq!(
        (shown.attachment_count(), shown.default_version_id()),
        (Some(1), Some("v2"))
    );

    // Five versions at most; the default one and an attached policy stay.
    for _ in 0..3 {
        iam.create_policy_version()
            .policy_arn(&arn)
            .policy_document(PUTS)
            .send()
            .await
            .unwrap();
    }
    let sixth = iam
        .create_policy_version()
        .policy_arn(&arn)
        .policy_document(PUTS)
        .send()
        .await;
    assert_eq!(sixth.unwrap_err().code(), Some("LimitExceeded"));
    let default = iam
        .delete_policy_version()
        .policy_arn(&arn)
        .version_id("v2")
        .send()
        .await;
    assert_eq!(default.unwrap_err().code(), Some("DeleteConflict"));
    let attached = iam.delete_policy().policy_arn(&arn).send().await;
    assert_eq!(attached.unwrap_err().code(), Some("DeleteConflict"));
    let user = iam.delete_user().user_name("export").send().await;
    assert_eq!(user.unwrap_err().code(), Some("DeleteConflict"));
    iam.detach_user_policy()
        .user_name("export")
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    let again = iam
        .detach_user_policy()
        .user_name("export")
        .policy_arn(&arn)
        .send()
        .await;
    assert_eq!(again.unwrap_err().code(), Some("NoSuchEntity"));
    assert!(!may_list(&kit, "export").await);
    let several = iam.delete_policy().policy_arn(&arn).send().await;
    assert_eq!(several.unwrap_err().code(), Some("DeleteConflict"));
    for version in ["v1", "v3", "v4", "v5"] {
        iam.delete_policy_version()
            .policy_arn(&arn)
            .version_id(version)
            .send()
            .await
            .unwrap();
    }
    iam.delete_policy().policy_arn(&arn).send().await.unwrap();
    let gone = iam.get_policy().policy_arn(&arn).send().await;
    assert_eq!(gone.unwrap_err().code(), Some("NoSuchEntity"));
}

#[tokio::test]
async fn a_boundary_bounds_also_once_its_policy_has_changed_and_until_it_is_taken_away() {
    let (kit, iam) = start().await;
    let made = iam
        .create_policy()
        .policy_name("bound")
        .policy_document(LISTS)
        .send()
        .await
        .unwrap();
    let arn = made.policy().unwrap().arn().unwrap().to_owned();
    iam.put_user_policy()
        .user_name("export")
        .policy_name("all")
        .policy_document(ANYTHING)
        .send()
        .await
        .unwrap();
    let put = async || {
        let put = s3(&kit, "export")
            .put_object()
            .bucket("acme-events")
            .key("a")
            .send()
            .await;
        put.is_ok()
    };
    iam.put_user_permissions_boundary()
        .user_name("export")
        .permissions_boundary(&arn)
        .send()
        .await
        .unwrap();
    assert!(may_list(&kit, "export").await && !put().await);
    let shown = iam.get_user().user_name("export").send().await.unwrap();
    let boundary = shown.user().unwrap().permissions_boundary().unwrap().clone();
    assert_eq!(boundary.permissions_boundary_arn(), Some(arn.as_str()));
    let version = iam
        .create_policy_version()
        .policy_arn(&arn)
        .policy_document(PUTS)
        .set_as_default(true);
    version.send().await.unwrap();
    assert!(!may_list(&kit, "export").await && put().await);
    let used = iam.delete_policy().policy_arn(&arn).send().await;
    assert_eq!(used.unwrap_err().code(), Some("DeleteConflict"));
    iam.delete_user_permissions_boundary()
        .user_name("export")
        .send()
        .await
        .unwrap();
    assert!(may_list(&kit, "export").await && put().await);

    let nowhere = iam
        .create_user()
        .user_name("other")
        .permissions_boundary(format!("{arn}x"));
    assert_eq!(nowhere.send().await.unwrap_err().code(), Some("NoSuchEntity"));
    iam.create_role()
        .role_name("bounded")
        .assume_role_policy_document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#,
        )
        .permissions_boundary(&arn)
        .send()
        .await
        .unwrap();
    let role = iam.get_role().role_name("bounded").send().await.unwrap();
    assert!(role.role().unwrap().permissions_boundary().is_some());
}

#[tokio::test]
async fn lists_come_in_pages_and_each_thing_once() {
    let (_kit, iam) = start().await;
    for n in 0..7 {
        iam.create_user()
            .user_name(format!("user-{n}"))
            .path("/many/")
            .send()
            .await
            .unwrap();
        iam.put_user_policy()
            .user_name("export")
            .policy_name(format!("policy-{n}"))
            .policy_document(LISTS)
            .send()
            .await
            .unwrap();
    }
    let (mut names, mut marker, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let page = iam
            .list_users()
            .path_prefix("/many/")
            .max_items(3)
            .set_marker(marker);
        let page = page.send().await.unwrap();
        names.extend(page.users().iter().map(|user| user.user_name().to_owned()));
        pages += 1;
        marker = page.marker().map(str::to_owned);
        assert_eq!(page.is_truncated(), marker.is_some());
        if marker.is_none() {
            break;
        }
    }
    let wanted: Vec<String> = (0..7).map(|n| format!("user-{n}")).collect();
    assert_eq!((names, pages), (wanted, 3));
    let first = iam
        .list_user_policies()
        .user_name("export")
        .max_items(4)
        .send()
        .await
        .unwrap();
    assert_eq!((first.policy_names().len(), first.is_truncated()), (4, true));
    let none = iam
        .list_user_policies()
        .user_name("export")
        .max_items(0)
        .send()
        .await;
    assert_eq!(none.unwrap_err().code(), Some("ValidationError"));
}

#[tokio::test]
async fn quotas_are_aws_own_and_white_space_is_free() {
    let (_kit, iam) = start().await;
    let large = |characters: usize| {
        let resource = format!("arn:aws:s3:::{}", "a".repeat(characters));
        format!(
            "{{\"Version\": \"2012-10-17\",\n\n  \"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"{resource}\"}}}}"
        )
    };
    let put = async |name: &str, document: String| {
        iam.put_user_policy()
            .user_name("export")
            .policy_name(name)
            .policy_document(document)
            .send()
            .await
            .map_err(|error| error.code().unwrap_or_default().to_owned())
    };
    put("one", large(1500)).await.unwrap();
    assert_eq!(put("two", large(500)).await.unwrap_err(), "LimitExceeded");
    // It takes its own place.
    put("one", large(1800)).await.unwrap();
    let managed = iam
        .create_policy()
        .policy_name("large")
        .policy_document(large(6144))
        .send()
        .await;
    assert_eq!(managed.unwrap_err().code(), Some("LimitExceeded"));
    for n in 0..10 {
        let made = iam
            .create_policy()
            .policy_name(format!("p{n}"))
            .policy_document(LISTS)
            .send()
            .await;
        let arn = made.unwrap().policy().unwrap().arn().unwrap().to_owned();
        iam.attach_user_policy()
            .user_name("export")
            .policy_arn(arn)
            .send()
            .await
            .unwrap();
    }
    let eleventh = iam.attach_user_policy().user_name("export");
    let eleventh = eleventh
        .policy_arn("arn:aws:iam::aws:policy/AdministratorAccess")
        .send()
        .await;
    assert_eq!(eleventh.unwrap_err().code(), Some("LimitExceeded"));
    // A name is taken whatever its case.
    let twin = iam.create_user().user_name("Export").send().await;
    assert_eq!(twin.unwrap_err().code(), Some("EntityAlreadyExists"));
}

#[tokio::test]
async fn changes_are_seen_when_they_have_propagated_and_throttling_is_scripted() {
    let (kit, iam) = start().await;
    let world = kit.world();
    world.set_propagation(Duration::from_secs(10));
    iam.put_user_policy()
        .user_name("export")
        .policy_name("lists")
        .policy_document(LISTS)
        .send()
        .await
        .unwrap();
    // IAM knows it, and who authorizes does not yet.
    iam.get_user_policy()
        .user_name("export")
        .policy_name("lists")
        .send()
        .await
        .unwrap();
    assert!(!may_list(&kit, "export").await);
    world.clock().advance(Duration::from_secs(11));
    assert!(may_list(&kit, "export").await);
    // What is taken away lasts as long.
    iam.delete_user_policy()
        .user_name("export")
        .policy_name("lists")
        .send()
        .await
        .unwrap();
    assert!(may_list(&kit, "export").await);
    world.clock().advance(Duration::from_secs(11));
    assert!(!may_list(&kit, "export").await);
    // A key that was just made is unknown for as long.
    let key = iam.create_access_key().user_name("export").send().await.unwrap();
    let key = key.access_key().unwrap().clone();
    let credentials = aws_sdk_s3::config::Credentials::new(
        key.access_key_id(),
        key.secret_access_key(),
        None,
        None,
        "test",
    );
    let sts = aws_sdk_sts::config::Builder::from(&kit.sdk_config("export").unwrap())
        .credentials_provider(credentials)
        .build();
    let sts = aws_sdk_sts::Client::from_conf(sts);
    let unknown = sts.get_caller_identity().send().await;
    assert_eq!(unknown.unwrap_err().code(), Some("InvalidClientTokenId"));
    world.clock().advance(Duration::from_secs(11));
    sts.get_caller_identity().send().await.unwrap();

    kit.faults().add(
        Fault::error(400, "Throttling")
            .operation(Operation::ListUsers)
            .times(2),
    );
    for _ in 0..2 {
        let throttled = iam.list_users().send().await;
        assert_eq!(throttled.unwrap_err().code(), Some("Throttling"));
    }
    iam.list_users().send().await.unwrap();
}

#[tokio::test]
async fn a_buckets_key_setting_is_kept() {
    let (kit, _) = start().await;
    let s3 = s3(&kit, "admin");
    use aws_sdk_s3::types::{
        ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
        ServerSideEncryptionRule,
    };
    let by_default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::Aes256)
        .build()
        .unwrap();
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(by_default)
        .bucket_key_enabled(true);
    let configuration = ServerSideEncryptionConfiguration::builder().rules(rule.build());
    s3.put_bucket_encryption()
        .bucket("acme-events")
        .server_side_encryption_configuration(configuration.build().unwrap())
        .send()
        .await
        .unwrap();
    let kept = s3
        .get_bucket_encryption()
        .bucket("acme-events")
        .send()
        .await
        .unwrap();
    let kept = kept.server_side_encryption_configuration().unwrap();
    assert_eq!(kept.rules()[0].bucket_key_enabled(), Some(true));
}
