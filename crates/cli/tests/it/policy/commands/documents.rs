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
