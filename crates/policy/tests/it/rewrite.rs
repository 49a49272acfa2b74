//! The same access in other words: what comes out decides every request as before.

use bucketline_policy::rewrite::{Wildcards, expand, minimise, split};
use bucketline_policy::{Decision, Document, DocumentKind, ErrorKind, PolicyKind, PolicySet, Request};

use crate::row::Row;

const IDENTITY: DocumentKind = DocumentKind::Identity;

fn document(statements: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn actions(document: &Document) -> &[String] {
    document.statements().as_slice()[0].action().patterns().as_slice()
}

#[test]
fn wildcards_become_actions() {
    let expanded = expand(
        IDENTITY,
        &document(r#"{"Effect":"Allow","Action":["s3:getobjectt*","s3:PutObject","*:DescribeTable","nosuch:*"],"Resource":"*"}"#),
    )
    .unwrap();
    let own = actions(&expanded.document);
    assert!(own.contains(&"s3:GetObjectTagging".to_owned()), "{own:?}");
    assert!(own.contains(&"dynamodb:DescribeTable".to_owned()), "{own:?}");
    assert_eq!(expanded.kept, ["nosuch:*"]);
    let all = document(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    assert_eq!(expand(IDENTITY, &all).unwrap().document, all);
    let others = document(r#"{"Effect":"Deny","NotAction":"sts:Get*","Resource":"*"}"#);
    let expanded = expand(IDENTITY, &others).unwrap().document;
    assert!(actions(&expanded).contains(&"sts:GetCallerIdentity".to_owned()));
}

#[test]
fn what_is_said_twice_is_said_once() {
    let short = |text: &str| minimise(IDENTITY, &document(text), Wildcards::AsTheyAre).unwrap();
    // One statement is within the other two together.
    let found = short(
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
           {"Effect":"Allow","Action":"s3:GetObject*","Resource":"arn:aws:s3:::b/a/*"},
           {"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectAcl"],"Resource":"arn:aws:s3:::b/a/*"}"#,
    );
    assert_eq!(found.statements().len(), 2, "{found}");
    // Nobody needs what is denied anyway.
    let found = short(
        r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"},
           {"Effect":"Allow","Action":"s3:DeleteBucket","Resource":"*"},
           {"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}"#,
    );
    assert!(!found.to_json().contains("DeleteBucket"), "{found}");
    // Conditions keep statements apart; variables do not keep them from going together.
    let found = short(
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"},
           {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/${aws:username}/*"},
           {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::c/*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true}}}"#,
    );
    assert_eq!(found.statements().len(), 2, "{found}");
}

#[test]
fn new_wildcards_are_asked_for() {
    let all = expand(
        IDENTITY,
        &document(r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#),
    );
    let all = all.unwrap().document;
    let as_they_are = minimise(IDENTITY, &all, Wildcards::AsTheyAre).unwrap();
    assert!(actions(&as_they_are).len() > 10);
    let short = minimise(IDENTITY, &all, Wildcards::New).unwrap();
    assert_eq!(actions(&short), ["sqs:*"]);
}

#[test]
fn parts_keep_to_the_quota() {
    let long: Vec<String> = (0..400)
        .map(|n| format!("\"arn:aws:s3:::acme-{n}/folder/*\""))
        .collect();
    let text = format!(
        r#"{{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":[{}]}},
           {{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-7/folder/secret/*"}}"#,
        long.join(",")
    );
    let whole = document(&text);
    let parts = split(PolicyKind::Managed, &whole, None).unwrap();
    assert!(parts.len() >= 2);
    assert!(parts.iter().all(|part| PolicyKind::Managed.check(part).is_ok()));
    let (before, after) = (
        PolicySet::compile(std::slice::from_ref(&whole)),
        PolicySet::compile(&parts),
    );
    for n in 0..400 {
        for key in ["x", "secret/x"] {
            let request = Request::new(
                "arn:aws:iam::123456789012:user/ada".parse().unwrap(),
                "s3:GetObject".parse().unwrap(),
                format!("arn:aws:s3:::acme-{n}/folder/{key}"),
            );
            assert_eq!(
                before.decide(IDENTITY, &request),
                after.decide(IDENTITY, &request),
                "{request}"
            );
        }
    }
    for kind in [
        PolicyKind::InlineUser,
        PolicyKind::Bucket,
        PolicyKind::Session,
        PolicyKind::Trust,
    ] {
        let quota = Some(2_048);
        assert_eq!(
            split(kind, &whole, quota).unwrap_err().kind(),
            ErrorKind::TooLarge,
            "{kind:?}"
        );
    }
    let one =
        document(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/folder/*"}"#);
    assert_eq!(
        split(PolicyKind::Managed, &one, None).unwrap(),
        std::slice::from_ref(&one)
    );
    let error = split(PolicyKind::Managed, &one, Some(50)).unwrap_err();
    assert!(error.to_string().contains("cannot be parted"), "{error}");
}

/// Whatever is rewritten decides every request of a small world as before.
#[test]
fn random_documents_stay_what_they_are() {
    let actions = [
        "s3:GetObject",
        "s3:Get*",
        "s3:*",
        "s3:PutObject",
        "*",
        "iam:GetUser",
        "s3:?etObject",
    ];
    let resources = [
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/a/*",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:iam::*:user/*",
    ];
    let conditions = [
        "{}",
        "{}",
        r#"{"StringEquals":{"k":["x","y"]}}"#,
        r#"{"StringNotEquals":{"k":"x"}}"#,
    ];
    let mut row = Row(5);
    let mut below = |bound: usize| row.below(bound);
    let mut world = Vec::new();
    for (action, resource) in [
        ("s3:GetObject", "arn:aws:s3:::b/a/x"),
        ("s3:GetObject", "arn:aws:s3:::b/ada/x"),
        ("s3:PutObject", "arn:aws:s3:::bb/x"),
        ("s3:ListAllMyBuckets", "*"),
        ("iam:GetUser", "arn:aws:iam::123456789012:user/ada"),
        ("sqs:GetQueueUrl", "arn:aws:sqs:us-east-1:123456789012:q"),
    ] {
        for value in [None, Some("x"), Some("y"), Some("z")] {
            let caller = "arn:aws:iam::123456789012:user/ada".parse().unwrap();
            let request = Request::new(caller, action.parse().unwrap(), resource);
            world.push(match value {
                Some(value) => request.context("k", value),
                None => request,
            });
        }
    }
    let decide = |documents: &[Document]| -> Vec<bool> {
        let set = PolicySet::compile(documents);
        let answers = world
            .iter()
            .map(|request| set.decide(IDENTITY, request) == Decision::Allow);
        answers.collect()
    };
    let (mut shorter, mut proven) = (0, 0);
    for _ in 0..30 {
        let count = 2 + below(4);
        let statements: Vec<String> = (0..count)
            .map(|_| {
                let effect = if below(4) == 0 { "Deny" } else { "Allow" };
                let not = |below: &mut dyn FnMut(usize) -> usize| if below(8) == 0 { "Not" } else { "" };
                let (first, second) = (actions[below(actions.len())], actions[below(actions.len())]);
                format!(
                    r#"{{"Effect":"{effect}","{}Action":["{first}","{second}"],"{}Resource":"{}","Condition":{}}}"#,
                    not(&mut below),
                    not(&mut below),
                    resources[below(resources.len())],
                    conditions[below(conditions.len())]
                )
            })
            .collect();
        let whole = document(&statements.join(","));
        let before = decide(std::slice::from_ref(&whole));
        for rewritten in [
            expand(IDENTITY, &whole).map(|expanded| vec![expanded.document]),
            minimise(IDENTITY, &whole, Wildcards::AsTheyAre).map(|short| vec![short]),
            minimise(IDENTITY, &whole, Wildcards::New).map(|short| vec![short]),
            split(PolicyKind::Managed, &whole, Some(250)),
        ] {
            let Ok(rewritten) = rewritten else { continue };
            proven += 1;
            shorter += usize::from(rewritten[0].to_json().len() < whole.to_json().len());
            assert_eq!(decide(&rewritten), before, "{whole} to {rewritten:?}");
        }
    }
    assert!(proven > 60 && shorter > 30, "{proven}, {shorter}");
}
