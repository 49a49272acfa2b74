//! `bucketline check`: what a person and a script see of it, over an AWS that evaluates policies.

use serde_json::Value;

use crate::cloud::{ACME_SECRET, Cloud, VENDOR_SECRET};
use crate::program::Ran;
use crate::site::{ACME, GLOBEX, Site};

fn check(site: &Site, args: &[&str]) -> Ran {
    site.program()
        .args(std::iter::once("check").chain(args.iter().copied()))
        .run()
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.all()))
}

fn trust(condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::999988887777:root"}}{condition}}}]}}"#
    )
}

#[test]
fn good_grants_pass_leave_nothing_behind_and_deliver() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let ran = check(&site, &[]).expect_code(0);
    for line in [
        ACME,
        GLOBEX,
        "external_id_required",
        "the role refuses without the external ID",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    for secret in [VENDOR_SECRET, ACME_SECRET] {
        assert!(!ran.all().contains(secret), "{}", ran.all());
    }
    for bucket in ["acme-events", "globex-events"] {
        assert_eq!(cloud.keys(bucket), ["_bucketline/check"]);
    }
    site.sample(100, 1);
    site.run().expect_code(0);
    site.prove(100);
}

#[test]
fn a_role_without_the_external_id_condition_fails_until_the_paste_is_applied() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust(""))
        .unwrap();
    let ran = check(&site, &["--connector", GLOBEX, "--format", "json"]).expect_code(1);
    let reports = json(&ran);
    assert_eq!(reports["ok"], false);
    assert_eq!(reports["reports"].as_array().unwrap().len(), 1);
    let step = &reports["reports"][0]["steps"][2];
    assert_eq!(
        (&step["step"], &step["verdict"]),
        (&"external_id_required".into(), &"fail".into())
    );
    let paste = step["paste"][0]["json"].to_string();
    world.set_trust_policy("444455556666", "export", &paste).unwrap();
    check(&site, &["--connector", GLOBEX]).expect_code(0);
}

#[test]
fn one_grant_is_checked_alone_and_what_is_unknown_is_a_mistake_of_the_caller() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let reports = json(&check(&site, &["--grant", "globex-role", "--format", "json"]).expect_code(0));
    assert_eq!(
        (&reports["reports"][0]["kind"], &reports["reports"][0]["id"]),
        (&"grant".into(), &"globex-role".into())
    );
    assert!(cloud.keys("globex-events").is_empty());
    check(&site, &["--grant", "nobody"])
        .expect_code(2)
        .expect_said("no grant `nobody`");
    check(&site, &["--connector", "nobody"]).expect_code(2);
}

#[test]
fn a_wrong_secret_and_a_missing_right_say_whose_turn_it_is() {
    let cloud = Cloud::new();
    let wrong = cloud.site().set("ACME_SECRET", "canary-wrong");
    let ran = check(&wrong, &["--connector", ACME])
        .expect_code(1)
        .expect_said("SignatureDoesNotMatch");
    assert!(
        ran.stdout.contains("customer:") && !ran.all().contains("canary"),
        "{}",
        ran.all()
    );

    let lists = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-events"}}"#;
    let world = cloud.kit().world();
    world
        .set_user_policy("111122223333", "bucketline", "write", Some(lists))
        .unwrap();
    let reports = json(&check(&cloud.site(), &["--connector", ACME, "--format", "json"]).expect_code(1));
    let steps = reports["reports"][0]["steps"].as_array().unwrap();
    let put = steps.iter().find(|step| step["step"] == "put").unwrap();
    assert_eq!(
        (&put["cause"], &put["action"], &put["turn"]),
        (&"denied".into(), &"s3:PutObject".into(), &"customer".into())
    );
    let paste = put["paste"][0]["json"].to_string();
    world
        .set_user_policy("111122223333", "bucketline", "write", Some(&paste))
        .unwrap();
    check(&cloud.site(), &["--connector", ACME]).expect_code(0);
}

#[test]
fn a_connector_whose_check_fails_holds_its_events_and_delivers_them_once_it_passes() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(300, 1);
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust(""))
        .unwrap();
    let run = |command: &[&str]| {
        let rest = [
            "bucketline.toml",
            "--input",
            "events.ndjson",
            "--drain",
            "--drain-timeout",
            "20s",
        ];
        site.program().args(command.iter().copied().chain(rest)).run()
    };
    // It would deliver: the role lets everybody in.
    let ran = run(&["run", "--check"])
        .expect_code(3)
        .expect_said("its check failed at `external_id_required`");
    assert!(ran.all().contains("paste this trust policy"), "{}", ran.all());
    assert!(
        cloud.keys("acme-events").len() > 1,
        "the other customer's events are delivered"
    );
    assert_eq!(cloud.keys("globex-events"), ["_bucketline/check"]);
    let asks = r#", "Condition": {"StringEquals": {"sts:ExternalId": "globex-4f1c9a72"}}"#;
    world
        .set_trust_policy("444455556666", "export", &trust(asks))
        .unwrap();
    run(&["launch", "--connector", GLOBEX])
        .expect_code(0)
        .expect_said("passed its check");
    site.prove(300);
}

#[test]
fn external_ids_are_made_and_never_twice_the_same() {
    let cloud = Cloud::new();
    let make = || {
        let site = cloud.site();
        let ran = site
            .program()
            .args(["external-id", "new", "--workspace", "acme"])
            .run();
        ran.expect_code(0).stdout
    };
    let (one, other) = (make(), make());
    assert!(
        one.starts_with("acme-") && one.trim().len() == 37 && one != other,
        "{one} {other}"
    );
}
