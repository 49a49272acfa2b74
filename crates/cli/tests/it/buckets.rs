//! The whole job against an AWS that checks signatures and policies: an access key and a role, trouble and its end.

use std::io::Write as _;

use bucketline_testkit::{Fault, FaultEffect, Operation};

use crate::cloud::{ACME_KEY, Cloud};
use crate::program::{finish, signal};
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
        (3, &1.into(), &false.into()),
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
        Fault::new(FaultEffect::ReplyLost)
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

#[test]
fn a_session_that_ended_early_is_renewed_at_once() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let expired = Fault::error(400, "ExpiredToken")
        .operation(Operation::PutObject)
        .bucket("globex-events")
        .times(1);
    cloud.kit().faults().add(expired);
    site.sample(300, 1);
    site.run().expect_code(0);
    assert_eq!(cloud.kit().faults().struck(), 1);
    assert_eq!(
        cloud.kit().requests().of(Operation::AssumeRole),
        2,
        "the first session and its successor"
    );
    site.prove(300);
}

#[test]
fn a_key_that_was_replaced_is_taken_up_without_a_restart() {
    let cloud = Cloud::new();
    let keep = "access_key_id = \"AKIAACMEBUCKETLINE01\"\nsecret_access_key = { env = \"ACME_SECRET\" }";
    let rest = Cloud::connectors().replace(keep, "secret_access_key = { file = \"acme.csv\" }");
    let site = cloud.site_with(&rest);
    let csv = |id: &str, secret: &str| {
        site.write(
            "acme.csv",
            &format!("Access key ID,Secret access key\r\n{id},{secret}\r\n"),
        );
    };
    csv("AKIAACMEBUCKETLINE01", crate::cloud::ACME_SECRET);
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    site.write(
        "bucketline.toml",
        &config.replace("[schemas]", "[delivery]\nage = \"200ms\"\n\n[schemas]"),
    );

    let events = site.sample(200, 1);
    let (first, second) = events.split_at(events.match_indices('\n').nth(99).unwrap().0 + 1);
    let (child, mut stdin) = site.program().args(["run", "--input", "-"]).start_with_input();
    stdin.write_all(first.as_bytes()).unwrap();
    wait_until(|| !cloud.keys("acme-events").is_empty());
    let key = cloud.kit().world().rotate_key("AKIAACMEBUCKETLINE01").unwrap();
    csv(key.access_key_id(), key.secret_access_key());
    stdin.write_all(second.as_bytes()).unwrap();
    drop(stdin);
    let before = cloud.keys("acme-events").len();
    wait_until(|| cloud.keys("acme-events").len() > before);
    assert!(signal(&child, "TERM").success());
    finish(child).expect_code(0);
    site.prove(200);
}

#[test]
fn a_second_signal_stops_at_once_and_loses_nothing() {
    let cloud = Cloud::new();
    let site = cloud.site();
    let faults = cloud.kit().faults();
    faults.add(
        Fault::error(503, "SlowDown")
            .operation(Operation::PutObject)
            .always(),
    );
    site.sample(200, 1);
    let child = site
        .program()
        .args(["run", "--input", "events.ndjson", "--drain"])
        .start();
    wait_until(|| faults.struck() > 0);
    assert!(signal(&child, "INT").success());
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(signal(&child, "INT").success());
    finish(child).expect_code(3).expect_said("stopped at once");
    faults.clear();
    site.run().expect_code(0);
    site.prove(200);
}

#[track_caller]
#[test]
fn a_key_of_the_customers_encrypts_what_is_delivered() {
    let cloud = Cloud::new();
    let asks = |key: &str| {
        Cloud::connectors().replace(
            "encryption = \"aes256\"",
            &format!("encryption = {{ kms = \"{key}\", context = {{ tenant = \"acme\" }} }}"),
        )
    };
    let site = cloud.site_with(&asks(ACME_KEY));
    site.sample(300, 1);
    site.run().expect_code(0);
    site.prove(300);
    let keys = cloud.keys("acme-events");
    assert!(!keys.is_empty());
    for key in keys {
        let object = cloud.kit().world().object("acme-events", &key).unwrap();
        let kms = bucketline_testkit::Encryption::Kms {
            key: ACME_KEY.to_owned(),
        };
        assert_eq!(*object.encryption(), kms);
    }
}

#[test]
fn a_key_that_is_not_there_blocks_its_connector_alone() {
    let cloud = Cloud::new();
    let missing = ACME_KEY.replace("1234abcd", "ffffffff");
    let site = cloud.site_with(&Cloud::connectors().replace(
        "encryption = \"aes256\"",
        &format!("encryption = {{ kms = \"{missing}\" }}"),
    ));
    site.sample(300, 1);
    let ran = site.run().expect_code(3).expect_said("KMS.NotFoundException");
    let line = ran.stdout.lines().find(|line| line.contains(ACME)).unwrap();
    assert!(line.contains("blocked (encryption)"), "{line}");
    assert_eq!(cloud.keys("acme-events"), Vec::<String>::new());
    assert!(!cloud.keys("globex-events").is_empty());
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !condition() {
        assert!(started.elapsed().as_secs() < 20, "it does not come");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_sts_that_cannot_be_asked_is_waited_for_and_blames_nobody() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(300, 1);
    let faults = cloud.kit().faults();
    let outage = || Fault::error(503, "ServiceUnavailable").operation(Operation::AssumeRole);
    // One, since the pause after it is one of wall time; the pauses after several have a test in `auth`, by a clock of its own.
    faults.add(outage());
    site.run().expect_code(0);
    assert_eq!(faults.struck(), 1);
    site.prove(300);

    faults.add(outage().always());
    site.append("events.ndjson", &crate::site::sample(50, 2));
    let ran = site
        .program()
        .args([
            "run",
            "--input",
            "events.ndjson",
            "--drain",
            "--drain-timeout",
            "2s",
        ])
        .run()
        .expect_code(3)
        .expect_said("time is up");
    let line = ran.stdout.lines().find(|line| line.contains(GLOBEX)).unwrap();
    assert!(
        line.contains("degraded") && line.contains("ServiceUnavailable"),
        "{line}"
    );
    assert!(!line.contains("renew the credentials"), "{line}");
}
