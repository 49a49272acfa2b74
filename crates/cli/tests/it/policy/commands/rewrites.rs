//! `expand`, `minimise` and `split`.

use super::*;

#[test]
fn the_same_access_in_other_words() {
    let dir = folder();
    let wide = policy(dir.path(), &["expand", "wide.json"]).expect_code(0).stdout;
    let policies = json_of(&wide);
    assert!(policies["Statement"].is_array());
    fs::write(dir.path().join("expanded.json"), &wide).unwrap();
    policy(dir.path(), &["diff", "wide.json", "expanded.json"]).expect_code(0);

    let twice = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
        {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    for command in ["minimise", "minimize"] {
        let short = policy_with_input(&[command, "-", "--format", "json"], twice.as_bytes()).expect_code(0);
        assert_eq!(
            short.stdout,
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::b/*\"}]}\n"
        );
        assert!(
            short.stderr.contains("characters without white space"),
            "{}",
            short.stderr
        );
    }

    let parts = policy_with_input(
        &["split", "-", "--quota", "130", "--format", "json"],
        twice.as_bytes(),
    );
    let parts = json_of(&parts.expect_code(0).stdout);
    assert_eq!(parts.as_array().unwrap().len(), 2);
    policy_with_input(
        &["split", "-", "--kind", "bucket", "--quota", "130"],
        twice.as_bytes(),
    )
    .expect_code(1)
    .expect_said("a bucket has one policy");
    policy_with_input(&["split", "-"], b"{").expect_code(2);
}
