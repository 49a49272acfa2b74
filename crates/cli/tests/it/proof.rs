//! `verify` where reading is the trouble: what could not be read is neither damaged nor lost.

use bucketline_testkit::{Fault, FaultEffect, Operation};
use serde_json::Value;

use crate::cloud::Cloud;
use crate::site::Site;

fn delivered(cloud: &Cloud) -> Site {
    let site = cloud.site();
    site.sample(300, 1);
    site.run().expect_code(0);
    site
}

#[test]
fn an_answer_that_breaks_is_asked_for_again() {
    let cloud = Cloud::new();
    let site = delivered(&cloud);
    for (operation, effect) in [
        (Operation::GetObject, FaultEffect::ReplyCut),
        (Operation::GetObject, slow_down()),
        (Operation::ListObjectsV2, slow_down()),
    ] {
        cloud
            .kit()
            .faults()
            .add(Fault::new(effect.clone()).operation(operation).times(2));
        let (code, result) = site.verify();
        assert_eq!(
            (code, &result["holds"]),
            (0, &Value::Bool(true)),
            "{effect:?}: {result:#}"
        );
    }
}

fn slow_down() -> FaultEffect {
    FaultEffect::Error {
        code: "SlowDown".to_owned(),
        status: 503,
        message: None,
    }
}

#[test]
fn what_can_not_be_read_is_not_said_to_be_damaged_or_lost() {
    let cloud = Cloud::new();
    let site = delivered(&cloud);
    let key = cloud.keys("acme-events").remove(0);
    let broken = Fault::new(FaultEffect::ReplyCut)
        .operation(Operation::GetObject)
        .key_prefix(&key)
        .times(1_000);
    cloud.kit().faults().add(broken);
    let (code, result) = site.verify();
    let acme = &result["connectors"][0];
    assert_eq!(code, 3, "{result:#}");
    assert_eq!(
        (&acme["unread"], &acme["lost"], &acme["corrupt"]),
        (&1.into(), &0.into(), &0.into()),
        "{acme:#}"
    );
    assert!(acme["unproved"].as_u64() > Some(0), "{acme:#}");
    assert_eq!(acme["examples"][0]["kind"], "unread");
    assert_eq!(result["connectors"][1]["holds"], true);
}

#[test]
fn a_key_cannot_forge_a_line_of_the_report() {
    let site = Site::local();
    site.sample(30, 1);
    site.run().expect_code(0);
    let forged = site.file("out/currents/acme/a\nevery accepted event is there exactly once\n\u{1b}[2Jb");
    std::fs::write(forged, "x").unwrap();
    let verify = site
        .program()
        .args(["verify", "--input", "events.ndjson"])
        .run()
        .expect_code(1);
    let line = |line: &str| line == "every accepted event is there exactly once";
    assert!(!verify.stdout.lines().any(line), "{}", verify.stdout);
    assert!(verify.stdout.contains(r"a\nevery accepted"), "{}", verify.stdout);
    assert!(!verify.stdout.contains('\u{1b}'), "{:?}", verify.stdout);
}

#[test]
fn the_configuration_may_be_named_first() {
    let site = Site::local();
    site.sample(3, 1);
    std::fs::rename(site.file("bucketline.toml"), site.file("other.toml")).unwrap();
    for command in [
        &["run", "other.toml", "--input", "events.ndjson", "--drain"][..],
        &["status", "other.toml"],
        &["verify", "other.toml", "--input", "events.ndjson"],
    ] {
        site.program().args(command.iter().copied()).run().expect_code(0);
    }
}

#[test]
fn without_a_configuration_the_smallest_one_is_shown() {
    let site = Site::local();
    std::fs::remove_file(site.file("bucketline.toml")).unwrap();
    site.sample(3, 1);
    let run = site
        .program()
        .args(["run", "--input", "events.ndjson", "--drain"])
        .run()
        .expect_code(2);
    let begin = run.stderr.find("[[workspace]]").unwrap();
    let end = run.stderr.find("bucketline: error").unwrap();
    site.write("bucketline.toml", run.stderr.get(begin..end).unwrap());
    site.program()
        .args(["run", "--input", "events.ndjson", "--drain"])
        .run()
        .expect_code(0);
}

#[test]
fn the_end_of_a_run_can_be_read_by_a_program() {
    let site = Site::local();
    site.sample(30, 1);
    let args = ["run", "--input", "events.ndjson", "--drain", "--format", "json"];
    let run = site.program().args(args).run().expect_code(0);
    let end: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&end["complete"], &end["lines"]["accepted"]),
        (&Value::Bool(true), &30.into()),
        "{end:#}"
    );
    let delivered: u64 = end["connectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["delivered"].as_u64().unwrap())
        .sum();
    assert_eq!(delivered, 30);
}
