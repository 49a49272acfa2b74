//! The whole job against an AWS that checks signatures and policies: an access key and a role, trouble and its end.

use bucketline_testkit::{Effect, Fault, Operation};

use crate::cloud::Cloud;
use crate::site::{ACME, GLOBEX};

const DENY: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;

#[test]
fn events_arrive_once_by_access_key_and_by_role() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(3_000, 1);
    site.run().expect_code(0).expect_said(" 0 pending");
    site.prove(3_000);
    assert!(
        cloud
            .keys("acme-events")
            .iter()
            .all(|key| key.starts_with("currents/dataexport.prod-01.S3.integration."))
    );
    let globex = cloud.keys("globex-events");
    assert!(
        !globex.is_empty() && globex.iter().all(|key| key.starts_with("vendor/currents/")),
        "{globex:?}"
    );
    assert_eq!(
        cloud.kit().requests().of(Operation::AssumeRole),
        2,
        "one session per process"
    );

    let key = &globex[0];
    let cat = site
        .program()
        .args(["cat", &format!("s3://globex-events/{key}")])
        .run()
        .expect_code(0);
    assert!(
        cat.stdout.lines().count() > 0 && cat.stdout.contains("\"id\":"),
        "{}",
        cat.stdout
    );
}

#[test]
fn a_customer_who_revoked_blocks_alone_and_is_served_when_back() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": "another"}}}]}"#;
    cloud
        .kit()
        .world()
        .set_trust_policy("444455556666", "export", trust)
        .unwrap();
    site.sample(1_000, 1);
    let ran = site.run().expect_code(3);
    let line = |id: &str| {
        ran.stdout
            .lines()
            .find(|line| line.contains(id))
            .unwrap()
            .to_owned()
    };
    assert!(line(ACME).contains("pending: 0"), "{}", ran.stdout);
    let blocked = line(GLOBEX);
    assert!(
        blocked.contains("blocked (auth)") && blocked.contains("AccessDenied"),
        "{blocked}"
    );
    assert!(
        blocked.contains("role/export") && blocked.contains("sts:ExternalId"),
        "what to look at: {blocked}"
    );
    assert!(
        ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );
    assert!(cloud.keys("globex-events").is_empty());
    let (code, result) = site.verify();
    assert_eq!(
        (code, &result["unread"], &result["holds"]),
        (1, &1.into(), &false.into()),
        "{result:#}"
    );
    assert_eq!(
        result["connectors"][0]["holds"], true,
        "one customer's trouble hides no other's proof: {result:#}"
    );

    let trust = trust.replace("another", crate::cloud::EXTERNAL_ID);
    cloud
        .kit()
        .world()
        .set_trust_policy("444455556666", "export", &trust)
        .unwrap();
    site.run().expect_code(0);
    site.prove(1_000);
}

#[test]
fn a_policy_that_was_taken_away_names_the_call_and_the_request() {
    let cloud = Cloud::new();
    let site = cloud.site();
    cloud
        .kit()
        .world()
        .set_user_policy("111122223333", "bucketline", "write", Some(DENY))
        .unwrap();
    site.sample(300, 1);
    let ran = site.run().expect_code(3);
    let line = ran.stdout.lines().find(|line| line.contains(ACME)).unwrap();
    for part in ["blocked (auth)", "AccessDenied", "put", "acme-events", "request"] {
        assert!(line.contains(part), "`{part}` in {line}");
    }
}

#[test]
fn a_missing_bucket_blocks_and_what_is_held_waits() {
    let cloud = Cloud::new();
    let site =
        cloud.site_with(&Cloud::connectors().replace("bucket = \"acme-events\"", "bucket = \"acme-event\""));
    site.sample(300, 1);
    let ran = site.run().expect_code(3);
    let line = ran.stdout.lines().find(|line| line.contains(ACME)).unwrap();
    assert!(
        line.contains("blocked (bucket)") && line.contains("NoSuchBucket"),
        "{line}"
    );
}

#[test]
fn a_bucket_of_another_account_is_refused() {
    let cloud = Cloud::new();
    let rest = Cloud::connectors().replace(
        "bucket_owner = \"111122223333\"",
        "bucket_owner = \"222233334444\"",
    );
    let site = cloud.site_with(&rest);
    site.sample(300, 1);
    let ran = site.run().expect_code(3);
    let line = ran.stdout.lines().find(|line| line.contains(ACME)).unwrap();
    assert!(
        line.contains("blocked (") && line.contains("AccessDenied"),
        "{line}"
    );
    assert!(cloud.keys("acme-events").is_empty());
}

#[test]
fn a_wrong_region_is_put_right_or_said() {
    let cloud = Cloud::new();
    let rest = Cloud::connectors().replace("bucket_owner", "region = \"us-west-2\"\nbucket_owner");
    let site = cloud.site_with(&rest);
    site.sample(300, 1);
    let ran = site.run();
    if ran.code == 0 {
        site.prove(300);
    } else {
        let ran = ran.expect_code(3);
        let line = ran.stdout.lines().find(|line| line.contains(ACME)).unwrap();
        assert!(line.contains("eu-central-1"), "the right one is named: {line}");
    }
}

#[test]
fn a_store_in_trouble_delays_and_doubles_nothing() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let faults = cloud.kit().faults();
    faults.add(
        Fault::new(Effect::ReplyLost)
            .operation(Operation::PutObject)
            .probability(0.3, 1)
            .times(6),
    );
    faults.add(
        Fault::error(500, "InternalError")
            .operation(Operation::PutObject)
            .probability(0.2, 2)
            .times(6),
    );
    faults.add(
        Fault::error(503, "SlowDown")
            .operation(Operation::PutObject)
            .probability(0.2, 3)
            .times(6),
    );
    site.sample(1_500, 1);
    site.run().expect_code(0);
    assert!(faults.struck() >= 6, "{}", faults.struck());
    site.prove(1_500);
}

#[test]
fn one_customers_store_that_hangs_stops_nobody_else() {
    let cloud = Cloud::new();
    let site = cloud.site();
    cloud.kit().faults().add(
        Fault::error(503, "SlowDown")
            .operation(Operation::PutObject)
            .bucket("globex-events")
            .always(),
    );
    site.sample(500, 1);
    let ran = site
        .program()
        .args([
            "run",
            "--input",
            "events.ndjson",
            "--drain",
            "--drain-timeout",
            "3s",
        ])
        .run()
        .expect_code(3)
        .expect_said("time is up");
    let line = |id: &str| {
        ran.stdout
            .lines()
            .find(|line| line.contains(id))
            .unwrap()
            .to_owned()
    };
    assert!(line(ACME).contains("pending: 0"), "{}", ran.stdout);
    assert!(line(GLOBEX).contains("SlowDown"), "{}", ran.stdout);
    let verify = site
        .program()
        .args(["verify", "--input", "events.ndjson"])
        .run()
        .expect_code(1);
    assert!(verify.stderr.contains("still held"), "{}", verify.stderr);
}
