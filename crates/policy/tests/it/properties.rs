//! Laws that hold for all documents and requests, over a small world in which much matches.

use bucketline_policy::{
    Context, Decision, Document, DocumentKind, Layers, PolicySet, PrincipalKind, Request, authorize,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const CALLERS: [&str; 5] = [
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:sts::123456789012:assumed-role/r/s",
    "arn:aws:iam::210987654321:role/r",
    "lambda.amazonaws.com",
    "anonymous",
];

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    proptest::sample::select(words).prop_map(Value::from).boxed()
}

/// A plain value or an array of up to three.
fn one_or_many(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let many = proptest::collection::vec(item.clone(), 0..3).prop_map(Value::Array);
    prop_oneof![item, many].boxed()
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = proptest::sample::select(
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringEqualsIfExists",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEquals",
            "Null",
            "Bool",
            "NumericLessThan",
            "ArnLike",
            "IpAddress",
        ][..],
    );
    let value = prop_oneof![
        one_of(&[
            "a",
            "a*",
            "true",
            "false",
            "5",
            "${aws:username}",
            "arn:aws:s3:::b",
            "10.0.0.0/8"
        ]),
        any::<bool>().prop_map(Value::from),
        (0..9i32).prop_map(Value::from),
    ]
    .boxed();
    (
        operator,
        proptest::sample::select(&["k:x", "aws:username"][..]),
        one_or_many(value),
    )
        .prop_map(|(operator, key, values)| json!({operator: {key: values}}))
}

fn statement(effect: &'static [&'static str], with_principal: bool) -> impl Strategy<Value = Value> {
    let actions = one_or_many(one_of(&["*", "s3:*", "s3:Get*", "s3:PutObject", "S3:getobject"]));
    let resources = one_or_many(one_of(&[
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/a?",
        "arn:aws:s3:::*/${aws:username}",
        "arn:aws:s3:::c",
    ]));
    let principal = prop_oneof![
        Just(json!("*")),
        one_or_many(one_of(&[
            "*",
            "123456789012",
            CALLERS[0],
            CALLERS[1],
            "arn:aws:iam::123456789012:role/r"
        ]))
        .prop_map(|list| json!({"AWS": list})),
        Just(json!({"Service": CALLERS[3]})),
    ];
    let names = (any::<bool>(), any::<bool>(), any::<bool>());
    (
        one_of(effect),
        actions,
        resources,
        proptest::option::of(condition()),
        principal,
        names,
    )
        .prop_map(
            move |(
                effect,
                actions,
                resources,
                condition,
                principal,
                (not_action, not_resource, not_principal),
            )| {
                let mut statement = json!({"Effect": effect});
                statement[if not_action { "NotAction" } else { "Action" }] = actions;
                statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
                if let Some(condition) = condition {
                    statement["Condition"] = condition;
                }
                if with_principal {
                    statement[if not_principal {
                        "NotPrincipal"
                    } else {
                        "Principal"
                    }] = principal;
                }
                statement
            },
        )
}

fn document(effect: &'static [&'static str], with_principal: bool) -> impl Strategy<Value = Value> {
    let statements = one_or_many(statement(effect, with_principal).boxed());
    (
        statements,
        proptest::option::of(one_of(&["2012-10-17", "2008-10-17"])),
    )
        .prop_map(|(statements, version)| {
            let mut document = json!({"Statement": statements});
            if let Some(version) = version {
                document["Version"] = version;
            }
            document
        })
}

const EITHER: &[&str] = &["Allow", "Allow", "Deny"];

fn request() -> impl Strategy<Value = Request> {
    let key = proptest::sample::select(&["k:x", "aws:username"][..]);
    let value = proptest::sample::select(&["a", "ab", "true", "4", "*", "arn:aws:s3:::b", "10.1.2.3"][..]);
    (
        proptest::sample::select(&CALLERS[..]),
        proptest::sample::select(&["s3:GetObject", "s3:PutObject", "iam:GetUser"][..]),
        proptest::sample::select(
            &[
                "arn:aws:s3:::b/ab",
                "arn:aws:s3:::b/abc",
                "arn:aws:s3:::c",
                "arn:aws:s3:::x/a",
                "*",
            ][..],
        ),
        proptest::collection::vec((key, value), 0..3),
    )
        .prop_map(|(caller, action, resource, context)| {
            Request::new(caller.parse().unwrap(), action.parse().unwrap(), resource)
                .resource_account("123456789012".parse().unwrap())
                .with_context(context.into_iter().collect::<Context>())
        })
}

