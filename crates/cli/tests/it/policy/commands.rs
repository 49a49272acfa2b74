//! Every subcommand but the batch forms: text, JSON, exit codes, `-`, and files that are no policies.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{policy, policy_with_input};

const CALLER: &str = "arn:aws:iam::123456789012:user/ada";

/// A folder with a policy for `acme-events/currents`, one that is wider, and a bucket policy that denies.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, args: &[&str]| {
        let text = policy(dir.path(), args).expect_code(0).stdout;
        fs::write(dir.path().join(name), text).unwrap();
    };
    write(
        "own.json",
        &[
            "template",
            "currents",
            "--bucket",
            "acme-events",
            "--folder",
            "currents",
        ],
    );
    write(
        "wide.json",
        &[
            "template",
            "data-export",
            "--documented",
            "--holder",
            "user",
            "--bucket",
            "acme-events",
        ],
    );
    write(
        "guard.json",
        &["template", "bucket", "--bucket", "acme-events", "--tls-only"],
    );
    dir
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn put(dir: &Path, command: &str, more: &[&str]) -> crate::program::Ran {
    let mut args = vec![
        command,
        "own.json",
        "--principal",
        CALLER,
        "--action",
        "s3:PutObject",
    ];
    args.extend(more);
    policy(dir, &args)
}

#[test]
fn templates_name_bucket_and_folders() {
    let dir = tempfile::tempdir().unwrap();
    let template = |args: &[&str]| {
        let mut all = vec!["template"];
        all.extend(args);
        all.extend(["--format", "json"]);
        let text = policy(dir.path(), &all).expect_code(0).stdout;
        assert_eq!(text.lines().count(), 1);
        json_of(&text).to_string()
    };
    let least = template(&[
        "currents",
        "--bucket",
        "acme-events",
        "--folder",
        "a",
        "--folder",
        "b",
    ]);
    for part in [
        "acme-events/a/*",
        "acme-events/b/*",
        "_bucketline",
        "s3:prefix",
        "GetBucketLocation",
    ] {
        assert!(least.contains(part), "{part}: {least}");
    }
    for part in ["Delete", "kms:", "Multipart", "INSERTBUCKETNAME"] {
        assert!(!least.contains(part), "{part}: {least}");
    }
    assert!(
        !template(&[
            "currents",
            "--bucket",
            "acme-events",
            "--folder",
            "a",
            "--no-claims"
        ])
        .contains("_bucketline")
    );
    assert!(
        template(&["both", "--bucket", "acme-events", "--folder", "a", "--multipart"])
            .contains("AbortMultipartUpload")
    );
    let kms = [
        "session",
        "--bucket",
        "acme-events",
        "--folder",
        "a",
        "--kms-region",
        "eu-west-1",
    ];
    assert!(template(&kms).contains("s3.eu-west-1.amazonaws.com"));
    assert!(template(&["boundary", "--bucket", "acme-events", "--data-export"]).contains("segment-export"));
    let (user, role) = (
        template(&["data-export", "--documented", "--holder", "user"]),
        template(&["data-export", "--documented", "--holder", "role"]),
    );
    assert!(user.contains("INSERTBUCKETNAME*") && role.contains("INSERTBUCKETNAME/*") && user != role);
    let bucket = [
        "bucket",
        "--bucket",
        "acme-events",
        "--require-encryption",
        "aes256",
        "--only-account",
        "123456789012",
    ];
    assert!(template(&bucket).contains("AES256"));
}

#[test]
fn templates_refuse_what_makes_no_policy() {
    let dir = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["template", "currents"][..], "--bucket"),
        (&["template", "currents", "--bucket", "acme-events"], "folder"),
        (&["template", "currents", "--bucket", "Acme"], "Acme"),
        (
            &[
                "template",
                "currents",
                "--bucket",
                "acme-events",
                "--folder",
                "/a",
            ],
            "/a",
        ),
        (
            &["template", "currents", "--documented", "--folder", "a"],
            "--documented",
        ),
        (&["template", "bucket", "--bucket", "acme-events"], "statement"),
        (&["trust", "--vendor-account", "123456789012"], "--external-id"),
        (&["trust", "--external-id", "ab-1"], "--vendor-account"),
        (
            &["trust", "--vendor-account", "1234", "--external-id", "ab-1"],
            "1234",
        ),
        (
            &[
                "trust",
                "--vendor-account",
                "123456789012",
                "--external-id",
                "a b",
            ],
            "external id",
        ),
    ] {
        policy(dir.path(), args).expect_code(2).expect_said(said);
    }
}

