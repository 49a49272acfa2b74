//! Comparing policies: golden relations, and properties against the evaluator.
//! Long because the golden relations and the property that checks them share one reader of cases.

use std::fs;
use std::path::Path;

use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::exporter::template::{
    DocumentedForm, ExportScope, Holder, Integration, SessionScope, documented, least_privilege,
    session_policy,
};
use bucketline_policy::exporter::{LackReason, Needs, audit};
use bucketline_policy::{CallOption, Decision, Document, DocumentKind, Operation, PolicySet, Request};
use proptest::prelude::*;
use serde_json::Value;

fn set(value: &Value) -> PolicySet {
    PolicySet::compile(&[serde_json::from_value::<Document>(value.clone()).unwrap()])
}

/// Every witness has to be one, whatever else is claimed.
fn check_witnesses(kind: DocumentKind, first: &PolicySet, second: &PolicySet) -> Relation {
    let found = diff(kind, first, second);
    for (witness, allows, does_not) in [
        (found.only_first(), first, second),
        (found.only_second(), second, first),
    ] {
        if let Some(request) = witness {
            assert_eq!(allows.decide(kind, request), Decision::Allow, "{request:?}");
            assert_ne!(does_not.decide(kind, request), Decision::Allow, "{request:?}");
        }
    }
    found.relation()
}

#[cfg(feature = "catalog")]
#[test]
fn relations_of_the_golden_cases() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/compare/relations.jsonl");
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for line in fs::read_to_string(file).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let kind = match case["kind"].as_str().unwrap() {
            "identity" => DocumentKind::Identity,
            "resource" => DocumentKind::Resource,
            "trust" => DocumentKind::Trust,
            other => panic!("no kind: {other}"),
        };
        let (first, second) = (set(&case["first"]), set(&case["second"]));
        let relation = check_witnesses(kind, &first, &second);
        let mirrored = check_witnesses(kind, &second, &first);
        let expected_back = match relation {
            Relation::Broader => Relation::Narrower,
            Relation::Narrower => Relation::Broader,
            same => same,
        };
        seen += 1;
        if relation.to_string() != case["relation"] || mirrored != expected_back {
            wrong.push(format!("{relation} (and back: {mirrored}), but {line}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {seen} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(seen >= 90);
}

#[cfg(feature = "catalog")]
#[test]
fn a_wildcard_is_all_the_actions_that_there_are() {
    let catalog = bucketline_policy::catalog::Catalog::built_in();
    let s3 = catalog.service("s3").unwrap();
    let listed: Vec<String> = s3
        .actions()
        .filter(|action| action.name().starts_with("Get"))
        .map(|action| format!("s3:{}", action.name()))
        .collect();
    assert!(listed.len() > 60);
    let allow = |action: Value| {
        let text = serde_json::json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}});
        set(&text)
    };
    let (all, named) = (allow("s3:Get*".into()), allow(listed.clone().into()));
    assert_eq!(
        check_witnesses(DocumentKind::Identity, &all, &named),
        Relation::Equal
    );
    let fewer = allow(listed.into_iter().skip(1).collect::<Vec<_>>().into());
    assert_eq!(
        check_witnesses(DocumentKind::Identity, &all, &fewer),
        Relation::Narrower
    );
}

#[test]
fn hostile_documents_end_in_unknown_or_an_answer_soon() {
    let resource = |text: String| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{text}"}}}}"#
        );
        PolicySet::compile(&[text.parse().unwrap()])
    };
    let (a, b) = (resource("*a".repeat(400)), resource("*b".repeat(400)));
    check_witnesses(DocumentKind::Identity, &a, &b);
    let many = |word: &str| {
        let statements: Vec<String> = (0..60)
            .map(|n| format!(r#"{{"Effect":"{}","Action":"s3:*","Resource":"*","Condition":{{"StringEquals":{{"{word}:k{n}":"v"}}}}}}"#, if n % 2 == 0 { "Allow" } else { "Deny" }))
            .collect();
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        );
        PolicySet::compile(&[text.parse().unwrap()])
    };
    check_witnesses(DocumentKind::Identity, &many("a"), &many("b"));
}

fn bucket() -> bucketline_policy::BucketName {
    "acme-events".parse().unwrap()
}

