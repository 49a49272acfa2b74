//! Set-ups made, stopped, failed and taken away again, against an AWS that judges every call.

use std::ops::ControlFlow;
use std::sync::Arc;

use bucketline_provision::{
    Action, Administrator, ApplyError, AwsBuckets, AwsIam, BucketEncryption, BucketState, Change, KeyFile,
    KeyFileState, Kind, Method, Setup, Vendor,
};
use bucketline_testkit::seed::{Account, Bucket, User};
use bucketline_testkit::{Fault, FaultEffect, Operation, Seed, Testkit};
use tempfile::TempDir;

const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

struct Site {
    kit: Testkit,
    folder: TempDir,
}

impl Site {
    async fn new() -> Self {
        let customer = Account::new("111122223333").user(
            User::new("admin")
                .access_key("AKIAADMINEXAMPLE0001", "admin-secret")
                .policy("all", ANYTHING),
        );
        let stranger =
            Account::new("444455556666").bucket(Bucket::new("taken-events").region("eu-central-1"));
        let world = Seed::new().account(customer).account(stranger).build().unwrap();
        Self {
            kit: Testkit::start(world).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn iam(&self) -> Arc<AwsIam> {
        Arc::new(AwsIam::from_sdk_config(&self.kit.sdk_config("admin").unwrap()).unwrap())
    }

    fn buckets(&self) -> Arc<AwsBuckets> {
        let settings = self.kit.sdk_config("admin").unwrap();
        Arc::new(AwsBuckets::from_sdk_config(&settings, "eu-central-1".parse().unwrap()).unwrap())
    }

    fn administrator(&self) -> Administrator {
        let key_file = KeyFile::new(self.folder.path().join("key.csv"));
        Administrator::new(self.iam(), self.buckets()).key_file(key_file)
    }

    async fn s3(&self) -> aws_sdk_s3::Client {
        let settings = self.kit.sdk_config("admin").unwrap();
        let settings = aws_sdk_s3::config::Builder::from(&settings).force_path_style(true);
        let region = aws_sdk_s3::config::Region::new("eu-central-1");
        aws_sdk_s3::Client::from_conf(settings.region(region).build())
    }
}

fn role(bucket: &str) -> Setup {
    let vendor = Vendor::Account("999988887777".parse().unwrap());
    let external_id = "acme-1".parse().unwrap();
    Setup::builder(bucket.parse().unwrap(), "eu-central-1".parse().unwrap())
        .method(Method::Role { vendor, external_id })
        .build()
        .unwrap()
}

fn user(bucket: &str) -> Setup {
    Setup::builder(bucket.parse().unwrap(), "eu-central-1".parse().unwrap())
        .build()
        .unwrap()
}

fn go_on(_: &Change) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[tokio::test]
async fn a_set_up_that_stands_is_changed_by_nothing_and_taken_away_whole() {
    for setup in [role("acme-events"), user("acme-events")] {
        let site = Site::new().await;
        let admin = site.administrator();
        let applied = admin.apply(&setup, &mut go_on).await.unwrap();
        assert!(applied.plan.pending().count() >= 6);
        let BucketState::Present(bucket) = &applied.observed.bucket else {
            panic!("{applied:?}")
        };
        assert!(bucket.closed && bucket.owner_enforced && bucket.ends_uploads);
        let again = admin.apply(&setup, &mut go_on).await.unwrap();
        assert_eq!(again.plan.pending().count(), 0, "{again:?}");
        admin.destroy(&setup, &mut go_on).await.unwrap();
        let left = admin.observe(&setup).await.unwrap();
        assert_eq!((left.bucket, left.holder), (BucketState::Absent, None));
        assert_eq!(site.kit.world().buckets(), ["taken-events"]);
    }
}

#[tokio::test]
async fn stopped_after_any_change_it_goes_on() {
    for setup in [role("acme-events"), user("acme-events")] {
        let changes = if setup.trust().is_some() { 6 } else { 7 };
        for stop in 1..=changes {
            let site = Site::new().await;
            let admin = site.administrator();
            let mut seen = 0;
            let mut stopping = |_: &Change| {
                seen += 1;
                match seen == stop {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            };
            let stopped = admin.apply(&setup, &mut stopping).await;
            assert!(matches!(stopped, Err(ApplyError::Stopped)), "{stop}: {stopped:?}");
            let gone_on = admin.apply(&setup, &mut go_on).await.unwrap();
            // A new bucket is closed already, and its settings need not be made again.
            assert!(
                gone_on.plan.pending().count() <= changes - stop,
                "{stop}: {gone_on:?}"
            );
            let settled = admin.apply(&setup, &mut go_on).await.unwrap();
            assert_eq!(settled.plan.pending().count(), 0, "{stop}: {settled:?}");
            // And taking it away, stopped after each change too.
            loop {
                let mut stop = |_: &Change| ControlFlow::Break(());
                match admin.destroy(&setup, &mut stop).await {
                    Ok(_) => break,
                    Err(ApplyError::Stopped) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            let left = admin.observe(&setup).await.unwrap();
            assert_eq!((left.bucket, left.holder), (BucketState::Absent, None), "{stop}");
        }
    }
}

/// IAM and S3 show late what was made: it is waited until it is seen twice in a row.
#[tokio::test]
async fn what_is_not_seen_yet_is_waited_for() {
    let site = Site::new().await;
    let (admin, setup) = (site.administrator(), role("acme-events"));
    let unseen = Fault::error(404, "NoSuchEntity").operation(Operation::GetRole);
    site.kit.faults().add(unseen.skip(1).times(2));
    // Seen by one call, and not yet by another.
    let unseen = Fault::error(404, "NoSuchBucket").operation(Operation::ListObjectsV2);
    site.kit.faults().add(unseen);
    let applied = admin.apply(&setup, &mut go_on).await.unwrap();
    assert!(applied.observed.holder.is_some());
    assert_eq!(site.kit.faults().struck(), 3);
    assert!(
        site.kit.requests().of(Operation::GetRole) >= 5,
        "absent, twice unseen, twice seen"
    );
}

/// Killed within a change: a call was carried out, and whoever asked is no more.
#[tokio::test]
async fn dropped_in_the_middle_of_any_call_it_goes_on() {
    const WRITES: [Operation; 8] = [
        Operation::CreateAccessKey,
        Operation::PutBucketOwnershipControls,
        Operation::CreateUser,
        Operation::PutUserPolicy,
        Operation::CreateBucket,
        Operation::PutBucketTagging,
        Operation::PutPublicAccessBlock,
        Operation::PutBucketLifecycleConfiguration,
    ];
    for operation in WRITES {
        let site = Site::new().await;
        let admin = site.administrator();
        let setup = user("acme-events");
        let lost = Fault::new(FaultEffect::ReplyLost).operation(operation);
        site.kit.faults().add(lost.always());
        let mut progress = go_on;
        let carried_out = async {
            while site.kit.requests().of(operation) == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            ended = admin.apply(&setup, &mut progress) => panic!("{operation:?}: {ended:?}"),
            () = carried_out => {}
        }
        site.kit.faults().clear();
        let applied = admin.apply(&setup, &mut go_on).await;
        let applied = applied.unwrap_or_else(|error| panic!("{operation:?}: {error}"));
        let holder = applied.observed.holder.unwrap();
        assert_eq!(
            holder.keys.len(),
            1,
            "{operation:?}: one key, whose secret is known"
        );
        let again = admin.apply(&setup, &mut go_on).await.unwrap();
        assert_eq!(again.plan.pending().count(), 0, "{operation:?}");
    }
}

#[tokio::test]
async fn a_key_whose_secret_was_lost_is_not_left_behind() {
    let site = Site::new().await;
    let (admin, setup) = (site.administrator(), user("acme-events"));
    let lost = || Fault::new(FaultEffect::ReplyLost).operation(Operation::CreateAccessKey);
    site.kit.faults().add(lost());
    let error = admin.apply(&setup, &mut go_on).await.unwrap_err();
    assert!(error.to_string().contains("taken back: user"), "{error}");
    let left = admin.observe(&setup).await.unwrap();
    assert_eq!(
        (left.holder, left.key_file),
        (None, KeyFileState::Absent),
        "{error}"
    );

    // Of a user that was there before, it is the next run that finds it.
    let without_a_file = Administrator::new(site.iam(), site.buckets());
    without_a_file.apply(&setup, &mut go_on).await.unwrap();
    site.kit.faults().add(lost());
    admin.apply(&setup, &mut go_on).await.unwrap_err();
    let applied = admin.apply(&setup, &mut go_on).await.unwrap();
    let done: Vec<_> = applied
        .plan
        .pending()
        .map(|change| (change.action, change.kind))
        .collect();
    assert_eq!(
        done,
        [
            (Action::Delete, Kind::AccessKey),
            (Action::Create, Kind::AccessKey)
        ]
    );
    assert_eq!(applied.observed.holder.unwrap().keys.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_and_an_overload_are_asked_about_again() {
    let site = Site::new().await;
    let setup = role("acme-events");
    for operation in [
        Operation::CreateRole,
        Operation::PutRolePolicy,
        Operation::CreateBucket,
        Operation::PutBucketTagging,
    ] {
        site.kit
            .faults()
            .add(Fault::new(FaultEffect::ReplyLost).operation(operation));
        site.kit
            .faults()
            .add(Fault::error(503, "ServiceUnavailable").operation(operation));
    }
    let admin = site.administrator();
    admin.apply(&setup, &mut go_on).await.unwrap();
    assert_eq!(site.kit.faults().struck(), 8);
    let again = admin.apply(&setup, &mut go_on).await.unwrap();
    assert_eq!(again.plan.pending().count(), 0);
}

#[tokio::test]
async fn a_change_that_fails_takes_back_what_the_run_made() {
    let site = Site::new().await;
    let setup = role("acme-events");
    let denied = Fault::error(403, "AccessDenied").operation(Operation::PutBucketLifecycleConfiguration);
    site.kit.faults().add(denied.always());
    let admin = site.administrator();
    let error = admin.apply(&setup, &mut go_on).await.unwrap_err();
    let ApplyError::Failed(failed) = &error else {
        panic!("{error}")
    };
    assert_eq!(failed.change.kind, Kind::Lifecycle);
    let taken: Vec<Kind> = failed.taken_back.iter().map(|change| change.kind).collect();
    assert_eq!(taken, [Kind::Bucket, Kind::RolePolicy, Kind::Role], "{error}");
    let left = admin.observe(&setup).await.unwrap();
    assert_eq!((left.bucket, left.holder), (BucketState::Absent, None));
}

#[tokio::test]
async fn an_update_that_fails_puts_the_earlier_trust_and_policy_back() {
    let site = Site::new().await;
    let admin = site.administrator();
    let before = role("acme-events");
    admin.apply(&before, &mut go_on).await.unwrap();
    // The customer's own rules took the place of ours, which is to be put back as the last of the changes.
    let rule = aws_sdk_s3::types::LifecycleRule::builder()
        .id("archive")
        .status(aws_sdk_s3::types::ExpirationStatus::Enabled)
        .filter(
            aws_sdk_s3::types::LifecycleRuleFilter::builder()
                .prefix("old/")
                .build(),
        )
        .expiration(aws_sdk_s3::types::LifecycleExpiration::builder().days(30).build())
        .build()
        .unwrap();
    let rules = aws_sdk_s3::types::BucketLifecycleConfiguration::builder().rules(rule);
    let s3 = site.s3().await;
    s3.put_bucket_lifecycle_configuration()
        .bucket("acme-events")
        .lifecycle_configuration(rules.build().unwrap())
        .send()
        .await
        .unwrap();
    let denied = Fault::error(403, "AccessDenied").operation(Operation::PutBucketLifecycleConfiguration);
    site.kit.faults().add(denied.always());

    let method = Method::Role {
        vendor: Vendor::Account("999988887777".parse().unwrap()),
        external_id: "acme-another".parse().unwrap(),
    };
    let after = Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
        .method(method)
        .folder("another")
        .build()
        .unwrap();
    let error = admin.apply(&after, &mut go_on).await.unwrap_err();
    let ApplyError::Failed(failed) = &error else {
        panic!("{error}")
    };
    let mut taken: Vec<Kind> = failed.taken_back.iter().map(|change| change.kind).collect();
    taken.sort_by_key(|kind| kind.as_str());
    assert_eq!(taken, [Kind::RolePolicy, Kind::TrustPolicy], "{error}");
    let holder = admin.observe(&before).await.unwrap().holder.unwrap();
    assert_eq!(holder.trust.as_ref(), before.trust());
    assert_eq!(holder.policy.as_ref(), Some(before.policy()));

    // Allowed, it is made.
    site.kit.faults().clear();
    admin.apply(&after, &mut go_on).await.unwrap();
    let holder = admin.observe(&after).await.unwrap().holder.unwrap();
    assert_eq!(holder.trust.as_ref(), after.trust());
    assert_eq!(holder.policy.as_ref(), Some(after.policy()));
}

#[tokio::test]
async fn a_bucket_that_encrypts_with_a_kms_key_is_set_up_and_its_drift_put_right() {
    const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let site = Site::new().await;
    let admin = site.administrator();
    let method = Method::Role {
        vendor: Vendor::Account("999988887777".parse().unwrap()),
        external_id: "acme-0192f3b4".parse().unwrap(),
    };
    let setup = Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
        .method(method)
        .folder("currents")
        .encryption(BucketEncryption::Kms(KEY.parse().unwrap()))
        .build()
        .unwrap();
    let policy = setup.policy().to_json();
    for granted in [
        "kms:GenerateDataKey",
        "kms:Decrypt",
        KEY,
        "s3.eu-central-1.amazonaws.com",
    ] {
        assert!(policy.contains(granted), "{granted}: {policy}");
    }
    admin.apply(&setup, &mut go_on).await.unwrap();
    let s3 = site.s3().await;
    let encryption = async || {
        let asked = s3
            .get_bucket_encryption()
            .bucket("acme-events")
            .send()
            .await
            .unwrap();
        let rule = asked.server_side_encryption_configuration().unwrap().rules()[0].clone();
        let key = rule
            .apply_server_side_encryption_by_default()
            .unwrap()
            .kms_master_key_id();
        (key.map(str::to_owned), rule.bucket_key_enabled())
    };
    assert_eq!(encryption().await, (Some(KEY.to_owned()), Some(true)));
    let again = admin.apply(&setup, &mut go_on).await.unwrap();
    assert_eq!(again.plan.pending().count(), 0);

    use aws_sdk_s3::types;
    let by_default = types::ServerSideEncryptionByDefault::builder()
        .sse_algorithm(types::ServerSideEncryption::Aes256)
        .build()
        .unwrap();
    let rule = types::ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(by_default)
        .build();
    let drifted = types::ServerSideEncryptionConfiguration::builder().rules(rule);
    s3.put_bucket_encryption()
        .bucket("acme-events")
        .server_side_encryption_configuration(drifted.build().unwrap())
        .send()
        .await
        .unwrap();
    let mended = admin.apply(&setup, &mut go_on).await.unwrap();
    let kinds: Vec<Kind> = mended.plan.pending().map(|change| change.kind).collect();
    assert_eq!(kinds, [Kind::Encryption]);
    assert_eq!(encryption().await, (Some(KEY.to_owned()), Some(true)));
}

#[tokio::test]
async fn what_another_owns_is_not_touched() {
    let site = Site::new().await;
    let admin = site.administrator();
    let refused = admin.apply(&role("taken-events"), &mut go_on).await.unwrap_err();
    assert!(refused.to_string().contains("another account's"), "{refused}");

    let setup = role("acme-events");
    let world = site.kit.world();
    world
        .add_role(
            "111122223333",
            "/",
            "bucketline-acme-events",
            &setup.trust().unwrap().to_json(),
        )
        .unwrap();
    let refused = admin.apply(&setup, &mut go_on).await.unwrap_err();
    assert!(refused.to_string().contains("does not bear the tag"), "{refused}");
    let plan = admin.destroy(&setup, &mut go_on).await.unwrap();
    assert_eq!(plan.pending().count(), 0);
    assert_eq!(world.buckets(), ["taken-events"]);
}

#[tokio::test]
async fn drift_is_put_right_and_the_customers_own_rules_and_tags_stay() {
    use aws_sdk_s3::types as s3;
    let site = Site::new().await;
    let (admin, setup) = (site.administrator(), role("acme-events"));
    admin.apply(&setup, &mut go_on).await.unwrap();
    let client = site.s3().await;
    let rule = s3::LifecycleRule::builder()
        .id("archive")
        .status(s3::ExpirationStatus::Enabled)
        .filter(s3::LifecycleRuleFilter::builder().prefix("old/").build())
        .expiration(s3::LifecycleExpiration::builder().days(30).build())
        .build()
        .unwrap();
    let rules = s3::BucketLifecycleConfiguration::builder()
        .rules(rule.clone())
        .build()
        .unwrap();
    let put = client.put_bucket_lifecycle_configuration().bucket("acme-events");
    put.lifecycle_configuration(rules).send().await.unwrap();
    site.kit
        .world()
        .set_role_policy(
            "111122223333",
            setup.name().as_str(),
            "bucketline-delivery",
            Some(ANYTHING),
        )
        .unwrap();
    let applied = admin.apply(&setup, &mut go_on).await.unwrap();
    let done: Vec<_> = applied
        .plan
        .pending()
        .map(|change| (change.action, change.kind))
        .collect();
    assert_eq!(
        done,
        [
            (Action::Update, Kind::RolePolicy),
            (Action::Create, Kind::Lifecycle)
        ]
    );
    let read = client
        .get_bucket_lifecycle_configuration()
        .bucket("acme-events")
        .send()
        .await
        .unwrap();
    assert_eq!(read.rules().len(), 2);
    assert!(read.rules().contains(&rule));
}
