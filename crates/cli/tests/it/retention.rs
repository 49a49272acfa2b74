//! What cannot be delivered within the retention is given up, in small: the program runs, the ledger says so, and the rest arrives.

use std::time::Duration;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::program::{finish, signal};
use crate::site::{ACME, GLOBEX, Site};

/// What a run says on the way, once it has given up.
const WARNED: [&str; 2] = [
    "of the retention are over for the oldest of the",
    "events were given up (retention)",
];

/// Runs until nothing is held for a connector any more, without draining: time passes only while the program runs.
fn run_out(site: &Site) -> Value {
    let mut said = String::new();
    for _ in 0..20 {
        let child = site
            .program()
            .args(["run", "bucketline.toml", "--drain-timeout", "1s"])
            .start();
        std::thread::sleep(Duration::from_secs(3));
        assert!(signal(&child, "TERM").success());
        said.push_str(&finish(child).stderr);
        let ledger = ledger(site);
        if of(&ledger, ACME).all(|events| events["pending"] == 0) {
            for warning in WARNED {
                assert!(said.contains(warning), "{warning} is not in {said}");
            }
            return ledger;
        }
    }
    panic!("it is held on: {:#}", ledger(site));
}

fn ledger(site: &Site) -> Value {
    let ran = site.program().args(["ledger", "--format", "json"]).run();
    serde_json::from_str(&ran.expect_code(0).stdout).unwrap()
}

fn of<'a>(ledger: &'a Value, id: &str) -> impl Iterator<Item = &'a Value> {
    let connectors = ledger["connectors"].as_array().unwrap().iter();
    let mut found = connectors.filter(move |connector| connector["connector"] == *id);
    found.next().unwrap()["event_types"].as_array().unwrap().iter()
}

fn sum(ledger: &Value, id: &str, count: &str) -> u64 {
    of(ledger, id).map(|events| events[count].as_u64().unwrap()).sum()
}

#[test]
fn what_a_misspelt_bucket_never_took_is_given_up_and_accounted_for() {
    let cloud = Cloud::new();
    let right = Cloud::connectors();
    let site = cloud.site_with(&right.replace("bucket = \"acme-events\"", "bucket = \"acme-evens\""));
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    let set = |config: &str| {
        let config = config.replace(
            "dir = \"spool\"",
            "dir = \"spool\"\nretention = \"8s\"\nmemory = \"1MB\"",
        );
        site.write("bucketline.toml", &config);
    };
    set(&config);
    site.sample(300, 1);
    site.run().expect_code(3);
    assert!(sum(&ledger(&site), ACME, "pending") > 0);

    let given_up = run_out(&site);
    let dropped = sum(&given_up, ACME, "dropped");
    assert_eq!(dropped, sum(&given_up, ACME, "admitted"), "{given_up:#}");
    assert_eq!(
        sum(&given_up, GLOBEX, "dropped"),
        0,
        "only who is in trouble loses anything"
    );
    for events in of(&given_up, ACME) {
        let drops = events["drops"].as_array().unwrap();
        assert_eq!(drops.len(), 1, "{events:#}");
        assert_eq!(
            (&drops[0]["reason"], &drops[0]["known"]),
            (&"retention".into(), &true.into())
        );
        assert_eq!(drops[0]["count"], events["dropped"]);
    }

    // Corrected: what comes from now on arrives, and what was given up is told apart from what is lost.
    set(&config.replace("acme-evens", "acme-events"));
    let before = site.sample(300, 1);
    site.append("events.ndjson", &crate::site::sample(200, 2));
    assert!(
        std::fs::read_to_string(site.file("events.ndjson"))
            .unwrap()
            .starts_with(&before)
    );
    site.run().expect_code(0).expect_said(" 0 pending");
    let (code, proof) = site.verify();
    assert_eq!(
        (code, &proof["lost"], &proof["given_up"]),
        (0, &0.into(), &dropped.into()),
        "{proof:#}"
    );
    site.program()
        .args(["ledger", "verify"])
        .run()
        .expect_code(0)
        .expect_said(&format!("dropped: {dropped}"));
    site.program()
        .args(["verify", "--input", "events.ndjson"])
        .run()
        .expect_said("or was given up");
}

#[test]
fn a_quota_is_kept_and_a_wrong_one_refused() {
    let cloud = Cloud::new();
    let right = Cloud::connectors();
    let with = |quota: &str| {
        right.replace(
            "bucket = \"acme-events\"",
            &format!("bucket = \"acme-evens\"\nquota = {quota}"),
        )
    };
    let site = cloud.site_with(&with("{ events = 50, policy = \"drop_newest\" }"));
    site.sample(300, 1);
    site.run().expect_code(3);
    let counts = ledger(&site);
    assert!(sum(&counts, ACME, "pending") <= 50, "{counts:#}");
    assert!(sum(&counts, ACME, "dropped") > 0, "{counts:#}");
    assert_eq!(sum(&counts, GLOBEX, "dropped"), 0);
    for (quota, said) in [
        ("\"5 GB\"", "`5 GB` is not a size"),
        ("{ policy = \"drop_oldest\" }", "neither `bytes` nor `events`"),
        ("{ events = 0 }", "nothing at all"),
        ("{ events = 5, policy = \"drop_all\" }", "`drop_all` is neither"),
        ("{ evens = 5 }", "bytes, events, policy"),
    ] {
        let site = cloud.site_with(&with(quota));
        site.program()
            .args(["status"])
            .run()
            .expect_code(2)
            .expect_said(said);
    }
}

#[test]
fn what_no_setting_of_the_spool_can_mean_is_refused() {
    for (setting, said) in [
        ("retention = \"0s\"", "given up at once"),
        ("memory = \"256 MB\"", "not a size"),
        ("replay = \"24h\"", "unknown field `replay`"),
        ("shards = 4", "unknown field `shards`"),
    ] {
        let site = Site::local();
        let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
        site.write(
            "bucketline.toml",
            &config.replace("dir = \"spool\"", &format!("dir = \"spool\"\n{setting}")),
        );
        site.program()
            .args(["status"])
            .run()
            .expect_code(2)
            .expect_said(said);
    }
}