#[test]
fn trust_demands_the_external_id() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "trust",
        "--vendor-account",
        "210987654321",
        "--external-id",
        "tenant-7",
        "--external-id",
        "tenant-8",
    ];
    let trust = json_of(&policy(dir.path(), &args).expect_code(0).stdout);
    let statement = &trust["Statement"][0];
    assert_eq!(
        statement["Condition"]["StringEquals"]["sts:ExternalId"],
        json!(["tenant-7", "tenant-8"])
    );
    let role = "arn:aws:iam::210987654321:role/Exporter";
    let args = ["trust", "--vendor-role", role, "--external-id", "tenant-7"];
    policy(dir.path(), &args).expect_code(0).expect_said(role);
}

#[test]
fn evaluate_and_explain_answer_one_request() {
    let dir = folder();
    let inside = ["--resource", "arn:aws:s3:::acme-events/currents/1.avro"];
    let outside = ["--resource", "arn:aws:s3:::acme-events/other/1.avro"];
    assert_eq!(
        put(dir.path(), "evaluate", &inside).expect_code(0).stdout,
        "Allow\n"
    );
    assert_eq!(
        put(dir.path(), "evaluate", &outside).expect_code(0).stdout,
        "ImplicitDeny\n"
    );
    let plain_http = [
        &inside[..],
        &[
            "--resource-policy",
            "guard.json",
            "--context",
            "aws:SecureTransport=false",
        ],
    ]
    .concat();
    assert_eq!(
        put(dir.path(), "evaluate", &plain_http).expect_code(0).stdout,
        "ExplicitDeny\n"
    );
    let answer = put(
        dir.path(),
        "evaluate",
        &[&inside[..], &["--format", "json"]].concat(),
    )
    .expect_code(0)
    .stdout;
    assert_eq!(
        answer,
        "{\"decision\":\"Allow\",\"by\":{\"statement\":[\"identity\",{\"document\":0,\"statement\":0}]}}\n"
    );

    put(dir.path(), "explain", &outside)
        .expect_code(0)
        .expect_said("implicit deny: no identity policy allows")
        .expect_said("is not among `arn:aws:s3:::acme-events/currents/*`");
    let why = put(
        dir.path(),
        "explain",
        &[&plain_http[..], &["--format", "json"]].concat(),
    )
    .expect_code(0)
    .stdout;
    let why = json_of(&why);
    assert_eq!(why["decision"], "ExplicitDeny");
    assert_eq!(why["statements"][0]["sid"], "DenyInsecureTransport");
}

#[test]
fn all_layers_can_be_given() {
    let dir = folder();
    fs::write(
        dir.path().join("levels.json"),
        r#"[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}},
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]"#,
    )
    .unwrap();
    let inside = ["--resource", "arn:aws:s3:::acme-events/currents/1.avro"];
    let decide = |more: &[&str]| {
        put(dir.path(), "evaluate", &[&inside[..], more].concat())
            .expect_code(0)
            .stdout
    };
    assert_eq!(
        decide(&["--scp", "levels.json", "--boundary", "levels.json"]),
        "Allow\n"
    );
    assert_eq!(
        decide(&["--scp", "levels.json", "--scp", "guard.json"]),
        "ImplicitDeny\n"
    );
    assert_eq!(decide(&["--session-policy", "own.json"]), "Allow\n");
    assert_eq!(
        decide(&["--rcp", "guard.json", "--context", "aws:SecureTransport=false"]),
        "ExplicitDeny\n"
    );
    assert_eq!(decide(&["--resource-account", "210987654321"]), "ImplicitDeny\n");
}