#[test]
fn templates_are_exactly_what_their_integrations_need() {
    for (scope, needs) in [
        (
            ExportScope::new(bucket()).folder("currents").without_claims(),
            Needs::new(bucket()).folder("currents").unwrap().exporter(),
        ),
        (
            ExportScope::new(bucket())
                .folder("a")
                .folder("b")
                .without_claims()
                .with_multipart(),
            Needs::new(bucket())
                .folder("a")
                .unwrap()
                .folder("b")
                .unwrap()
                .exporter()
                .multipart(),
        ),
        (
            ExportScope::new(bucket())
                .folder("a")
                .without_claims()
                .kms_of_bucket("eu-west-1"),
            Needs::new(bucket())
                .folder("a")
                .unwrap()
                .exporter()
                .kms_of_bucket("eu-west-1"),
        ),
    ] {
        let policy = PolicySet::compile(&[least_privilege(&scope).unwrap()]);
        let found = audit(&policy, &needs);
        assert!(found.is_sufficient(), "{:?}", found.lacks);
        let beyond: Vec<_> = found
            .beyond
            .iter()
            .map(|excess| (&excess.action, &excess.resource))
            .collect();
        // `folder/*` matches `folder/` too, and any key of KMS stands for any resource of KMS.
        assert!(
            beyond.iter().all(|(action, _)| action.starts_with("kms:")),
            "{beyond:?}"
        );
    }
}

#[test]
fn an_audit_names_what_is_lacking_and_what_is_too_much() {
    let given = documented(&DocumentedForm::new(Integration::DataExport, Holder::User).bucket(bucket()));
    let needs = Needs::new(bucket())
        .folder("currents")
        .unwrap()
        .exporter()
        .multipart();
    let found = audit(&PolicySet::compile(&[given]), &needs);
    let lacks: Vec<_> = found
        .lacks
        .iter()
        .map(|lack| (lack.operation, lack.action))
        .collect();
    assert_eq!(
        lacks,
        [
            (Operation::AbortMultipartUpload, "s3:AbortMultipartUpload"),
            (Operation::ListParts, "s3:ListMultipartUploadParts"),
            (Operation::ListMultipartUploads, "s3:ListBucketMultipartUploads"),
        ]
    );
    assert!(
        found
            .lacks
            .iter()
            .all(|lack| lack.reason == LackReason::NotGranted && lack.witness.is_some())
    );
    // What the audit proposes to add is enough.
    let mut statements = vec![];
    for lack in &found.lacks {
        statements.push(lack.grant.clone());
    }
    let given = documented(&DocumentedForm::new(Integration::DataExport, Holder::User).bucket(bucket()));
    assert!(audit(&PolicySet::compile(&[given, Document::new(statements)]), &needs).is_sufficient());

    assert!(
        found
            .beyond
            .iter()
            .any(|excess| excess.action == "s3:DeleteObject" && excess.place.statement == 1)
    );
    assert!(
        found
            .beyond
            .iter()
            .any(|excess| excess.action == "s3:PutObject" && excess.resource == "arn:aws:s3:::acme-events*")
    );
    for excess in &found.beyond {
        assert!(excess.witness.is_some(), "{excess:?}");
    }
}

#[test]
fn listing_buckets_is_granted_on_the_arn_of_all_buckets() {
    let needs = Needs::new(bucket()).call(Operation::ListBuckets, &[]);
    for (resource, enough) in [
        ("arn:aws:s3:::*", true),
        ("*", true),
        ("arn:aws:s3:::acme-*", false),
    ] {
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": resource}]});
        let set = PolicySet::compile(&[serde_json::from_value(policy).unwrap()]);
        assert_eq!(audit(&set, &needs).is_sufficient(), enough, "{resource}");
    }
}

