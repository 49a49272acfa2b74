//! Batch forms: `evaluate --cases` and `lint --cases`. The files lie under `tests/cases/policy`; adding a case needs no
//! Rust.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{policy, policy_with_input};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/policy")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every answer's line as a person would have written it: the id, and what was expected.
fn agree(file: &str, at_least: usize) {
    let cases = lines(&fs::read_to_string(folder().join(file)).unwrap());
    let ran = policy(&folder(), &["evaluate", "--cases", file]).expect_code(0);
    let answers = lines(&ran.stdout);
    assert_eq!(answers.len(), cases.len());
    assert!(cases.len() >= at_least, "only {} cases in {file}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter(|(case, answer)| case["id"] != answer["id"] || case["decision"] != answer["decision"])
        .map(|(case, answer)| format!("{answer}\n  {case}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} cases are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn documents_alone() {
    agree("single.jsonl", 400);
}

#[test]
fn layers_together() {
    agree("layered.jsonl", 45);
}

#[test]
fn answers_are_in_order_one_line_each_whatever_a_line_holds() {
    let input = fs::read(folder().join("malformed.jsonl")).unwrap();
    let ran = policy_with_input(&["evaluate", "--cases", "-"], &input).expect_code(0);
    let expected = fs::read_to_string(folder().join("malformed.expected.jsonl")).unwrap();
    assert_eq!(ran.stdout, expected);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_line_that_is_not_text_is_answered_too() {
    let ran = policy_with_input(&["evaluate", "--cases", "-"], b"\xff\xfe\n\n{\"id\":2}\n").expect_code(0);
    let answers = lines(&ran.stdout);
    assert_eq!(answers.len(), 2, "an empty line is no case");
    assert!(answers[0]["error"].as_str().unwrap().contains("UTF-8"));
    assert_eq!(answers[1]["id"], 2);
    assert!(answers[1]["error"].as_str().unwrap().starts_with("line 3: "));
}

#[test]
fn hostile_cases_are_answered_and_the_run_goes_on() {
    let deep = "[".repeat(200_000);
    let stars = "*a".repeat(500_000);
    let text = "a".repeat(500_000);
    let request = r#"{"principal":"anonymous","action":"s3:GetObject","resource":"arn:aws:s3:::"#;
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::"#;
    let cases = [
        format!(r#"{{"id":"deep","kind":"identity","policy":{deep}"#),
        format!(r#"{{"id":"deep and closed","kind":"identity","request":{request}b"}},"policy":{deep}{}}}"#, "]".repeat(200_000)),
        format!(r#"{{"id":"stars","kind":"identity","policy":{{"Statement":{statement}{stars}b"}}}},"request":{request}{text}"}}}}"#),
        r#"{"id":"twice","kind":"identity","policy":{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}},"request":{"principal":"anonymous","action":"s3:GetObject"}}"#.to_owned(),
        format!(r#"{{"id":"last","kind":"identity","policy":{{"Statement":{statement}*"}}}},"request":{request}b/f"}}}}"#),
    ];
    let ran = policy_with_input(&["evaluate", "--cases", "-"], cases.join("\n").as_bytes()).expect_code(0);
    let answers = lines(&ran.stdout);
    let ids: Vec<_> = answers
        .iter()
        .map(|answer| answer["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["deep", "deep and closed", "stars", "twice", "last"]);
    assert!(answers[0]["error"].is_string());
    assert!(answers[1]["error"].is_string());
    assert_eq!(answers[2]["decision"], "ImplicitDeny");
    assert!(answers[3]["error"].as_str().unwrap().contains("Effect"));
    assert_eq!(answers[4]["decision"], "Allow");
}

#[test]
fn lint_answers_cases_with_codes() {
    let input = concat!(
        r#"{"id":"a","policy_type":"identity","policy":{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}}"#,
        "\n",
        r#"{"id":"b","policy_type":"identity","policy_text":"{\"Version\""}"#,
        "\n",
        r#"{"id":"c","policy_type":"identity","vocabulary":"access-analyzer","policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}}"#,
        "\n",
        r#"{"id":"d","policy_type":"lease","policy":{}}"#,
        "\n",
        r#"{"id":"e","policy_type":"identity"}"#,
        "\n",
    );
    let ran = policy_with_input(&["lint", "--cases", "-"], input.as_bytes()).expect_code(0);
    let answers = lines(&ran.stdout);
    let has = |at: usize, code: &str| {
        answers[at]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|found| found == code)
    };
    assert_eq!(answers[0]["id"], "a");
    assert!(has(0, "INVALID_EFFECT"), "{}", ran.stdout);
    assert!(has(1, "JSON_SYNTAX_ERROR"), "{}", ran.stdout);
    assert_ne!(
        answers[2]["findings"].as_array().unwrap().len(),
        0,
        "a repeated key is seen"
    );
    assert!(answers[3]["error"].as_str().unwrap().contains("lease"));
    assert!(answers[4]["error"].as_str().unwrap().contains("policy_text"));
}

#[test]
fn cases_that_cannot_be_read_are_a_usage_error() {
    policy(&folder(), &["evaluate", "--cases", "absent.jsonl"])
        .expect_code(2)
        .expect_said("absent.jsonl");
}
