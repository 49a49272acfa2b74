//! Random pairs of policies: what is claimed of them, against the evaluator and every request of a small world. The world
//! has callers of every kind and nothing that AWS could not send. Policies in other words, by the linter's fixes too, are
//! held to the same.
//!
//! `cargo xtask pairs` runs more of them: `BUCKETLINE_FUZZ_PAIRS` sets how many pairs are tried, `BUCKETLINE_FUZZ_SEED` where
//! the row begins.

use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::lint::{Linter, PolicyType};
use bucketline_policy::rewrite::{Wildcards, expand, minimise};
use bucketline_policy::{Context, Decision, Document, DocumentKind, PolicySet, Principal, Request};

use crate::row::Row;

const CALLERS: [&str; 18] = [
    "anonymous",
    "123456789012",
    "arn:aws:iam::123456789012:user/ada",
    "arn:aws:iam::123456789012:user/eve",
    "arn:aws:iam::123456789012:role/r",
    "arn:aws:iam::123456789012:role/path/r",
    "arn:aws:iam::123456789012:role/other",
    "arn:aws:sts::123456789012:assumed-role/r/s",
    "arn:aws:sts::123456789012:assumed-role/r/t",
    "arn:aws:sts::123456789012:assumed-role/q/s",
    "arn:aws:sts::123456789012:federated-user/f",
    "arn:aws:sts::123456789012:federated-user/g",
    "arn:aws:iam::210987654321:user/ada",
    "lambda.amazonaws.com",
    "alexa-appkit.amazon.com",
    "accounts.google.com",
    "cognito-identity-us-gov.amazonaws.com",
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
];

const PRINCIPALS: [&str; 17] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"123456789012"}"#,
    r#"{"AWS":["arn:aws:iam::123456789012:root","arn:aws:iam::123456789012:user/ada"]}"#,
    r#"{"AWS":"arn:aws:iam::123456789012:user/ada"}"#,
    r#"{"AWS":["arn:aws:iam::123456789012:user/ada","210987654321"]}"#,
    r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#,
    r#"{"AWS":"arn:aws:iam::123456789012:role/path/r"}"#,
    r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r/s"}"#,
    r#"{"AWS":["arn:aws:sts::123456789012:assumed-role/r/s","arn:aws:iam::123456789012:role/r"]}"#,
    r#"{"AWS":"arn:aws:sts::123456789012:federated-user/f"}"#,
    r#"{"Service":"lambda.amazonaws.com"}"#,
    r#"{"Service":"alexa-appkit.amazon.com","AWS":"123456789012"}"#,
    r#"{"Federated":"accounts.google.com"}"#,
    r#"{"Federated":"cognito-identity-us-gov.amazonaws.com"}"#,
    r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#,
    r#"{"CanonicalUser":"79a5"}"#,
];

