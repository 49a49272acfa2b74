//! Transformations by the program: configured, delivered, proved; and each mistake in them named with its place.

use crate::site::{ACME, GLOBEX, Site, files};

/// A second connector of the workspace `acme`.
const OTHER: &str = "70aa11bb22cc33dd44ee55ff";
const SALT: &str = "canary-of-the-salt-0123456789abcdef";

fn connector(id: &str, workspace: &str, transform: &str) -> String {
    format!(
        "\n[[connector]]\nid = \"{id}\"\nworkspace = \"{workspace}\"\ndirectory = \"out\"\nfolder = \"{id}\"\ntransform = [{transform}]\n"
    )
}

/// Two connectors that see nothing personal of `acme`, each in its way, and one that sees all of `globex`.
fn site() -> Site {
    let rules = r#"
    { tag = "pii", action = "remove" },
    { fields = ["latitude", "longitude"], action = "keep" },
    { fields = ["ad_id"], action = "drop" },
"#;
    let salted = r#"{ tag = "pii", action = "hmac", key = { env = "SALT" } }, { fields = ["latitude", "longitude"], action = "keep" }"#;
    Site::new(&format!(
        "{}{}{}",
        connector(ACME, "acme", rules),
        connector(OTHER, "acme", salted),
        connector(GLOBEX, "globex", "")
    ))
    .set("SALT", SALT)
}

/// Everything that is in files below a folder, as far as it is text.
fn all_text(site: &Site, folder: &str) -> String {
    let paths = files(&site.file(folder));
    let texts = paths
        .iter()
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
    texts.collect()
}

#[test]
fn what_is_personal_is_in_no_object_and_not_in_the_spool_and_the_proof_adds_up() {
    let site = site();
    let text = site.sample(300, 11);
    let ran = site.run().expect_code(0);
    let events = |workspace: &str| {
        text.lines()
            .filter(|line| line.contains(&format!("\"workspace\":\"{workspace}\"")))
            .count() as u64
    };
    let proof = site.verify();
    assert_eq!(proof.0, 0, "{}", proof.1);
    assert_eq!(
        proof.1["events_out"],
        2 * events("acme") + events("globex"),
        "{}",
        proof.1
    );

    let (spool, out) = (all_text(&site, "spool"), all_text(&site, "out"));
    let values = |workspace: &str, field: &str| -> Vec<String> {
        text.lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|line| line["workspace"] == workspace)
            .filter_map(|line| line["event"][field].as_str().map(str::to_owned))
            .collect()
    };
    for field in ["email_address", "user_id", "device_id", "phone_number"] {
        for value in values("acme", field) {
            assert!(
                !spool.contains(&value) && !out.contains(&value),
                "{field} {value}"
            );
        }
    }
    assert!(
        values("acme", "email_address").len() > 10,
        "the sample has what is looked for"
    );
    for value in values("globex", "email_address") {
        assert!(out.contains(&value), "{value}");
    }
    for text in [&spool, &out, &ran.all()] {
        assert!(!text.contains(SALT), "the key is nowhere");
    }
}

#[test]
fn the_proof_is_made_with_the_rules_of_today() {
    let site = site();
    site.sample(200, 12);
    site.run().expect_code(0);
    let salted = site.verify();
    assert_eq!(salted.0, 0, "{}", salted.1);
    // Another key: what it would have made is not there, and what is there, nobody expects.
    let site = site.set("SALT", "another-salt-0123456789");
    let (code, proof) = site.verify();
    assert_eq!(code, 1, "{proof}");
    // Without the key there is no proof.
    let site = site.set("SALT", "too-short");
    let ran = site
        .program()
        .args(["verify", "--input", "events.ndjson"])
        .run()
        .expect_code(2);
    assert!(ran.stderr.contains("at least 16 bytes"), "{}", ran.stderr);
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let rule = r#"{ fields = ["email_address"], action = "remove" }"#;
    for (transform, said) in [
        (
            r#"{ fields = ["emial"], action = "hash" }"#,
            ":21:26: the field `emial` is in no event type",
        ),
        (
            r#"{ fields = ["email_address", "time"], action = "remove" }"#,
            ":21:43: `time` is a `long`, which cannot take the text",
        ),
        (
            r#"{ fields = ["user_id"], action = "drop" }"#,
            ":21:26: `user_id` is a `string`, which may not be null",
        ),
        (
            r#"{ tag = "pii", action = "remove" }"#,
            ":21:22: `latitude` is a `float`, which cannot take the text that `remove` would put",
        ),
        (
            r#"{ fields = ["e-mail"], action = "hash" }"#,
            ":21:26: `fields` cannot be used: `e-mail` is not the name of a field",
        ),
        (r#"{ fields = [], action = "hash" }"#, ":21:14: `fields` is empty"),
        (
            r#"{ action = "hash" }"#,
            ":21:14: a transformation has either `fields` or a `tag`",
        ),
        (
            r#"{ fields = ["id"], tag = "pii", action = "hash" }"#,
            "either `fields` or a `tag`",
        ),
        (
            r#"{ tag = "secret", action = "hash" }"#,
            ":21:22: `secret` is not a tag of fields",
        ),
        (
            r#"{ fields = ["email_address"], action = "encrypt" }"#,
            ":21:53: `encrypt` is not a transformation; write `remove`",
        ),
        (
            r#"{ fields = ["email_address"], action = "hmac" }"#,
            ":21:53: `hmac` has no `key`",
        ),
        (
            r#"{ fields = ["email_address"], action = "hash", key = { env = "SALT" } }"#,
            ":21:67: `hash` takes no `key`",
        ),
        (
            r#"{ fields = ["email_address"], action = "hmac", key = "canary-salt" }"#,
            "a secret does not belong in this file",
        ),
        (
            r#"{ fields = ["email_address"], action = "hmac", key = { env = "UNSET" } }"#,
            ":21:67: the environment variable `UNSET` is not set",
        ),
        (
            r#"{ fields = ["email_address"], action = "hmac", key = { env = "SHORT" } }"#,
            ":21:67: a key for `hmac` has at least 16 bytes",
        ),
        (
            &format!("{rule}, {}", rule.replace("remove", "hash")),
            ":21:77: the field `email_address` is chosen by more than one rule",
        ),
        (
            r#"{ field = "email_address", action = "hash" }"#,
            "unknown field `field`",
        ),
    ] {
        let site = Site::new(&connector(ACME, "acme", transform)).set("SHORT", "canary");
        site.write("events.ndjson", "");
        let ran = site.run().expect_code(2);
        assert!(ran.stderr.contains(said), "{transform}: {}", ran.stderr);
        assert!(!ran.all().contains("canary"), "{transform}: {}", ran.all());
        assert!(!site.file("spool").exists(), "{transform}");
    }
}