#[test]
fn variables_of_the_caller_have_their_values() {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::homes/${aws:username}/*"}}"#;
    let args = [
        "evaluate",
        "-",
        "--principal",
        CALLER,
        "--action",
        "s3:PutObject",
        "--resource",
        "arn:aws:s3:::homes/ada/f",
    ];
    let ran = policy_with_input(&args, policy.as_bytes()).expect_code(0);
    assert_eq!(ran.stdout, "Allow\n");
}

#[test]
fn what_a_request_lacks_is_said() {
    let dir = folder();
    policy(dir.path(), &["evaluate", "own.json"])
        .expect_code(2)
        .expect_said("--principal");
    policy(dir.path(), &["explain", "own.json", "--principal", CALLER])
        .expect_code(2)
        .expect_said("--action");
    put(dir.path(), "evaluate", &["--context", "aws:SourceIp"])
        .expect_code(2)
        .expect_said("aws:SourceIp=");
    put(dir.path(), "evaluate", &["--boundary", "absent.json"])
        .expect_code(2)
        .expect_said("absent.json");
}

#[test]
fn cases_stand_alone() {
    let dir = folder();
    policy(
        dir.path(),
        &["evaluate", "--cases", "-", "--boundary", "own.json"],
    )
    .expect_code(2);
    policy(dir.path(), &["lint", "--cases", "-", "own.json"]).expect_code(2);
}

#[test]
fn fmt_keeps_what_was_written_and_the_order_of_files() {
    let dir = tempfile::tempdir().unwrap();
    let one =
        r#"{"Statement":{"Resource":"*","Action":["b:B","a:A"],"Effect":"Allow"},"Version":"2012-10-17"}"#;
    let two = r#"{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Deny","Principal":"*","NotAction":"c:C","Resource":["*"]}]}"#;
    fs::write(dir.path().join("1.json"), one).unwrap();
    fs::write(dir.path().join("2.json"), two).unwrap();
    let text = policy(dir.path(), &["fmt", "2.json", "1.json", "--format", "json"])
        .expect_code(0)
        .stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            two,
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["b:B","a:A"],"Resource":"*"}}"#
        ]
    );
    let pretty = policy(dir.path(), &["fmt", "1.json", "2.json"])
        .expect_code(0)
        .stdout;
    let documents: Vec<Value> = serde_json::Deserializer::from_str(&pretty)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(documents, [json_of(one), json_of(two)]);
    let canonical = policy(dir.path(), &["fmt", "1.json", "--canonical", "--format", "json"])
        .expect_code(0)
        .stdout;
    assert_eq!(
        canonical,
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"a:A\",\"b:B\"],\"Resource\":\"*\"}]}\n"
    );

    policy(dir.path(), &["fmt", "--check", "1.json", "2.json"])
        .expect_code(1)
        .expect_said("1.json");
    assert_eq!(
        fs::read_to_string(dir.path().join("1.json")).unwrap(),
        one,
        "a check writes nothing"
    );
    policy(dir.path(), &["fmt", "--write", "1.json", "2.json"]).expect_code(0);
    assert_eq!(
        policy(dir.path(), &["fmt", "--check", "1.json", "2.json"])
            .expect_code(0)
            .stdout,
        ""
    );
    assert_eq!(
        policy_with_input(&["fmt", "-", "--format", "json"], two.as_bytes())
            .expect_code(0)
            .stdout,
        format!("{two}\n")
    );
}

#[test]
fn fmt_changes_nothing_when_one_file_is_no_policy() {
    let dir = tempfile::tempdir().unwrap();
    let ugly = r#"{ "Statement":{"Resource":"*","Action":"a:A","Effect":"Allow"}}"#;
    fs::write(dir.path().join("good.json"), ugly).unwrap();
    fs::write(
        dir.path().join("bad.json"),
        "{\"Statement\":\n {\"Effect\":\"allow\"}}",
    )
    .unwrap();
    let ran = policy(dir.path(), &["fmt", "--write", "good.json", "bad.json"])
        .expect_code(2)
        .expect_said("bad.json:2:");
    assert_eq!(ran.stdout, "");
    assert_eq!(fs::read_to_string(dir.path().join("good.json")).unwrap(), ugly);
    policy(dir.path(), &["fmt", "--write", "-"])
        .expect_code(2)
        .expect_said("--write");
    policy(dir.path(), &["fmt"]).expect_code(2);
}

#[test]
fn lint_tells_place_and_reason_and_exits_with_1_for_errors_alone() {
    let dir = folder();
    policy(dir.path(), &["lint", "own.json"]).expect_code(0);
    let wide = policy(dir.path(), &["lint", "wide.json"])
        .expect_said("BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS")
        .expect_said("why:");
    assert!(wide.code <= 1);
    policy(
        dir.path(),
        &["lint", "wide.json", "--without", "DELETE_GRANTED_TO_EXPORTER"],
    );
    fs::write(
        dir.path().join("bad.json"),
        "{\"Version\":\"2012-10-17\",\n\"Statement\":[{\"Effect\":\"allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::acme-events/f/*\"}]}",
    )
    .unwrap();
    policy(dir.path(), &["lint", "bad.json"])
        .expect_code(1)
        .expect_said("bad.json:2:24: error INVALID_EFFECT");
    let found = policy(dir.path(), &["lint", "bad.json", "own.json", "--format", "json"])
        .expect_code(1)
        .stdout;
    let found = json_of(&found);
    assert_eq!(found["files"][0]["file"], "bad.json");
    assert_eq!(found["files"][0]["findings"][0]["code"], "INVALID_EFFECT");
    assert_eq!(found["files"][1]["file"], "own.json");

    policy(dir.path(), &["lint", "--fix", "bad.json"]).expect_code(0);
    assert!(
        fs::read_to_string(dir.path().join("bad.json"))
            .unwrap()
            .contains("\"Allow\"")
    );
    let fixed = policy_with_input(&["lint", "--fix", "-"], br#"{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/f/*"}]}"#);
    assert!(fixed.expect_code(0).stdout.contains("\"Allow\""));
}

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

#[test]
fn input_that_means_harm_ends_in_an_error() {
    let dir = folder();
    fs::write(dir.path().join("deep.json"), "[".repeat(1_000_000)).unwrap();
    fs::write(dir.path().join("object.json"), "{\"a\":".repeat(1_000_000)).unwrap();
    fs::write(dir.path().join("binary.json"), [0xff, 0xfe, 0x00]).unwrap();
    let stars = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{}b"}}}}"#,
        "*a".repeat(500_000)
    );
    fs::write(dir.path().join("stars.json"), stars).unwrap();
    for file in ["deep.json", "object.json", "binary.json", "empty.json", "."] {
        fs::write(dir.path().join("empty.json"), "").unwrap();
        for args in [
            &["fmt", file][..],
            &[
                "evaluate",
                file,
                "--principal",
                CALLER,
                "--action",
                "s3:PutObject",
            ],
            &["diff", file, "own.json"],
            &["audit", file, "--bucket", "acme-events"],
        ] {
            let ran = policy(dir.path(), args).expect_code(2).expect_said(file);
            assert!(ran.stderr.len() < 2_000, "{}", ran.stderr.len());
        }
    }
    policy(dir.path(), &["lint", "deep.json"])
        .expect_code(1)
        .expect_said("JSON_SYNTAX_ERROR");
    policy(dir.path(), &["diff", "stars.json", "own.json"]).expect_code(1);
    policy(dir.path(), &["fmt", "stars.json", "--check"]).expect_code(1);
    put(dir.path(), "evaluate", &["--boundary", "stars.json"]).expect_code(0);
}

#[test]
fn help_names_every_command() {
    let help = policy(&std::env::temp_dir(), &["--help"]).expect_code(0);
    for word in [
        "template",
        "trust",
        "lint",
        "evaluate",
        "explain",
        "explain-denied",
        "audit",
        "diff",
        "fmt",
    ] {
        assert!(help.stdout.contains(&format!("  {word} ")), "{word}");
    }
}
