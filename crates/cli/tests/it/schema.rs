//! `bucketline schema`: what there is, how it has changed, and tables over what is delivered.

use serde_json::Value;

use crate::program::Ran;
use crate::site::{ACME, Site};

fn order(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"Order","fields":[{{"name":"id","type":"string"}}{fields}]}}"#)
}

const PRICE: &str = r#",{"name":"price","type":"float"}"#;
const COUPON: &str = r#",{"name":"coupon","type":["null","string"],"default":null}"#;

/// A connector into a folder, and schemas of which the third breaks readers.
fn site(allow: &str) -> Site {
    let site = Site::new("");
    std::fs::create_dir_all(site.file("schemas/shop.Order")).unwrap();
    site.write("schemas/shop.Order/1.avsc", &order(PRICE));
    site.write("schemas/shop.Order/2.avsc", &order(&format!("{COUPON}{PRICE}")));
    site.write(
        "schemas/shop.Order/5.avsc",
        &order(&format!("{COUPON}{}", PRICE.replace("float", "double"))),
    );
    site.write(
        "bucketline.toml",
        &format!(
            "[spool]\ndir = \"spool\"\n[schemas]\ndir = \"schemas\"\n{allow}\n[[workspace]]\nid = \"acme\"\n[[connector]]\nid = \"{ACME}\"\n\
             workspace = \"acme\"\ndirectory = \"out\"\n"
        ),
    );
    site.write("events.ndjson", "");
    site
}

fn schema(site: &Site, arguments: &[&str]) -> Ran {
    let arguments = std::iter::once("schema").chain(arguments.iter().copied());
    site.program().args(arguments).run()
}

fn json(ran: Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn the_built_in_schemas_are_listed_without_a_configuration() {
    let site = Site::new("");
    std::fs::remove_file(site.file("bucketline.toml")).unwrap();
    let listed = json(schema(&site, &["list", "--format", "json"]).expect_code(0));
    assert_eq!(listed.as_array().unwrap().len(), 94);
    let text = schema(&site, &["list", "users.messages.email.*"])
        .expect_code(0)
        .stdout;
    assert!(
        text.lines().count() > 5 && text.lines().all(|line| line.starts_with("users.messages.email.")),
        "{text}"
    );
    schema(&site, &["list", "users.Nobody"]).expect_code(1);
    let checked = schema(&site, &["check", "--compatibility", "full"])
        .expect_code(0)
        .stdout;
    assert!(checked.starts_with("94 event types, "), "{checked}");
    let log = schema(&site, &["changelog"]).expect_code(0).stdout;
    assert!(
        log.starts_with("## ") && log.contains("A new event type, with "),
        "{log}"
    );
}

#[test]
fn a_change_that_breaks_readers_is_found_and_no_run_begins_until_it_is_allowed() {
    let refused = site("");
    let ran = schema(&refused, &["check"]).expect_code(1);
    assert!(
        ran.stdout
            .contains("shop.Order 2 -> 5:\n  field `price` changed from `\"float\"` to `\"double\"`\n"),
        "{}",
        ran.stdout
    );
    let found = json(schema(&refused, &["check", "--format", "json"]).expect_code(1));
    assert_eq!(
        (&found["ok"], &found["findings"][0]["to"]),
        (&Value::Bool(false), &Value::from(5))
    );
    // Avro's readers go on one way.
    schema(&refused, &["check", "--compatibility", "backward"]).expect_code(0);
    let ran = schema(&refused, &["check", "--compatibility", "full"]).expect_code(1);
    assert!(
        ran.stdout
            .contains("earlier readers cannot read later events: `price`"),
        "{}",
        ran.stdout
    );
    let ran = refused.run().expect_code(2);
    assert!(
        ran.stderr.contains("shop.Order/5.avsc: field `price` changed")
            && ran.stderr.contains("allow_breaking = [{ schema = 5"),
        "{}",
        ran.stderr
    );
    assert!(!refused.file("spool").exists());

    let allowed = site("allow_breaking = [{ schema = 5, reason = \"cents were lost\" }]");
    let ran = schema(&allowed, &["check"]).expect_code(0);
    assert!(
        ran.stdout.contains("  allowed: cents were lost\n"),
        "{}",
        ran.stdout
    );
    allowed.run().expect_code(0);
    for wrong in [
        "{ schema = 0, reason = \"x\" }",
        "{ schema = 5, reason = \" \" }",
        "{ schema = 5 }",
    ] {
        let ran = schema(&site(&format!("allow_breaking = [{wrong}]")), &["check"]).expect_code(2);
        assert!(ran.stderr.contains("bucketline.toml:5:"), "{}", ran.stderr);
    }
}

#[test]
fn two_schemas_are_compared_by_name_and_by_file() {
    let site = site("");
    let ran = schema(&site, &["diff", "shop.Order"]).expect_code(0);
    assert!(
        ran.stdout.contains("field `price` changed") && ran.stdout.contains("(breaks readers)"),
        "{}",
        ran.stdout
    );
    let ran = schema(&site, &["diff", "shop.Order/1", "shop.Order/2"]).expect_code(0);
    assert_eq!(ran.stdout, "optional field `coupon` added\n");
    let ran = json(
        schema(
            &site,
            &[
                "diff",
                "schemas/shop.Order/2.avsc",
                "shop.Order/1",
                "--format",
                "json",
            ],
        )
        .expect_code(0),
    );
    assert_eq!(ran["changes"][0]["change"], "field `coupon` removed");
    assert_eq!(ran["backward"], Value::Array(Vec::new()));
    for unknown in [
        &["diff", "shop.Order/9", "shop.Order"][..],
        &["diff", "shop.Nothing"],
        &["diff", "nothing.avsc", "shop.Order"],
    ] {
        schema(&site, unknown).expect_code(2);
    }
}

#[test]
fn tables_are_written_over_what_the_connector_delivers() {
    let site = site("allow_breaking = [{ schema = 5, reason = \"x\" }]");
    let ran = schema(&site, &["ddl", "duckdb"]).expect_code(0);
    let folder = format!(
        "out/currents/dataexport.prod-01.S3.integration.{ACME}/event_type=shop.Order/date=*/5/*/*.avro"
    );
    assert!(ran.stdout.contains(&folder), "{}", ran.stdout);
    let ran = schema(&site, &["ddl", "athena"]).expect_code(2);
    assert!(
        ran.stderr
            .contains("bucketline.toml:8:1: Athena and Snowflake read buckets"),
        "{}",
        ran.stderr
    );
    schema(&site, &["ddl", "duckdb", "shop.Nothing"]).expect_code(2);
    schema(&site, &["ddl", "duckdb", "--connector", "none"]).expect_code(2);
}