#[test]
fn a_denial_of_what_is_needed_is_named() {
    let policy: Document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Sid":"No","Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-events/currents/secret/*"}]}"#
        .parse()
        .unwrap();
    let needs = Needs::new(bucket())
        .folder("currents")
        .unwrap()
        .call(Operation::PutObject, &[CallOption::Tags]);
    let found = audit(&PolicySet::compile(&[policy]), &needs);
    assert_eq!(found.lacks.len(), 1);
    let LackReason::Denied(place) = found.lacks[0].reason else {
        panic!("{:?}", found.lacks)
    };
    assert_eq!(place.statement, 1);
}

#[test]
fn a_refusal_of_plain_http_keeps_nobody_from_what_is_needed() {
    let policy: Document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-events/currents/*"},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#
        .parse()
        .unwrap();
    let needs = Needs::new(bucket())
        .folder("currents")
        .unwrap()
        .call(Operation::PutObject, &[]);
    let found = audit(&PolicySet::compile(&[policy]), &needs);
    assert!(found.is_sufficient() && found.is_minimal(), "{found:?}");
}

#[test]
fn a_session_policy_is_within_the_role_it_narrows() {
    let role = least_privilege(&ExportScope::new(bucket()).folder("a").folder("b")).unwrap();
    let session = session_policy(&SessionScope::new(bucket(), "a")).unwrap();
    let found = diff(
        DocumentKind::Identity,
        &PolicySet::compile(&[role]),
        &PolicySet::compile(&[session]),
    );
    assert_eq!(found.relation(), Relation::Narrower);
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec![
        "s3:Get*",
        "s3:GetObject",
        "s3:PutObject",
        "*",
        "s3:*",
        "iam:*",
        "s3:?etObject",
    ]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::b/a/*",
        "arn:aws:s3:::b/?",
        "arn:*:s3:::b/a",
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:s3:*:1:b/a",
    ]);
    let condition = prop::sample::select(vec![
        "null",
        "null",
        "null",
        r#"{"StringEquals":{"k":"x"}}"#,
        r#"{"StringEquals":{"k":["x","y"]}}"#,
        r#"{"StringNotEquals":{"k":"x"}}"#,
        r#"{"StringLikeIfExists":{"k":"x*"}}"#,
        r#"{"StringLike":{"k":"?"}}"#,
        r#"{"ForAnyValue:StringEquals":{"k":["x","y"]}}"#,
        r#"{"ForAllValues:StringNotEquals":{"k":["x"]}}"#,
        r#"{"Null":{"k":"true"}}"#,
        r#"{"IpAddress":{"ip":"10.0.0.0/8"}}"#,
        r#"{"IpAddressIfExists":{"ip":["10.0.0.0/9","10.128.0.0/9"]}}"#,
        r#"{"NotIpAddress":{"ip":"10.1.0.0/16"}}"#,
        r#"{"Bool":{"t":"true"}}"#,
        r#"{"BoolIfExists":{"t":"false"}}"#,
        r#"{"NumericLessThan":{"n":"5"}}"#,
        r#"{"Bool":{"t":"true"},"StringEquals":{"k":"${aws:username}"}}"#,
    ]);
    (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(action, 1..3),
        prop::collection::vec(resource, 1..3),
        condition,
        0..5u8,
    )
        .prop_map(
            |(not_action, not_resource, not_often, actions, resources, condition, effect)| {
                let mut statement = serde_json::json!({"Effect": if effect == 0 { "Deny" } else { "Allow" }});
                statement[if not_action && not_often {
                    "NotAction"
                } else {
                    "Action"
                }] = actions.into();
                statement[if not_resource && not_often {
                    "NotResource"
                } else {
                    "Resource"
                }] = resources.into();
                let condition: Value = serde_json::from_str(condition).unwrap();
                if !condition.is_null() {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

const CALLERS: [&str; 12] = [
    "anonymous",
    "123456789012",
    "arn:aws:iam::123456789012:user/ada",
    "arn:aws:iam::123456789012:user/eve",
    "arn:aws:iam::123456789012:role/r",
    "arn:aws:sts::123456789012:assumed-role/r/s",
    "arn:aws:sts::123456789012:assumed-role/r/t",
    "arn:aws:sts::123456789012:federated-user/f",
    "arn:aws:iam::210987654321:user/ada",
    "lambda.amazonaws.com",
    "ec2.amazonaws.com",
    "accounts.google.com",
];

/// One or two statements that name callers in every form, and now and then exclude them.
fn resource_document() -> impl Strategy<Value = Value> {
    let principal = prop::sample::select(vec![
        r#""*""#,
        r#"{"AWS":"*"}"#,
        r#"{"AWS":"123456789012"}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:root"}"#,
        r#"{"AWS":["arn:aws:iam::123456789012:user/ada","210987654321"]}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:role/path/r"}"#,
        r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r/s"}"#,
        r#"{"AWS":"arn:aws:sts::123456789012:federated-user/f"}"#,
        r#"{"Service":"lambda.amazonaws.com"}"#,
        r#"{"Service":"ec2.amazonaws.com","AWS":"123456789012"}"#,
        r#"{"Federated":"accounts.google.com"}"#,
    ]);
    let statement = (principal, 0..4u8, any::<bool>()).prop_map(|(principal, form, wide)| {
        let principal: Value = serde_json::from_str(principal).unwrap();
        let resource = if wide { "*" } else { "arn:aws:s3:::b/*" };
        let mut statement = serde_json::json!({
            "Effect": if form == 0 || form == 3 { "Deny" } else { "Allow" },
            "Action": "s3:GetObject",
            "Resource": resource,
        });
        statement[if form == 0 { "NotPrincipal" } else { "Principal" }] = principal;
        statement
    });
    prop::collection::vec(statement, 1..4)
        .prop_map(|statements| serde_json::json!({"Version": "2012-10-17", "Statement": statements}))
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4)
        .prop_map(|statements| serde_json::json!({"Version": "2012-10-17", "Statement": statements}))
}

fn request() -> impl Strategy<Value = Request> {
    let target = prop::sample::select(vec![
        ("s3:GetObject", "arn:aws:s3:::b/a"),
        ("s3:GetObject", "arn:aws:s3:::b/a/x"),
        ("s3:PutObject", "arn:aws:s3:::b/ada/f"),
        ("s3:GetObjectAcl", "arn:aws:s3:::bb/x"),
        ("s3:GetObject", "arn:aws-cn:s3:::b/a"),
        ("s3:ListBucket", "arn:aws:s3:::b"),
        ("s3:ListAllMyBuckets", "*"),
        ("iam:GetUser", "arn:aws:iam::123456789012:user/u"),
        ("ec2:DescribeInstances", "*"),
    ]);
    let values = || prop::collection::vec(prop::sample::select(vec!["x", "y", "z", "xx", "ada"]), 0..3);
    (
        target,
        values(),
        prop::option::of(0..9u8),
        prop::option::of(any::<bool>()),
        any::<bool>(),
    )
        .prop_map(|((action, resource), values, number, flag, named)| {
            let caller = "arn:aws:iam::111122223333:user/ada".parse().unwrap();
            let mut request = Request::new(caller, action.parse().unwrap(), resource);
            for value in values {
                request = request.context("k", value);
            }
            if let Some(number) = number {
                request = request.context("n", number.to_string());
            }
            if let Some(flag) = flag {
                request = request.context("t", flag.to_string());
            }
            if let Some(flag) = flag {
                // Addresses go with flags: there is no need to vary all at once.
                request = request.context("ip", if flag { "10.1.2.3" } else { "10.200.0.1" });
            }
            if named {
                request = request.context("aws:username", "ada");
            }
            request
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_claimed_of_two_documents_is_true(a in document(), b in document(), requests in prop::collection::vec(request(), 40)) {
        let (first, second) = (set(&a), set(&b));
        let kind = DocumentKind::Identity;
        check_witnesses(kind, &first, &second);
        let found = diff(kind, &first, &second);
        for request in &requests {
            let (one, other) = (first.decide(kind, request).is_allowed(), second.decide(kind, request).is_allowed());
            prop_assert!(!(found.first_is_within_second() && one && !other), "{request:?}");
            prop_assert!(!(found.second_is_within_first() && other && !one), "{request:?}");
        }
    }

    #[test]
    fn a_document_never_differs_from_itself(a in document()) {
        // The same statements in another order, so that more than equality has to be seen.
        let mut turned = a.clone();
        turned["Statement"].as_array_mut().unwrap().reverse();
        let found = diff(DocumentKind::Identity, &set(&a), &set(&turned));
        prop_assert!(found.only_first().is_none() && found.only_second().is_none());
        prop_assert!(matches!(found.relation(), Relation::Equal | Relation::Unknown));
    }

    #[test]
    fn one_more_denial_never_allows_more(a in document(), denial in statement()) {
        let mut denied = a.clone();
        let mut denial = denial;
        denial["Effect"] = "Deny".into();
        denied["Statement"].as_array_mut().unwrap().push(denial);
        let found = diff(DocumentKind::Identity, &set(&denied), &set(&a));
        prop_assert!(found.only_first().is_none());
    }

    #[test]
    fn what_is_claimed_of_two_resource_policies_is_true(
        a in resource_document(),
        b in resource_document(),
        callers in prop::collection::vec(prop::sample::select(CALLERS.to_vec()), 12),
    ) {
        let (first, second) = (set(&a), set(&b));
        let kind = DocumentKind::Resource;
        check_witnesses(kind, &first, &second);
        let found = diff(kind, &first, &second);
        for caller in callers {
            let request = Request::new(caller.parse().unwrap(), "s3:GetObject".parse().unwrap(), "arn:aws:s3:::b/a");
            let (one, other) = (first.decide(kind, &request).is_allowed(), second.decide(kind, &request).is_allowed());
            prop_assert!(!(found.first_is_within_second() && one && !other), "{request:?}");
            prop_assert!(!(found.second_is_within_first() && other && !one), "{request:?}");
        }
    }
}