const CONDITIONS: [&str; 34] = [
    r#"{"StringEquals":{"k":"x"}}"#,
    r#"{"StringEquals":{"k":["x","y"]}}"#,
    r#"{"StringNotEquals":{"k":"x"}}"#,
    r#"{"StringEqualsIgnoreCase":{"k":"X"}}"#,
    r#"{"StringLikeIfExists":{"k":"x*"}}"#,
    r#"{"StringLike":{"k":"?"}}"#,
    r#"{"StringNotLike":{"k":["x*","y"]}}"#,
    r#"{"ForAnyValue:StringEquals":{"k":["x","y"]}}"#,
    r#"{"ForAnyValue:StringNotEquals":{"k":["x"]}}"#,
    r#"{"ForAllValues:StringEquals":{"k":["x","y"]}}"#,
    r#"{"ForAllValues:StringNotEquals":{"k":["x"]}}"#,
    r#"{"Null":{"k":"true"}}"#,
    r#"{"Null":{"k":"false"}}"#,
    r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
    r#"{"IpAddressIfExists":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}}"#,
    r#"{"NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}}"#,
    r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
    r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
    r#"{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#,
    r#"{"NumericLessThan":{"n":"5"}}"#,
    r#"{"NumericLessThanEquals":{"n":"4"}}"#,
    r#"{"NumericGreaterThan":{"n":["2","7"]}}"#,
    r#"{"NumericNotEquals":{"n":"5.0"}}"#,
    r#"{"DateLessThan":{"aws:CurrentTime":"2030-01-01"}}"#,
    r#"{"DateGreaterThanEquals":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
    r#"{"DateLessThan":{"aws:CurrentTime":"2031"}}"#,
    r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#,
    r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::b"}}"#,
    r#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:*:::b"}}"#,
    r#"{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}"#,
    r#"{"StringNotEquals":{"aws:PrincipalAccount":["123456789012"]}}"#,
    r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:user/*"}}"#,
    r#"{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
    r#"{"StringLike":{"aws:username":"a*"},"StringEquals":{"k":"${aws:username}"}}"#,
];

fn statement(row: &mut Row, kind: DocumentKind) -> String {
    let effect = if row.below(4) == 0 { "Deny" } else { "Allow" };
    let not = |row: &mut Row| if row.below(6) == 0 { "Not" } else { "" };
    let actions: &[&str] = if kind == DocumentKind::Trust {
        &[
            "sts:AssumeRole",
            "sts:AssumeRoleWithWebIdentity",
            "sts:Assume*",
            "sts:*",
            "*",
        ]
    } else {
        &[
            "s3:GetObject",
            "s3:GetObject*",
            "s3:Get*",
            "s3:PutObject",
            "s3:*",
            "*",
            "s3:ListBucket",
            "iam:*",
            "iam:GetUser",
            "s3:?etObject",
            "*:Get*",
            "s3:ListAllMyBuckets",
            "s3:List*",
        ]
    };
    let resources = [
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/a/*",
        "arn:aws:s3:::b/?",
        "arn:*:s3:::b/a",
        "arn:aws:s3:::*",
        "arn:aws:s3:::b/${aws:username}/*",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam:*:user/ada",
        "arn:aws:s3:*",
        "arn:aws:s3",
        "not an arn",
    ];
    let mut out = format!(
        r#"{{"Effect":"{effect}","{}Action":{}"#,
        not(row),
        row.list(actions)
    );
    if kind != DocumentKind::Trust {
        out += &format!(r#","{}Resource":{}"#, not(row), row.list(&resources));
    }
    if kind != DocumentKind::Identity {
        out += &format!(r#","{}Principal":{}"#, not(row), row.pick(&PRINCIPALS));
    }
    if row.below(2) == 0 {
        out += &format!(r#","Condition":{}"#, row.pick(&CONDITIONS));
    }
    out + "}"
}

fn document(row: &mut Row, kind: DocumentKind) -> String {
    let count = 1 + row.below(3);
    let statements: Vec<String> = (0..count).map(|_| statement(row, kind)).collect();
    let version = row.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]);
    format!(
        r#"{{"Version":"{version}","Statement":[{}]}}"#,
        statements.join(",")
    )
}

/// The same document, a little changed, so that pairs are often nearly alike.
fn changed(row: &mut Row, kind: DocumentKind, text: &str) -> String {
    let words: &[(&str, &str)] = &[
        ("s3:Get*", "s3:GetObject*"),
        ("\"k\":\"x\"", "\"k\":[\"x\",\"y\"]"),
        ("b/*", "b/a/*"),
        ("{\"StringEquals\"", "{\"StringLike\""),
        ("ArnLike", "ArnEquals"),
        ("NumericLessThan\"", "NumericLessThanEquals\""),
        ("10.0.0.0/8", "10.0.0.0/9"),
        ("role/r", "role/path/r"),
        ("user/ada", "user/eve"),
        ("lambda.amazonaws.com", "ec2.amazonaws.com"),
    ];
    let (from, to) = words[row.below(words.len())];
    match row.below(3) {
        0 => document(row, kind),
        1 => text.replace(from, to),
        _ => text.replacen("[{", &format!("[{},{{", statement(row, kind)), 1),
    }
}

struct World {
    requests: Vec<Request>,
}

impl World {
    fn of(kind: DocumentKind) -> Self {
        let targets: &[(&str, &str)] = if kind == DocumentKind::Trust {
            &[
                ("sts:AssumeRole", "arn:aws:iam::123456789012:role/target"),
                (
                    "sts:AssumeRoleWithWebIdentity",
                    "arn:aws:iam::123456789012:role/target",
                ),
            ]
        } else {
            &[
                ("s3:GetObject", "arn:aws:s3:::b/a"),
                ("s3:GetObject", "arn:aws:s3:::b/a/x"),
                ("s3:PutObject", "arn:aws:s3:::b/ada/f"),
                ("s3:GetObjectAcl", "arn:aws:s3:::bb/x"),
                ("s3:ListBucket", "arn:aws:s3:::b"),
                ("s3:ListAllMyBuckets", "*"),
                ("iam:GetUser", "arn:aws:iam::123456789012:user/ada"),
                ("sqs:GetQueueUrl", "arn:aws:sqs:us-east-1:123456789012:q"),
                ("ec2:DescribeInstances", "*"),
            ]
        };
        let callers: Vec<Principal> = CALLERS.iter().flat_map(|text| callers(text)).collect();
        let mut requests = Vec::new();
        for (at, caller) in callers.iter().enumerate() {
            let has_policies = caller.account().is_some() && !caller.as_str().ends_with(":root");
            if kind == DocumentKind::Identity && !has_policies {
                continue;
            }
            for (action, resource) in targets {
                for (number, context) in contexts().into_iter().enumerate() {
                    // Not every caller in every context: the world would be large.
                    if (at + number).is_multiple_of(3) || number < 2 {
                        let request = Request::new(caller.clone(), action.parse().unwrap(), *resource);
                        requests.push(request.with_context(context));
                    }
                }
            }
        }
        Self { requests }
    }
}

fn callers(text: &str) -> Vec<Principal> {
    let caller: Principal = text.parse().unwrap();
    let mut all = vec![caller.clone()];
    if text.contains("federated-user") {
        let user = "arn:aws:iam::123456789012:user/ada".parse().unwrap();
        all.push(caller.clone().federated_by(&user));
    }
    if text.ends_with("user/ada") {
        all.push(caller.with_canonical_user("79a5"));
        all.push(Principal::canonical_user("79a5"));
    }
    all
}

fn contexts() -> Vec<Context> {
    let context = |entries: &[(&str, &str)]| entries.iter().copied().collect::<Context>();
    let now = ("aws:CurrentTime", "2026-11-26T12:00:00Z");
    let region = ("aws:RequestedRegion", "us-east-1");
    let then = ("aws:CurrentTime", "2030-06-01T00:00:00Z");
    vec![
        context(&[now, region]),
        context(&[now, region, ("k", "x"), ("n", "4"), ("aws:SourceIp", "10.1.2.3")]),
        context(&[
            then,
            region,
            ("k", "y"),
            ("n", "4.5"),
            ("aws:SourceIp", "10.200.0.1"),
        ]),
        context(&[
            then,
            region,
            ("k", "x"),
            ("k", "z"),
            ("n", "5"),
            ("aws:SourceIp", "203.0.113.9"),
        ]),
        context(&[
            now,
            region,
            ("k", "X"),
            ("n", "8"),
            ("aws:SecureTransport", "false"),
        ]),
        context(&[
            now,
            region,
            ("k", "xx"),
            ("n", "no number"),
            ("aws:SourceArn", "arn:aws:s3:::b"),
        ]),
        context(&[now, region, ("k", "ada"), ("aws:SourceArn", "arn:aws:sns:::b")]),
        context(&[
            now,
            region,
            ("k", ""),
            ("k", "x"),
            ("aws:SourceArn", "arn:aws:s3:::c"),
            ("aws:ViaAWSService", "true"),
        ]),
    ]
}

fn number(name: &str, default: u64) -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the bounds of a longer run are given from outside"
    )]
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

fn seed() -> u64 {
    number("BUCKETLINE_FUZZ_SEED", 7)
}

fn worlds() -> [(DocumentKind, World); 3] {
    let kinds = [
        DocumentKind::Identity,
        DocumentKind::Resource,
        DocumentKind::Trust,
    ];
    kinds.map(|kind| (kind, World::of(kind)))
}

fn compiled(text: &str) -> PolicySet {
    PolicySet::compile(&[text.parse::<Document>().unwrap()])
}

#[test]
fn what_is_claimed_of_random_pairs_is_true() {
    let (pairs, seed) = (number("BUCKETLINE_FUZZ_PAIRS", 300), seed());
    let mut row = Row(seed);
    let worlds = worlds();
    let (mut answered, mut unknown) = (0_u64, 0_u64);
    for pair in 0..pairs {
        let (kind, world) = &worlds[row.below(3)];
        let first = document(&mut row, *kind);
        let second = changed(&mut row, *kind, &first);
        let (one, other) = (compiled(&first), compiled(&second));
        let found = diff(*kind, &one, &other);
        let place = || format!("pair {pair} of seed {seed}, {kind:?}:\n{first}\n{second}\n{found:?}");
        for (witness, allows, does_not) in [
            (found.only_first(), &one, &other),
            (found.only_second(), &other, &one),
        ] {
            if let Some(request) = witness {
                assert_eq!(allows.decide(*kind, request), Decision::Allow, "{}", place());
                assert_ne!(does_not.decide(*kind, request), Decision::Allow, "{}", place());
            }
        }
        for request in &world.requests {
            let here = one.decide(*kind, request).is_allowed();
            let there = other.decide(*kind, request).is_allowed();
            assert!(
                !(found.first_is_within_second() && here && !there),
                "{request}\n{}",
                place()
            );
            assert!(
                !(found.second_is_within_first() && there && !here),
                "{request}\n{}",
                place()
            );
        }
        match found.relation() {
            Relation::Unknown => unknown += 1,
            _ => answered += 1,
        }
    }
    println!("{pairs} pairs, {answered} answered, {unknown} unknown, none unsound");
    assert!(answered > unknown, "{answered} of {pairs} pairs have an answer");
}

#[test]
fn random_policies_in_other_words_decide_as_before() {
    // A document for every twentieth pair: each is proven several times on its way.
    let (documents, seed) = (number("BUCKETLINE_FUZZ_PAIRS", 300).div_ceil(20), seed());
    let mut row = Row(seed ^ 0xd0c5);
    let worlds = worlds();
    let (mut rewritten, mut refused) = (0_u64, 0_u64);
    for at in 0..documents {
        let (kind, world) = &worlds[row.below(3)];
        let text = document(&mut row, *kind);
        let before: Document = text.parse().unwrap();
        let expanded = expand(*kind, &before).map(|expanded| expanded.document);
        let shorter = minimise(*kind, &before, Wildcards::AsTheyAre);
        let policy_type = match kind {
            DocumentKind::Resource => PolicyType::Resource,
            DocumentKind::Trust => PolicyType::Trust,
            _ => PolicyType::Identity,
        };
        let fixed = Linter::new(policy_type).fix(&text, &[]);
        let texts = [
            ("expand", expanded.ok().map(|document| document.to_json())),
            ("minimise", shorter.ok().map(|document| document.to_json())),
            ("fix", Some(fixed.text().to_owned())),
        ];
        let one = compiled(&text);
        for (how, after) in texts {
            let Some(after) = after else {
                refused += 1;
                continue;
            };
            rewritten += u64::from(after.parse::<Document>().unwrap().canonical() != before.canonical());
            let other = compiled(&after);
            for request in &world.requests {
                assert_eq!(
                    one.decide(*kind, request).is_allowed(),
                    other.decide(*kind, request).is_allowed(),
                    "{how} of document {at} of seed {seed}, {kind:?}: {request}\n{text}\n{after}"
                );
            }
        }
    }
    println!(
        "{documents} documents, {rewritten} times in other words, {refused} refused, none decides otherwise"
    );
    assert!(rewritten > refused, "{rewritten} rewritten, {refused} refused");
}
