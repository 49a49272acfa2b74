//! `bucketline identifiers`: what a customer needs before the role exists; and what checks keep beside the configuration.

use bucketline_testkit::Operation;
use bucketline_testkit::seed::Bucket;
use serde_json::Value;

use crate::cloud::{Cloud, VENDOR_SECRET};
use crate::program::Ran;
use crate::site::{ACME, GLOBEX, Site};

fn identifiers(site: &Site, args: &[&str]) -> Ran {
    let command = ["identifiers", "--workspace", "acme", "--integration", "currents"];
    site.program().args(command.iter().chain(args).copied()).run()
}

fn json(site: &Site, args: &[&str]) -> Value {
    let args = [args, &["--format", "json"]].concat();
    let ran = identifiers(site, &args).expect_code(0);
    assert!(!ran.all().contains(VENDOR_SECRET), "{}", ran.all());
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_customer_is_told_whom_to_trust_and_the_same_external_id_each_time() {
    let cloud = Cloud::new();
    let site = cloud.site_with("");
    let told = json(&site, &[]);
    assert_eq!(told["account"], "999988887777");
    assert_eq!(told["principal"], "arn:aws:iam::999988887777:user/exporter");
    assert_eq!(told["grant"], Value::Null);
    let id = told["external_id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("acme-") && id.len() == 37, "{id}");
    assert_eq!(json(&site, &[]), told, "it can be told again");
    identifiers(&site, &[]).expect_code(0).expect_said(&id);
    let export = site
        .program()
        .args([
            "identifiers",
            "--workspace",
            "acme",
            "--integration",
            "data-export",
        ])
        .run()
        .expect_code(0);
    assert!(!export.stdout.contains(&id), "each grant has its own");

    // Once a grant uses it, that is said; another grant gets another.
    site.configure(&format!(
        r#"
[[grant]]
id = "acme-role"
type = "assume_role"
role_arn = "arn:aws:iam::111122223333:role/export"
external_id = "{id}"
"#
    ));
    assert_eq!(json(&site, &[])["grant"], "acme-role");
    identifiers(&site, &[])
        .expect_code(0)
        .expect_said("make another with `--new`");
    let new = json(&site, &["--new"]);
    assert!(
        new["external_id"] != id.as_str() && new["grant"].is_null(),
        "{new}"
    );
    assert_eq!(json(&site, &[]), new);
}

#[test]
fn what_cannot_be_told_is_said() {
    let cloud = Cloud::new();
    let site = cloud.site_with("");
    site.program()
        .args(["identifiers", "--workspace", "acne", "--integration", "currents"])
        .run()
        .expect_code(2)
        .expect_said("known: `acme`, `globex`");
    // Without credentials of our own the account of the configuration is what a trust policy can name.
    let nobody = cloud
        .site_with("")
        .set("AWS_ACCESS_KEY_ID", "")
        .set("AWS_EC2_METADATA_DISABLED", "true");
    let told = json(&nobody, &[]);
    assert_eq!(
        (&told["account"], &told["principal"]),
        (&"999988887777".into(), &Value::Null)
    );
    let other = cloud
        .site_with("")
        .set("AWS_ACCESS_KEY_ID", "AKIAACMEBUCKETLINE01")
        .set("AWS_SECRET_ACCESS_KEY", crate::cloud::ACME_SECRET);
    identifiers(&other, &[])
        .expect_code(2)
        .expect_said("our credentials are of account `111122223333`");
    site.write("spool-grants.json", "{");
    identifiers(&site, &[])
        .expect_code(4)
        .expect_said("what is known of grants cannot be used");
}

#[test]
fn a_role_is_asked_without_its_external_id_at_create_and_at_a_change_but_not_at_every_start() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(10, 1);
    let probes = |command: &[&str]| {
        let before = denials(&cloud);
        let rest = ["bucketline.toml", "--drain", "--drain-timeout", "20s"];
        site.program()
            .args(command.iter().copied().chain(rest))
            .run()
            .expect_code(0);
        denials(&cloud) - before
    };
    assert_eq!(probes(&["run", "--check"]), 2, "without, and with a random one");
    assert_eq!(probes(&["run", "--check"]), 0);
    assert_eq!(probes(&["launch", "--connector", GLOBEX]), 0);
    // On demand it is always asked.
    let before = denials(&cloud);
    site.program().args(["check"]).run().expect_code(0);
    assert_eq!(denials(&cloud) - before, 2);
    // Another external ID is another role to us.
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": "globex-0000000000000002"}}}]}"#;
    cloud
        .kit()
        .world()
        .set_trust_policy("444455556666", "export", trust)
        .unwrap();
    site.configure(&Cloud::connectors().replace(crate::cloud::EXTERNAL_ID, "globex-0000000000000002"));
    assert_eq!(probes(&["run", "--check"]), 2);
}

/// The lines that we leave in the customer's trail.
fn denials(cloud: &Cloud) -> u64 {
    let requests = cloud.kit().requests();
    requests.with_outcome(Operation::AssumeRole, "403 AccessDenied")
}

#[test]
fn the_owner_of_a_keys_bucket_is_found_out_by_its_check_and_demanded_from_then_on() {
    let cloud = Cloud::new();
    let nobody_said = Cloud::connectors().replace("bucket_owner = \"111122223333\"\n", "");
    let site = cloud.site_with(&nobody_said);
    site.program()
        .args(["check", "--connector", ACME])
        .run()
        .expect_code(0)
        .expect_said("the bucket belongs to the key's own account `111122223333`");
    site.sample(50, 1);
    site.run().expect_code(0);

    // The customer's bucket is gone, and somebody else has made one of that name, which takes everything.
    let world = cloud.kit().world();
    assert!(world.remove_bucket("acme-events"));
    world.add_bucket(
        "444455556666",
        Bucket::new("acme-events").region("eu-central-1").policy(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
                "Resource": ["arn:aws:s3:::acme-events", "arn:aws:s3:::acme-events/*"]}]}"#,
        ),
    ).unwrap();
    site.sample(60, 2);
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
        .run();
    assert_eq!(ran.code, 3, "{}", ran.all());
    assert_eq!(cloud.keys("acme-events"), Vec::<String>::new());
    site.program()
        .args(["check", "--connector", ACME])
        .run()
        .expect_code(1)
        .expect_said("belongs to another account than `111122223333`");
}
