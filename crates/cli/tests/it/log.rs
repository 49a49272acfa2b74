//! What a run tells by `--log`: lines for machines, of every connector its own, and never a secret.

use bucketline_testkit::{Fault, Operation};
use serde_json::Value;

use crate::cloud::{ACME_SECRET, Cloud, VENDOR_SECRET};
use crate::program::Ran;
use crate::site::{ACME, GLOBEX, Site};

fn run(site: &Site, log: &[&str]) -> Ran {
    let command = [
        "run",
        "--input",
        "events.ndjson",
        "--drain",
        "--drain-timeout",
        "2s",
    ];
    site.program().args(command).args(log.iter().copied()).run()
}

/// Each line of standard error, which has to be JSON.
#[track_caller]
fn lines(ran: &Ran) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: `{line}`"));
    ran.stderr.lines().map(line).collect()
}

#[test]
fn every_line_is_json_with_time_level_and_where_it_has_one_its_connector() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(300, 1);
    let told = lines(&run(&site, &["--log", "json", "--log-level", "debug"]).expect_code(0));
    for line in &told {
        assert!(line["time"].as_str().unwrap().ends_with('Z'), "{line}");
        assert!(
            ["INFO", "DEBUG"].contains(&line["level"].as_str().unwrap()),
            "{line}"
        );
        assert!(!line["message"].as_str().unwrap().is_empty(), "{line}");
    }
    for connector in [ACME, GLOBEX] {
        let of = |line: &&Value| line["connector"] == connector && line["message"] == "the store answered";
        let answers: Vec<&Value> = told.iter().filter(of).collect();
        assert!(answers.iter().any(|line| line["operation"] == "put"), "{told:#?}");
        assert!(answers.iter().all(|line| line["key"].is_string()), "{told:#?}");
    }
    // The session is fetched for a put of its connector, by a task of its own.
    let session = |line: &Value| line["connector"] == GLOBEX && line["message"] == "credentials were fetched";
    assert!(told.iter().any(session), "{told:#?}");
}

#[test]
fn a_refusal_is_told_as_a_warning_of_its_connector_and_in_plain_text_as_well() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(100, 1);
    cloud.kit().faults().add(
        Fault::error(403, "AccessDenied")
            .operation(Operation::PutObject)
            .bucket("acme-events")
            .always(),
    );
    let ran = run(&site, &["--log", "json", "--log-level", "warn"]).expect_code(3);
    let told = lines(&ran);
    let refused = |line: &&Value| line["connector"] == ACME && line["level"] == "WARN";
    let refused: Vec<&Value> = told.iter().filter(refused).collect();
    assert!(
        refused
            .iter()
            .any(|line| line["error"].as_str().is_some_and(|e| e.contains("AccessDenied"))),
        "{told:#?}"
    );
    assert!(told.iter().all(|line| line["connector"] != GLOBEX), "{told:#?}");
    assert_eq!(
        told.last().unwrap()["level"],
        "ERROR",
        "what ended the run: {told:#?}"
    );

    let ran = run(&site, &["--log", "text"]).expect_code(3);
    let refused = |line: &&str| line.contains(" WARN ") && line.contains(&format!("connector=\"{ACME}\""));
    assert!(ran.stderr.lines().any(|line| refused(&line)), "{}", ran.stderr);
}

#[test]
fn no_secret_reaches_the_log_whatever_is_refused() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(200, 1);
    // S3 repeats what was signed, the session token too, when a signature does not match.
    for (operation, status, code) in [
        (Operation::PutObject, 403, "SignatureDoesNotMatch"),
        (Operation::PutObject, 400, "ExpiredToken"),
        (Operation::AssumeRole, 403, "AccessDenied"),
        (Operation::PutObject, 503, "SlowDown"),
    ] {
        let fault = Fault::error(status, code).operation(operation);
        cloud.kit().faults().add(fault.times(2));
    }
    let ran = run(&site, &["--log", "json", "--log-level", "trace"]);
    assert!(lines(&ran).len() > 10, "{}", ran.stderr);
    for secret in [
        VENDOR_SECRET,
        ACME_SECRET,
        "canary",
        "x-amz-security-token",
        "Signature=",
    ] {
        assert!(!ran.all().contains(secret), "`{secret}` in {}", ran.all());
    }
}

#[test]
fn a_level_needs_a_log() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(1, 1);
    run(&site, &["--log-level", "debug"]).expect_code(2);
    run(&site, &["--log", "xml"]).expect_code(2);
}
