//! Refusals: AWS's wordings taken apart, and the steps that would lift them, case by case.

use std::fs;
use std::path::Path;

use bucketline_policy::denied::{Denial, diagnose};
use bucketline_policy::{Document, Layers, PolicySet};
use proptest::prelude::*;
use serde_json::{Value, json};

fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/denied")
        .join(file);
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_wording_is_taken_apart() {
    let cases = cases("messages.jsonl");
    assert!(cases.len() >= 25);
    for case in &cases {
        let denial = Denial::parse(case["text"].as_str().unwrap());
        if case.get("principal").is_none() {
            assert_eq!(denial, None, "{case}");
            continue;
        }
        let denial = denial.unwrap_or_else(|| panic!("no refusal: {case}"));
        let cause = denial.cause();
        let said = json!({
            "id": case["id"],
            "text": case["text"],
            "principal": denial.principal().map(|principal| principal.as_str()),
            "action": denial.action().map(|action| action.as_str()),
            "resource": denial.resource(),
            "by": cause.map(|cause| cause.by),
            "explicit": cause.map(|cause| cause.is_explicit),
            "policy": cause.and_then(|cause| cause.policy.as_deref()),
            "operation": denial.operation(),
            "request_id": denial.request_id(),
        });
        assert_eq!(said, *case);
    }
}

fn documents(value: &Value) -> Vec<Document> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items
            .iter()
            .map(|item| serde_json::from_value(item.clone()).unwrap())
            .collect(),
        one => vec![serde_json::from_value(one.clone()).unwrap()],
    }
}

#[test]
fn every_step_is_the_one_that_is_wanted() {
    let cases = cases("steps.jsonl");
    assert!(cases.len() >= 12);
    for case in &cases {
        let set = |key: &str| (!case[key].is_null()).then(|| PolicySet::compile(&documents(&case[key])));
        let identity = set("identity_policies").unwrap_or_default();
        let (boundary, resource) = (set("permissions_boundary"), set("resource_policy"));
        let levels = case["scps"].as_array().cloned().unwrap_or_default();
        let scps: Vec<PolicySet> = levels
            .iter()
            .map(|level| PolicySet::compile(&documents(level)))
            .collect();
        let mut layers = Layers::new(&identity).service_control(&scps);
        if let Some(boundary) = &boundary {
            layers = layers.boundary(boundary);
        }
        if let Some(resource) = &resource {
            layers = layers.resource(resource);
        }
        let denial = Denial::parse(case["text"].as_str().unwrap()).unwrap();
        let request = denial.request().map(|mut request| {
            for (key, values) in case["context"].as_object().unwrap() {
                for value in values.as_array().unwrap() {
                    request = request.clone().context(key, value.as_str().unwrap());
                }
            }
            match case["resource_account"].as_str() {
                Some(account) => request.resource_account(account.parse().unwrap()),
                None => request,
            }
        });
        let diagnosis = diagnose(denial, request.as_ref(), &layers);
        assert_eq!(json!(diagnosis.steps()), case["steps"], "{}", case["id"]);
        assert_eq!(json!(diagnosis.agreement()), case["agreement"], "{}", case["id"]);
        assert_eq!(diagnosis.is_resolved(), case["resolved"], "{}", case["id"]);
        assert!(!diagnosis.to_string().is_empty());
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(User: |is not authorized to perform: |on resource: |\"|because no |with an explicit deny in |a |session policy|AccessDenied|[a-z:é\"<> ]{0,6}){0,12}") {
        if let Some(denial) = Denial::parse(&text) {
            let identity = PolicySet::default();
            let request = denial.request();
            let _ = diagnose(denial, request.as_ref(), &Layers::new(&identity)).to_string();
        }
    }
}
