//! Refusals: AWS's wordings taken apart, and the steps that would lift them, case by case.

use std::fs;
use std::path::Path;

use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::denied::{Denial, Step, diagnose};
use bucketline_policy::{Document, DocumentKind, Layer, Layers, PolicySet, ResourceKind, authorize};
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
    assert!(cases.len() >= 45);
    for case in &cases {
        let denial = Denial::parse(case["text"].as_str().unwrap());
        if case.get("principal").is_none() {
            assert_eq!(denial, None, "{case}");
            continue;
        }
        let denial = denial.unwrap_or_else(|| panic!("no refusal: {case}"));
        let cause = denial.cause();
        let mut said = json!({
            "id": case["id"],
            "text": case["text"],
            "principal": denial.principal().map(|principal| principal.as_str()),
            "action": denial.action().map(|action| action.as_str()),
            "resource": denial.resource(),
            "by": cause.and_then(|cause| cause.by),
            "explicit": cause.map(|cause| cause.is_explicit),
            "policy": cause.and_then(|cause| cause.policy.as_deref()),
            "operation": denial.operation(),
            "request_id": denial.request_id(),
        });
        if let Some(source) = case.get("source") {
            said["source"] = source.clone();
        }
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
    assert!(cases.len() >= 25);
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
        let hints: Vec<&str> = diagnosis.hints().iter().map(|hint| hint.code).collect();
        let expected = case.get("hints").cloned().unwrap_or_else(|| json!([]));
        assert_eq!(json!(hints), expected, "{}", case["id"]);
        assert!(!diagnosis.to_string().is_empty());
        let after = taken(case, &layers, diagnosis.steps());
        if let Some(request) = &request {
            // With the account that the message tells of, where the request does not.
            let crosses = diagnosis.steps().iter().any(|step| {
                matches!(
                    step,
                    Step::AddStatement {
                        layer: Layer::Resource,
                        ..
                    }
                )
            });
            let request = match request.account_of_resource() {
                None if crosses => request.clone().resource_account("000000000000".parse().unwrap()),
                _ => request.clone(),
            };
            let allowed = authorize(&after, &request).is_allowed();
            assert_eq!(allowed, diagnosis.is_resolved(), "{}", case["id"]);
        }
    }
}

/// The layers with all steps taken as they are written, each of which adds what it says and nothing else.
fn taken(case: &Value, layers: &Layers, steps: &[Step]) -> Layers {
    let mut layers = layers.clone();
    for step in steps {
        let (layer, at, addition) = match step {
            Step::Grant {
                layer,
                document,
                edit,
            } => {
                let value: Option<Value> = edit.value().map(|text| serde_json::from_str(text).unwrap());
                (*layer, *document, Some((edit, value.unwrap())))
            }
            Step::AddStatement { layer, statement, .. } => {
                let document = json!({"Version": "2012-10-17", "Statement": [statement]});
                let set = PolicySet::compile(&documents(&document));
                layers = layers.with(*layer, set);
                continue;
            }
            _ => continue,
        };
        let (edit, value) = addition.unwrap();
        let known: Vec<Document> = layers
            .policies(layer)
            .map(|set| set.documents().to_vec())
            .unwrap_or_default();
        let mut changed = known.clone();
        let old = known.get(at).map(|document| json!(document));
        let (new, added) = patched(old, edit.op(), edit.path(), value);
        let new: Document = serde_json::from_value(new).unwrap();
        if at < changed.len() {
            changed[at] = new;
        } else {
            changed.push(new);
        }
        let mut expected = known;
        expected.extend(documents(&json!({"Version": "2012-10-17", "Statement": [added]})));
        let kind = if layer.names_principals() {
            DocumentKind::Resource
        } else {
            DocumentKind::Identity
        };
        let (expected, changed) = (PolicySet::compile(&expected), PolicySet::compile(&changed));
        let relation = diff(kind, &expected, &changed).relation();
        assert_eq!(relation, Relation::Equal, "{}: {step}", case["id"]);
        layers = layers.with(layer, changed);
    }
    layers
}

/// A document changed as a JSON patch says, and the statement that this adds.
fn patched(old: Option<Value>, op: &str, path: &str, value: Value) -> (Value, Value) {
    let Some(mut document) = old else {
        assert_eq!((op, path), ("add", ""));
        let added = value["Statement"][0].clone();
        return (value, added);
    };
    match (op, path) {
        ("add", "/Statement/-") => {
            document["Statement"].as_array_mut().unwrap().push(value.clone());
            (document, value)
        }
        ("replace", "/Statement") => {
            let added = value.as_array().unwrap().last().unwrap().clone();
            document["Statement"] = value;
            (document, added)
        }
        ("replace", path) => {
            let mut added = document
                .pointer(path.strip_suffix("/Action").unwrap())
                .unwrap()
                .clone();
            added["Action"] = value.as_array().unwrap().last().unwrap().clone();
            *document.pointer_mut(path).unwrap() = value;
            (document, added)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_kind_of_resource_policy_is_meant_is_kept() {
    let identity: Document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}"#
            .parse()
            .unwrap();
    let layers = Layers::new(PolicySet::compile(&[identity])).resource_kind(ResourceKind::Trust);
    let text = "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::acme/x\"";
    let denial = Denial::parse(text).unwrap();
    let request = denial.request().unwrap();
    assert!(!authorize(&layers, &request).is_allowed());
    let diagnosis = diagnose(denial, Some(&request), &layers);
    assert_eq!(
        diagnosis.steps().len(),
        1,
        "a policy of that kind has to allow it"
    );
    assert!(matches!(diagnosis.steps()[0], Step::AddStatement { .. }));
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
