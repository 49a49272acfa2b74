//! What each fault is told as, and that what is to be pasted mends it.

use bucketline_check::{Cause, PasteKind, Report, Settings, StepName, Turn, Verdict};
use bucketline_policy::exporter::template::{ExportScope, least_privilege};
use bucketline_sink::{Encryption, Kms};
use bucketline_testkit::{Fault, KeyStatus, Operation, seed};

use crate::scene::{BUCKET, CUSTOMER, KMS_KEY, Scene, asks_for, policy, trust};

/// That the check failed at this step, for this cause.
fn fails(report: &Report, step: StepName, cause: Cause) {
    assert!(!report.is_ok(), "{report}");
    let found = report.step(step).unwrap();
    assert_eq!(
        (found.verdict, found.cause),
        (Verdict::Fail, Some(cause)),
        "{report}"
    );
    assert!(found.remedy.is_some() && found.turn.is_some(), "{report}");
}

fn passes(report: &Report) {
    assert!(report.is_ok(), "{report}");
}

/// The document that the step says to paste.
fn paste(report: &Report, step: StepName, kind: PasteKind) -> String {
    let mut pastes = report.step(step).unwrap().paste.iter();
    pastes
        .find(|paste| paste.kind == kind)
        .unwrap()
        .document
        .to_json()
}

#[tokio::test]
async fn a_right_key_and_a_right_role_pass_and_leave_nothing_in_the_folder() {
    let scene = Scene::new().await;
    for report in [scene.of_key().await, scene.of_role().await, scene.of_key().await] {
        passes(&report);
        for step in [
            StepName::Identity,
            StepName::List,
            StepName::Put,
            StepName::ReadBack,
            StepName::Scope,
        ] {
            assert_eq!(report.step(step).unwrap().verdict, Verdict::Pass, "{report}");
        }
        let names: Vec<StepName> = report.steps.iter().map(|step| step.step).collect();
        assert!(names.is_sorted() && names.len() == 13, "{names:?}");
    }
    let keys: Vec<String> = scene
        .kit
        .world()
        .objects(BUCKET)
        .iter()
        .map(|object| object.key.clone())
        .collect();
    assert_eq!(keys, ["_bucketline/check"]);
}

#[tokio::test]
async fn a_wrong_secret_and_a_disabled_key_are_told_apart() {
    let mut scene = Scene::new().await;
    scene.secret = "another-secret";
    let report = scene.of_key().await;
    fails(&report, StepName::Identity, Cause::WrongSecret);
    assert_eq!(report.step(StepName::Put).unwrap().verdict, Verdict::Skipped);
    scene
        .kit
        .world()
        .set_key_status("AKIAACMEBUCKETLINE01", KeyStatus::Inactive)
        .unwrap();
    fails(&scene.of_key().await, StepName::Identity, Cause::UnknownKey);
}

#[tokio::test]
async fn another_external_id_is_refused_and_the_trust_policy_to_paste_mends_it() {
    let scene = Scene::new().await;
    let world = scene.kit.world();
    world
        .set_trust_policy(CUSTOMER, "export", &asks_for("somebody-else"))
        .unwrap();
    let report = scene.of_role().await;
    fails(&report, StepName::Identity, Cause::RoleRefused);
    assert_eq!(
        report.step(StepName::Identity).unwrap().code.as_deref(),
        Some("AccessDenied")
    );
    let trust = paste(&report, StepName::Identity, PasteKind::Trust);
    world.set_trust_policy(CUSTOMER, "export", &trust).unwrap();
    passes(&scene.of_role().await);
}

#[tokio::test]
async fn a_role_that_does_not_ask_for_the_external_id_fails() {
    let scene = Scene::new().await;
    let world = scene.kit.world();
    world.set_trust_policy(CUSTOMER, "export", &trust("")).unwrap();
    let report = scene.of_role().await;
    fails(
        &report,
        StepName::ExternalIdRequired,
        Cause::ExternalIdNotRequired,
    );
    // On a timer it is not asked.
    let silent = scene
        .of_role_with(&Settings::default().without_negative_probe())
        .await;
    passes(&silent);
    let trust = paste(&report, StepName::ExternalIdRequired, PasteKind::Trust);
    world.set_trust_policy(CUSTOMER, "export", &trust).unwrap();
    passes(&scene.of_role().await);
}

