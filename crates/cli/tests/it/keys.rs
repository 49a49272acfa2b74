//! A customer's access key, replaced while events are delivered with it; and what a run looks after beside deliveries.

use std::time::{Duration, Instant};

use bucketline_testkit::{KeyStatus, Operation};
use serde_json::Value;

use crate::cloud::{ACME_SECRET, Cloud};
use crate::program::{Program, Ran, finish, signal};
use crate::setup::{ADMIN, Empty};
use crate::site::{ACME, GLOBEX, Site, sample};

/// A customer's user, set up, whose key lies in `key.csv`; and a connector that delivers with it.
fn with_a_key(empty: &Empty, rest: &str) -> Site {
    let site = empty.site();
    empty
        .setup(&site, "apply", &["--method", "user", "--key-file", "key.csv"])
        .expect_code(0);
    site.configure(&format!(
        r#"
[[grant]]
id = "acme"
type = "access_key"
secret_access_key = {{ file = "key.csv" }}

[[connector]]
id = "{ACME}"
workspace = "acme"
grant = "acme"
bucket = "acme-events"
region = "eu-central-1"

[delivery]
age = "1s"
{rest}"#
    ));
    site
}

fn rotate(empty: &Empty, site: &Site, options: &[&str]) -> Ran {
    let endpoint = empty.kit().endpoint();
    let environment = [("AWS_ENDPOINT_URL", endpoint.as_str())].into_iter().chain(ADMIN);
    Program::new(site.path())
        .envs(environment)
        .args(["keys", "rotate", "--grant", "acme"])
        .args(options.iter().copied())
        .run()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(90);
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_key_is_replaced_while_a_run_delivers_with_it_and_the_run_goes_on() {
    let empty = Empty::new();
    let site = with_a_key(&empty, "");
    let world = empty.kit().world();
    let before = std::fs::read_to_string(site.file("key.csv")).unwrap();
    let (one, both) = (sample(100, 1), sample(200, 1));
    site.append("events.ndjson", &one);
    let child = site
        .program()
        .args(["run", "--follow", "--input", "events.ndjson"])
        .start();
    eventually("the first events are delivered", || {
        !world.objects("acme-events").is_empty()
    });

    let ran = rotate(&empty, &site, &["--format", "json"]).expect_code(0);
    let ended: Value = serde_json::from_str(&ran.stdout).unwrap();
    let after = std::fs::read_to_string(site.file("key.csv")).unwrap();
    assert!(
        before.contains(ended["from"].as_str().unwrap()) && after.contains(ended["to"].as_str().unwrap()),
        "{ended}"
    );
    assert_eq!(ended["replaced"], "deleted");
    for secret in [&before, &after].map(|file| file.trim().rsplit(',').next().unwrap().to_owned()) {
        assert!(!ran.all().contains(&secret), "{}", ran.all());
    }
    assert!(!site.file("key.csv.next").exists() && !site.file("key.csv.previous").exists());

    let delivered = world.objects("acme-events").len();
    site.append("events.ndjson", both.strip_prefix(&one).unwrap());
    eventually("later events are delivered with the new key", || {
        world.objects("acme-events").len() > delivered
    });
    assert!(signal(&child, "TERM").success());
    let ran = finish(child).expect_code(0);
    assert!(
        ran.stderr.contains("was replaced in its file") && !ran.stderr.contains("blocked"),
        "{}",
        ran.stderr
    );
    let ours = both.lines().filter(|line| line.contains("\"acme\"")).count();
    site.prove(u64::try_from(ours).unwrap());
}

#[test]
fn a_new_key_that_does_not_pass_the_check_is_deleted_and_the_first_one_stays() {
    let empty = Empty::new();
    let site = with_a_key(&empty, "");
    let before = std::fs::read_to_string(site.file("key.csv")).unwrap();
    let world = empty.kit().world();
    world
        .set_user_policy(
            "111122223333",
            "bucketline-acme-events",
            "bucketline-delivery",
            None,
        )
        .unwrap();
    let ran = rotate(&empty, &site, &[]).expect_code(1);
    assert!(
        ran.stderr
            .contains("it was deleted, and the key before is used as it was"),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(site.file("key.csv")).unwrap(), before);
    let requests = empty.kit().requests();
    assert_eq!(
        (
            requests.with_outcome(Operation::CreateAccessKey, "200"),
            requests.with_outcome(Operation::DeleteAccessKey, "200")
        ),
        (2, 1),
        "one by the set-up, one by the rotation"
    );
}

#[test]
fn what_cannot_be_rotated_says_what_to_change() {
    let cloud = Cloud::new();
    let site = cloud.site();
    for (grant, says) in [
        ("acme-key", "environment variable"),
        ("globex-role", "is a role, which has no key"),
        ("nobody", "no grant `nobody`"),
    ] {
        let ran = site.program().args(["keys", "rotate", "--grant", grant]).run();
        ran.expect_code(2).expect_said(says);
    }
    site.write("secret", ACME_SECRET);
    site.configure(&Cloud::connectors().replace("env = \"ACME_SECRET\"", "file = \"secret\""));
    let ran = site
        .program()
        .args(["keys", "rotate", "--grant", "acme-key"])
        .run();
    ran.expect_code(2).expect_said("leave `access_key_id` out");

    // Nobody to act for the customer.
    let empty = Empty::new();
    let site = with_a_key(&empty, "");
    let ran = Program::new(site.path())
        .envs([("AWS_ENDPOINT_URL", empty.kit().endpoint().as_str())])
        .args(["keys", "rotate", "--grant", "acme"])
        .run();
    ran.expect_code(2)
        .expect_said("whoever administers the customer's account");
}

#[test]
fn a_grant_that_breaks_shows_although_nothing_is_delivered_and_its_role_is_not_probed() {
    let cloud = Cloud::new();
    let rest = format!("{}\n[checks]\nevery = \"2s\"\n", Cloud::connectors());
    let site = cloud.site_with(&rest);
    let requests = cloud.kit().requests();
    let child = site
        .program()
        .args(["run", "--follow", "--input", "events.ndjson"]);
    site.write("events.ndjson", "");
    let child = child.start();
    eventually("both are checked", || {
        ["acme-events", "globex-events"]
            .iter()
            .all(|bucket| cloud.keys(bucket) == ["_bucketline/check"])
    });
    let world = cloud.kit().world();
    world
        .set_role_policy("444455556666", "export", "write", None)
        .unwrap();
    let denied = || requests.with_outcome(Operation::GetBucketLocation, "403 AccessDenied");
    eventually("it is found", || denied() > 0);
    world
        .set_key_status("AKIAACMEBUCKETLINE01", KeyStatus::Inactive)
        .unwrap();
    let puts = requests.of(Operation::PutObject);
    std::thread::sleep(Duration::from_secs(4));
    assert!(signal(&child, "TERM").success());
    let ran = finish(child).expect_code(0);
    for said in [
        format!("connector `{GLOBEX}` has had nothing to deliver, and could not"),
        format!("`bucketline check --connector {GLOBEX}` says what to do"),
        format!("connector `{ACME}` has had nothing to deliver, and could not"),
    ] {
        assert_eq!(ran.stderr.matches(&said).count(), 1, "{said}: {}", ran.stderr);
    }
    let role_refused = requests.with_outcome(Operation::AssumeRole, "403 AccessDenied");
    assert_eq!(role_refused, 0, "no probe on a timer");
    assert!(puts > 0);
}
