//! `fmt` and `lint`.

use super::*;

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
    let wide = policy(dir.path(), &["lint", "wide.json", "--vocabulary", "export"])
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
fn lint_fixes_what_keeps_access_and_more_by_name_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("payroll.json");
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:GetObject"],"Resource":"arn:aws:s3:::payroll"},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::payroll"}]}"#;
    fs::write(&file, text).unwrap();
    let told = policy(dir.path(), &["lint", "payroll.json"]).expect_code(0);
    assert!(
        told.stdout.contains("fix: `--fix` puts it right"),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout
            .contains("suggestion: `--fix=OBJECT_ACTION_ON_BUCKET_ARN` rewrites it, and then allows"),
        "{}",
        told.stdout
    );
    policy(dir.path(), &["lint", "--fix", "payroll.json"]).expect_code(0);
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(kept, text.replace(r#","s3:GetObject"]"#, "]"));
    fs::write(dir.path().join("before.json"), text).unwrap();
    policy(dir.path(), &["diff", "before.json", "payroll.json"]).expect_code(0);
    let named = policy(
        dir.path(),
        &["lint", "--fix=OBJECT_ACTION_ON_BUCKET_ARN", "payroll.json"],
    )
    .expect_code(0);
    assert!(
        named.stdout.contains("fixed OBJECT_ACTION_ON_BUCKET_ARN"),
        "{}",
        named.stdout
    );
    assert!(fs::read_to_string(&file).unwrap().contains("payroll/*"));
    policy(dir.path(), &["lint", "--fix=NO_SUCH_CODE", "payroll.json"])
        .expect_code(2)
        .expect_said("there is no such code");
}

#[test]
fn lint_for_a_pipeline() {
    let dir = tempfile::tempdir().unwrap();
    let text = r#"{"Version":"2012-10-17","Id":"lint-allow PUBLIC_ACCESS: a web site","Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}]}"#;
    fs::write(dir.path().join("site.json"), text).unwrap();
    policy(dir.path(), &["lint", "site.json"]).expect_code(0);
    policy(dir.path(), &["lint", "--fail-on", "warning", "site.json"]).expect_code(0);
    policy(dir.path(), &["lint", "--fail-on", "suggestion", "site.json"]).expect_code(1);
    let log = policy(dir.path(), &["lint", "--format", "sarif", "site.json"]).expect_code(0);
    let log = json_of(&log.stdout);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{results:?}");
    let public = results
        .iter()
        .find(|result| result["ruleId"] == "PUBLIC_ACCESS")
        .unwrap();
    assert_eq!(public["suppressions"][0]["justification"], "a web site");
    let file = &public["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(file, "site.json");
    let found = policy(dir.path(), &["lint", "--format", "json", "site.json"]).expect_code(0);
    let found = json_of(&found.stdout);
    assert_eq!(found["files"][0]["findings"][0]["pointer"], "/Statement");
    assert_eq!(found["files"][0]["suppressed"][0]["suppression"], "a web site");
}
