//! `audit`, `diff` and `explain-denied`.

use super::*;

#[test]
fn audit_names_what_is_lacking_and_what_is_too_much() {
    let dir = folder();
    let needs = ["--bucket", "acme-events", "--folder", "currents"];
    let audit =
        |file: &str, more: &[&str]| policy(dir.path(), &[&["audit", file][..], &needs, more].concat());
    audit("own.json", &[])
        .expect_code(0)
        .expect_said("sufficient")
        .expect_said("minimal");
    audit("own.json", &["--multipart"])
        .expect_code(1)
        .expect_said("lacking: `s3:AbortMultipartUpload`")
        .expect_said("add: {\"Effect\":\"Allow\"");
    audit("wide.json", &[])
        .expect_code(0)
        .expect_said("beyond: policy 1, statement 2 grants `s3:DeleteObject`");
    let found = json_of(
        &audit("wide.json", &["--multipart", "--format", "json"])
            .expect_code(1)
            .stdout,
    );
    assert_eq!(found["sufficient"], false);
    assert_eq!(found["lacks"][0]["reason"], "not_granted");
    assert!(
        found["beyond"]
            .as_array()
            .unwrap()
            .iter()
            .all(|excess| excess["witness"]["action"].is_string())
    );
    audit("own.json", &["--call", "Frobnicate"])
        .expect_code(2)
        .expect_said("Frobnicate");
    audit("own.json", &["--call", "PutObject"])
        .expect_code(0)
        .expect_said("beyond");
}

#[test]
fn diff_gives_a_request_for_each_direction() {
    let dir = folder();
    let diff = |first: &str, second: &str, more: &[&str]| {
        policy(dir.path(), &[&["diff", first, second][..], more].concat())
    };
    assert_eq!(
        diff("own.json", "own.json", &[]).expect_code(0).stdout,
        "equal: both allow the same requests\n"
    );
    diff("wide.json", "own.json", &[])
        .expect_code(1)
        .expect_said("narrower: the first allows all")
        .expect_said("only the first allows: `s3:");
    let found = json_of(
        &diff("own.json", "wide.json", &["--format", "json"])
            .expect_code(1)
            .stdout,
    );
    assert_eq!(found["relation"], "broader");
    assert_eq!(found["only_first"], Value::Null);
    // The witness is one, as `evaluate` answers.
    let witness = &found["only_second"];
    for (file, decision) in [("wide.json", "Allow\n"), ("own.json", "ImplicitDeny\n")] {
        let mut args = vec!["evaluate", file];
        for (option, member) in [
            ("--principal", "principal"),
            ("--action", "action"),
            ("--resource", "resource"),
        ] {
            args.extend([option, witness[member].as_str().unwrap()]);
        }
        assert_eq!(policy(dir.path(), &args).expect_code(0).stdout, decision);
    }
}

#[test]
fn a_refusal_is_explained_with_the_edit_that_lifts_it() {
    let dir = folder();
    let message = format!(
        "User: {CALLER} is not authorized to perform: s3:DeleteObject on resource: \"arn:aws:s3:::acme-events/currents/1.avro\" because no identity-based policy allows the s3:DeleteObject action"
    );
    let explain = |more: &[&str]| {
        policy(
            dir.path(),
            &[&["explain-denied", "--text", &message][..], more].concat(),
        )
    };
    explain(&["own.json"])
        .expect_code(0)
        .expect_said("the policies at hand agree")
        .expect_said(
            "1. in identity policy 1, grant it: {\"op\":\"replace\",\"path\":\"/Statement/0/Action\"",
        );
    explain(&["wide.json"])
        .expect_code(0)
        .expect_said("the policies at hand allow it");
    explain(&[]).expect_code(0).expect_said("no policies are at hand");
    let found = json_of(&explain(&["own.json", "--format", "json"]).expect_code(0).stdout);
    assert_eq!(found["agreement"], "agree");
    assert_eq!(found["resolved"], true);
    assert_eq!(found["steps"][0]["edit"]["op"], "replace");
    assert_eq!(found["request"]["principal"], CALLER);

    let short =
        b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>TX7</RequestId></Error>";
    let args = [
        "explain-denied",
        "--principal",
        CALLER,
        "--action",
        "s3:PutObject",
    ];
    policy_with_input(&args, short)
        .expect_code(0)
        .expect_said("request id TX7");
    policy_with_input(&["explain-denied"], b"all is well")
        .expect_code(2)
        .expect_said("no refusal");
}