#[tokio::test]
async fn a_role_that_takes_any_external_id_fails_too() {
    let scene = Scene::new().await;
    let any = trust(r#", "Condition": {"StringLike": {"sts:ExternalId": "*"}}"#);
    scene
        .kit
        .world()
        .set_trust_policy(CUSTOMER, "export", &any)
        .unwrap();
    fails(
        &scene.of_role().await,
        StepName::ExternalIdRequired,
        Cause::ExternalIdNotRequired,
    );
}

#[tokio::test]
async fn a_probe_that_was_throttled_says_nothing_and_is_no_pass() {
    let scene = Scene::new().await;
    let throttled = Fault::error(400, "Throttling")
        .operation(Operation::AssumeRole)
        .skip(1);
    scene.kit.faults().add(throttled);
    let report = scene.of_role().await;
    let probe = report.step(StepName::ExternalIdRequired).unwrap();
    assert_eq!(
        (probe.verdict, probe.turn),
        (Verdict::Inconclusive, Some(Turn::Aws)),
        "{report}"
    );
    assert!(!report.is_ok());
}

#[tokio::test]
async fn each_missing_right_fails_at_its_step_and_the_policy_to_paste_mends_it() {
    for (action, step) in [
        ("s3:GetBucketLocation", StepName::BucketRegion),
        ("s3:ListBucket", StepName::List),
        ("s3:PutObject", StepName::Put),
        ("s3:GetObject", StepName::ReadBack),
    ] {
        let scene = Scene::new().await;
        let world = scene.kit.world();
        // One right less: denied, as if it had never been given.
        let without = policy()
            .to_json()
            .replace(&format!("\"{action}\""), "\"s3:GetBucketTagging\"");
        assert_ne!(without, policy().to_json(), "{action}");
        world
            .set_user_policy(CUSTOMER, "acme", "write", Some(&without))
            .unwrap();
        let report = scene.of_key().await;
        fails(&report, step, Cause::Denied);
        let found = report.step(step).unwrap();
        assert_eq!(
            (found.code.as_deref(), found.action.as_deref()),
            (Some("AccessDenied"), Some(action)),
            "{report}"
        );
        assert!(found.request_id.is_some(), "{report}");
        let pasted = paste(&report, step, PasteKind::Policy);
        world
            .set_user_policy(CUSTOMER, "acme", "write", Some(&pasted))
            .unwrap();
        passes(&scene.of_key().await);
    }
}

#[tokio::test]
async fn a_missing_bucket_and_a_foreign_one_are_told_as_what_they_are() {
    let mut scene = Scene::new().await;
    scene.place.owner = Some("444455556666".parse().unwrap());
    let report = scene.of_key().await;
    fails(&report, StepName::BucketOwner, Cause::ForeignOwner);
    assert!(
        report.to_string().contains("belongs to another account"),
        "{report}"
    );
    scene.place.bucket = "acme-event".to_owned();
    fails(&scene.of_key().await, StepName::BucketRegion, Cause::NoSuchBucket);
}

#[tokio::test]
async fn an_owner_that_nobody_named_is_found_out_where_it_is_the_keys_account() {
    let mut scene = Scene::new().await;
    scene.place.owner = None;
    for custom_endpoint in [false, true] {
        scene.place.custom_endpoint = custom_endpoint;
        let report = scene.of_key().await;
        passes(&report);
        assert_eq!(report.owner, Some(CUSTOMER.parse().unwrap()), "{report}");
        assert_eq!(report.step(StepName::BucketOwner).unwrap().verdict, Verdict::Pass);
    }

    // Of another account than the key: it works, and somebody has to say which account is meant.
    scene.let_a_key_of_the_vendor_in();
    let report = scene.of_vendors_key().await;
    passes(&report);
    let step = report.step(StepName::BucketOwner).unwrap();
    assert_eq!(
        (step.verdict, step.cause),
        (Verdict::Warn, Some(Cause::OwnerUnknown)),
        "{report}"
    );
    assert_eq!(report.owner, None);
}

#[tokio::test]
async fn a_wrong_region_is_corrected_and_told() {
    let mut scene = Scene::new().await;
    scene.place.region = Some("eu-west-1".to_owned());
    let report = scene.of_key().await;
    passes(&report);
    let region = report.step(StepName::BucketRegion).unwrap();
    assert_eq!(
        (region.verdict, region.cause),
        (Verdict::Warn, Some(Cause::WrongRegion)),
        "{report}"
    );
}

#[tokio::test]
async fn a_kms_key_without_permission_fails_the_put_and_the_policy_mends_it() {
    let mut scene = Scene::new().await;
    scene.place.encryption = Encryption::from(Kms::new(KMS_KEY));
    let scope = ExportScope::new(BUCKET.parse().unwrap())
        .folder("currents")
        .kms_key(KMS_KEY.parse().unwrap());
    scene.place.policy = Some(least_privilege(&scope).unwrap());
    let report = scene.of_key().await;
    fails(&report, StepName::Put, Cause::KeyDenied);
    let pasted = paste(&report, StepName::Put, PasteKind::Policy);
    scene
        .kit
        .world()
        .set_user_policy(CUSTOMER, "acme", "write", Some(&pasted))
        .unwrap();
    passes(&scene.of_key().await);
}

#[tokio::test]
async fn a_store_that_forgets_the_encryption_fails() {
    let mut scene =
        Scene::with_bucket(seed::Bucket::new(BUCKET).region("eu-central-1").hide_encryption()).await;
    scene.place.encryption = Encryption::Aes256;
    fails(
        &scene.of_key().await,
        StepName::Encryption,
        Cause::EncryptionIgnored,
    );
}

#[tokio::test]
async fn a_policy_that_reaches_further_is_a_warning_with_a_narrower_one() {
    let scene = Scene::new().await;
    let wide = policy()
        .to_json()
        .replace("acme-events/currents/*", "acme-events/*");
    scene
        .kit
        .world()
        .set_user_policy(CUSTOMER, "acme", "write", Some(&wide))
        .unwrap();
    let report = scene.of_key().await;
    passes(&report);
    let scope = report.step(StepName::Scope).unwrap();
    assert_eq!(
        (scope.verdict, scope.cause),
        (Verdict::Warn, Some(Cause::ReachesTooFar)),
        "{report}"
    );
    assert!(!scope.paste.is_empty());
}

#[tokio::test]
async fn a_new_role_is_waited_for_and_that_is_told() {
    let scene = Scene::new().await;
    let unseen = Fault::error(403, "AccessDenied").operation(Operation::AssumeRole);
    scene.kit.faults().add(unseen);
    let settings = Settings::default().propagation(std::time::Duration::from_secs(60));
    let report = scene.of_role_with(&settings).await;
    passes(&report);
    let what = &report.step(StepName::Identity).unwrap().what;
    assert!(what.contains("until it was seen everywhere"), "{what}");
}

#[tokio::test]
async fn the_report_as_json_has_the_published_names() {
    let scene = Scene::new().await;
    scene
        .kit
        .world()
        .set_trust_policy(CUSTOMER, "export", &trust(""))
        .unwrap();
    let json = serde_json::to_value(scene.of_role().await).unwrap();
    assert_eq!((&json["kind"], &json["ok"]), (&"connector".into(), &false.into()));
    let step = &json["steps"][2];
    for (name, value) in [
        ("step", "external_id_required"),
        ("verdict", "fail"),
        ("turn", "customer"),
        ("cause", "external_id_not_required"),
        ("action", "sts:AssumeRole"),
    ] {
        assert_eq!(step[name], value, "{step}");
    }
    assert_eq!(step["paste"][0]["kind"], "trust");
    assert!(step["paste"][0]["json"]["Statement"].is_array());
    assert!(step["elapsed_ms"].is_u64() && step["code"].is_null() && step["request_id"].is_null());
}