fn set(document: &Value) -> PolicySet {
    PolicySet::compile(&[Document::parse(&document.to_string()).unwrap()])
}

proptest! {
    #[test]
    fn printing_and_reading_is_the_identity(value in document(EITHER, true)) {
        let document = Document::parse(&value.to_string()).unwrap();
        for text in [document.to_json(), document.to_json_pretty()] {
            prop_assert_eq!(&Document::parse(&text).unwrap(), &document);
            // Not only the meaning: the form of every list and value too.
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &value);
        }
        prop_assert_eq!(serde_json::from_value::<Document>(value).unwrap(), document);
    }

    #[test]
    fn the_canonical_form_decides_the_same(value in document(EITHER, true), request in request()) {
        let document = Document::parse(&value.to_string()).unwrap();
        let canonical = document.canonical();
        prop_assert_eq!(&canonical.canonical(), &canonical);
        for kind in [DocumentKind::Identity, DocumentKind::Resource, DocumentKind::Trust] {
            let plain = PolicySet::compile(std::slice::from_ref(&document)).decide(kind, &request);
            prop_assert_eq!(PolicySet::compile(std::slice::from_ref(&canonical)).decide(kind, &request), plain);
        }
    }

    #[test]
    fn a_further_deny_never_allows_more(
        identity in document(EITHER, false), resource in document(EITHER, true),
        denial in document(&["Deny"], false), refusal in document(&["Deny"], true), request in request(),
    ) {
        let read = |value: &Value| Document::parse(&value.to_string()).unwrap();
        let before = (set(&identity), set(&resource));
        let after = (
            PolicySet::compile(&[read(&identity), read(&denial)]),
            PolicySet::compile(&[read(&resource), read(&refusal)]),
        );
        let decide = |sets: &(PolicySet, PolicySet)| authorize(&Layers::new(&sets.0).resource(&sets.1), &request).decision();
        if decide(&after).is_allowed() {
            prop_assert!(decide(&before).is_allowed());
        }
    }

    #[test]
    fn further_layers_only_narrow(
        identity in document(EITHER, false), resource in document(EITHER, true),
        boundary in document(EITHER, false), session in document(EITHER, false), organization in document(EITHER, false),
        request in request(),
    ) {
        let (identity, resource, boundary, session) = (set(&identity), set(&resource), set(&boundary), set(&session));
        let levels = [set(&organization)];
        let open = Layers::new(&identity).resource(&resource);
        let full = PolicySet::compile(&[r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.parse().unwrap()]);
        // Without a session policy a federated user has next to no permissions: its first one is no narrowing.
        let is_federated = request.principal().kind() == PrincipalKind::FederatedUser;
        let open = if is_federated { open.session(&full) } else { open };
        let allowed = |layers: Layers| authorize(&layers, &request).is_allowed();
        let before = allowed(open.clone());
        for narrowed in [
            open.clone().boundary(&boundary),
            open.clone().session(&session),
            open.clone().vpc_endpoint(&resource),
            open.clone().service_control(&levels),
            open.boundary(&boundary).session(&session).service_control(&levels),
        ] {
            prop_assert!(!allowed(narrowed) || before);
        }
    }

    #[test]
    fn what_is_explained_is_what_was_decided(
        identity in document(EITHER, false), resource in document(EITHER, true), request in request(),
    ) {
        let (identity, resource) = (set(&identity), set(&resource));
        let layers = Layers::new(&identity).resource(&resource);
        let verdict = authorize(&layers, &request);
        let why = verdict.explain();
        prop_assert_eq!(why.decision, verdict.decision());
        let denies = |report: &bucketline_policy::StatementReport| {
            report.mismatches.is_empty() && report.effect == bucketline_policy::Effect::Deny
        };
        prop_assert_eq!(why.statements.iter().any(denies), why.decision == Decision::ExplicitDeny);
        if let bucketline_policy::Decider::Statement(layer, place) = why.by {
            let report = why.statements.iter().find(|report| (report.layer, report.place) == (layer, place)).unwrap();
            prop_assert!(report.mismatches.is_empty());
        }
        prop_assert!(!why.to_string().is_empty());
    }
}
