//! Fuzz targets as plain functions of bytes: each asserts a property for any input. Here they run over the kept corpus and
//! over random bytes; a fuzzer can call them as they are.

use std::fs;
use std::path::Path;

use bucketline_policy::{Document, DocumentKind, PolicySet, Request};
use proptest::prelude::*;

/// Reading never panics; what can be read is printed and read again as the same document.
fn parse(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Document::parse(text) {
        Ok(document) => {
            let printed = document.to_json();
            let again = Document::parse(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
            assert_eq!(again, document);
            assert_eq!(again.to_json(), printed);
            let canonical = document.canonical();
            assert_eq!(canonical.canonical(), canonical);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Patterns and values never panic, whatever they hold; a request decides the same twice, and canonical form changes
/// nothing. The input is three lines: pattern, request value, operator.
fn decide(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.lines();
    let (pattern, value) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let operator = lines.next().unwrap_or("StringLike");
    let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": [pattern, format!("arn:aws:s3:::{pattern}")]},
        {"Effect": "Deny", "Action": pattern, "Resource": "*", "Condition": {operator: {"k:x": [pattern, "1"]}}},
    ]});
    let Ok(document) = Document::parse(&policy.to_string()) else {
        return;
    };
    let caller = "arn:aws:iam::123456789012:user/u".parse().unwrap();
    let request = Request::new(
        caller,
        "s3:GetObject".parse().unwrap(),
        format!("arn:aws:s3:::{value}"),
    )
    .context("k:x", value)
    .context("aws:username", value);
    let ask = |document: &Document| {
        PolicySet::compile(std::slice::from_ref(document)).decide(DocumentKind::Identity, &request)
    };
    assert_eq!(ask(&document), ask(&document.canonical()));
}

fn over_corpus(folder: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder);
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        target(&fs::read(entry.unwrap().path()).unwrap());
        seen += 1;
    }
    assert!(seen > 0, "no corpus in {}", folder.display());
}

#[test]
fn the_corpus_of_parse() {
    over_corpus("parse", parse);
}

#[test]
fn the_corpus_of_decide() {
    over_corpus("decide", decide);
}

proptest! {
    #[test]
    fn parse_takes_any_bytes(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        parse(&data);
    }

    #[test]
    fn parse_takes_anything_made_of_policy_parts(words in proptest::collection::vec(prop_oneof![
        Just("{"), Just("}"), Just("["), Just("]"), Just(":"), Just(","), Just("\"Statement\""), Just("\"Effect\""),
        Just("\"Allow\""), Just("\"Action\""), Just("\"*\""), Just("\"Condition\""), Just("\"Bool\""), Just("true"),
        Just("1e9"), Just("\"\\ud800\""), Just("\"Principal\""), Just("\"AWS\""), Just("null"), Just("\"Version\""),
    ], 0..40)) {
        parse(words.concat().as_bytes());
    }

    #[test]
    fn decide_takes_any_text(pattern in ".{0,30}", value in ".{0,30}", operator in prop_oneof![
        Just("StringLike"), Just("StringNotEquals"), Just("ArnLike"), Just("NumericLessThan"), Just("DateEquals"),
        Just("IpAddress"), Just("BinaryEquals"), Just("Bool"), Just("Null"), Just("ForAnyValue:StringLikeIfExists"),
    ]) {
        decide(format!("{pattern}\n{value}\n{operator}").as_bytes());
    }
}
