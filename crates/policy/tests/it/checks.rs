//! The checks for a pipeline: what passes is proven, and what does not comes with a request.

use bucketline_policy::checks::{Access, Check, CheckedFile, ResourceType, Subject, access_not_granted};
use bucketline_policy::checks::{no_new_access, no_public_access, sarif};
use bucketline_policy::{Decision, Document, DocumentKind, Layers, PolicySet, Request};

use crate::row::Row;

fn set(statements: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    PolicySet::compile(&[Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))])
}

fn identity(statements: &str) -> Subject {
    Subject::alone(DocumentKind::Identity, set(statements))
}

fn places(check: &Check) -> Vec<(&str, bool)> {
    let findings = check.findings().iter();
    findings
        .map(|found| (found.pointer(), found.witness().is_some()))
        .collect()
}

const PUT: &str = r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/*"}"#;
const GET: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}"#;
const DELETE: &str =
    r#"{"Sid":"Wide","Effect":"Allow","Action":"s3:Delete*","Resource":"arn:aws:s3:::acme/*"}"#;
const NO_DELETE: &str = r#"{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}"#;

#[test]
fn new_access_is_told_by_statement() {
    let old = identity(&format!("{PUT},{GET}"));
    assert!(no_new_access(&old, &identity(GET)).passes());
    let check = no_new_access(&old, &identity(&format!("{GET},{DELETE}")));
    assert!(!check.passes());
    assert_eq!(places(&check), [("/Statement/1", true)]);
    assert_eq!(check.findings()[0].sid(), Some("Wide"));
    let witness = check.findings()[0].witness().unwrap();
    assert!(witness.action().as_str().starts_with("s3:Delete"), "{witness}");
    // A denial that is taken away grants too.
    let check = no_new_access(&identity(&format!("{DELETE},{NO_DELETE}")), &identity(DELETE));
    assert_eq!(places(&check), [("/Statement/0", true)]);
}

#[test]
fn what_other_layers_keep_out_is_not_new() {
    let layers = |scp: &str| {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        Layers::default().service_control([set(&format!("{all},{scp}"))])
    };
    let (old, new) = (identity(GET), identity(&format!("{GET},{DELETE}")));
    let within = |subject: &Subject, layers: &Layers| subject.clone().within(layers.clone());
    let denying = layers(NO_DELETE);
    assert!(no_new_access(&within(&old, &denying), &within(&new, &denying)).passes());
    let other = layers(r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*"}"#);
    let check = no_new_access(&within(&old, &other), &within(&new, &other));
    assert_eq!(places(&check), [("/Statement/1", true)]);
    let boundary = Layers::default().boundary(set(&format!("{PUT},{GET}")));
    assert!(no_new_access(&within(&old, &boundary), &within(&new, &boundary)).passes());
    // Of what the bucket's policy grants already nothing is new.
    let ada = r#"{"Effect":"Allow","Principal":"*","Action":"s3:Delete*","Resource":"*"}"#;
    let granted = Layers::default().resource(set(ada));
    let check = no_new_access(&within(&old, &granted), &within(&new, &granted));
    assert!(
        check.findings().iter().all(|found| found.witness().is_none()),
        "{check:?}"
    );
    let refused = Layers::default().resource(set(&ada.replace("Allow", "Deny")));
    assert!(no_new_access(&within(&old, &refused), &within(&new, &refused)).passes());
}

#[test]
fn access_by_actions_resources_or_both() {
    let policy = identity(&format!("{PUT},{DELETE}"));
    let check = |actions: &[&str], resources: &[&str]| {
        access_not_granted(
            &policy,
            &Access::new(actions.iter().copied(), resources.iter().copied()).unwrap(),
        )
    };
    assert_eq!(
        places(&check(&["s3:*"], &[])),
        [("/Statement/0", true), ("/Statement/1", true)]
    );
    assert_eq!(
        places(&check(&["s3:DeleteObject", "iam:*"], &[])),
        [("/Statement/1", true)]
    );
    assert!(check(&["s3:GetObject"], &[]).passes());
    assert!(check(&[], &["arn:aws:s3:::other/*"]).passes());
    assert!(!check(&[], &["arn:aws:s3:::acme/ledger"]).passes());
    assert!(check(&["s3:PutObject"], &["arn:aws:s3:::acme"]).passes());
    let refused = |actions: &[&str]| Access::new(actions.iter().copied(), [""; 0]).unwrap_err();
    assert!(
        refused(&["DeleteObject"])
            .to_string()
            .contains("a service and a name")
    );
    assert!(refused(&[]).to_string().contains("neither"));
    let scp = Layers::default().service_control([set(
        r#"{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"*"}"#,
    )]);
    let within = policy.clone().within(scp);
    let delete = Access::new(["s3:Delete*"], [""; 0]).unwrap();
    assert!(access_not_granted(&within, &delete).passes());
}

fn public(statement: &str) -> Check {
    no_public_access(
        &Subject::alone(DocumentKind::Resource, set(statement)),
        ResourceType::S3_BUCKET,
    )
}

fn open(more: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"{more}}}"#
    )
}

/// By S3's page on blocking public access, "The meaning of public".
#[test]
fn the_public_and_those_whom_somebody_chose() {
    for more in [
        "",
        r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
        r#","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
        r#","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-zzzzzzzzzz"}}"#,
        r#","Condition":{"StringLike":{"aws:SourceVpc":"*"}}"#,
        r#","Condition":{"StringLike":{"aws:SourceVpc":["vpc-1","*"]}}"#,
        r#","Condition":{"Null":{"aws:SourceVpce":"false"}}"#,
        r#","Condition":{"StringEquals":{"aws:Referer":"https://acme.example/"}}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"x"}}"#,
        r#","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/ou-c/"}}"#,
    ] {
        let check = public(&open(more));
        assert_eq!(places(&check), [("/Statement/0", true)], "{more}: {check:?}");
    }
    for more in [
        r#","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
        r#","Condition":{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}"#,
        r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
        r#","Condition":{"StringEquals":{"aws:ResourceAccount":"123456789012","aws:SourceAccount":"${aws:ResourceAccount}"}}"#,
        r#","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a/*"}}"#,
    ] {
        let check = public(&open(more));
        assert!(check.passes(), "{more}: {check:?}");
    }
    for principal in [
        r#"{"AWS":"123456789012"}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#,
        r#"{"Service":"cloudtrail.amazonaws.com"}"#,
        r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
    ] {
        assert!(
            public(&open("").replace(r#""*""#, principal)).passes(),
            "{principal}"
        );
    }
    let others = r#"{"Effect":"Allow","NotPrincipal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"*"}"#;
    assert!(!public(others).passes());
}

#[test]
fn denials_for_all_others_close_what_is_open() {
    let deny = |condition: &str| {
        format!(
            r#"{},{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{condition}}}"#,
            open("")
        )
    };
    for condition in [
        r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#,
        r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
    ] {
        let check = public(&deny(condition));
        assert!(check.passes(), "{condition}: {check:?}");
    }
    for condition in [
        r#"{"StringNotLike":{"aws:SourceVpce":"*"}}"#,
        r#"{"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"Bool":{"aws:SecureTransport":"false"}}"#,
    ] {
        let check = public(&deny(condition));
        assert_eq!(places(&check), [("/Statement/0", true)], "{condition}: {check:?}");
    }
}

#[test]
fn trust_in_anybody_is_public() {
    let check = |principal: &str, action: &str, condition: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"{action}","Condition":{condition}}}"#
        );
        no_public_access(
            &Subject::alone(DocumentKind::Trust, set(&statement)),
            ResourceType::TRUST_POLICY,
        )
    };
    let assume = "sts:AssumeRole";
    assert!(!check(r#"{"AWS":"*"}"#, assume, "{}").passes());
    // The external id is no secret.
    assert!(
        !check(
            r#"{"AWS":"*"}"#,
            assume,
            r#"{"StringEquals":{"sts:ExternalId":"x"}}"#
        )
        .passes()
    );
    let of_org = r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
    assert!(check(r#"{"AWS":"*"}"#, assume, of_org).passes());
    assert!(check(r#"{"AWS":"123456789012"}"#, assume, "{}").passes());
    let web = "sts:AssumeRoleWithWebIdentity";
    let github =
        r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#;
    let host = "token.actions.githubusercontent.com";
    let condition = |test: &str| format!(r#"{{"StringLike":{{{test}}}}}"#).replace("HOST", host);
    let audience = r#""HOST:aud":"sts.amazonaws.com""#;
    assert!(!check(github, web, &condition(audience)).passes());
    assert!(
        !check(
            github,
            web,
            &condition(&format!(r#"{audience},"HOST:sub":"repo:*""#))
        )
        .passes()
    );
    assert!(
        check(
            github,
            web,
            &condition(&format!(r#"{audience},"HOST:sub":"repo:acme/*""#))
        )
        .passes()
    );
    let google = r#"{"Federated":"accounts.google.com"}"#;
    assert!(!check(google, web, "{}").passes());
    assert!(
        check(
            google,
            web,
            r#"{"StringEquals":{"accounts.google.com:aud":"66677"}}"#
        )
        .passes()
    );
    let own =
        r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB"}"#;
    assert!(
        check(own, web, "{}").passes(),
        "only one's own cluster gives such identities"
    );
}

#[test]
fn types_of_resource_are_aws_own() {
    let queue = r#"{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}"#;
    let subject = Subject::alone(DocumentKind::Resource, set(queue));
    let of = |name: &str| no_public_access(&subject, name.parse().unwrap()).passes();
    assert!(!of("AWS::SQS::Queue"));
    assert!(of("AWS::S3::Bucket"), "its actions do nothing there");
    assert!("AWS::EC2::Instance".parse::<ResourceType>().is_err());
    for resource_type in ResourceType::all() {
        assert_eq!(
            resource_type.to_string().parse::<ResourceType>().unwrap(),
            resource_type
        );
        let all = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let subject = Subject::alone(DocumentKind::Resource, set(all));
        let check = no_public_access(&subject, resource_type);
        assert_eq!(
            places(&check),
            [("/Statement/0", true)],
            "{resource_type}: {check:?}"
        );
    }
}

#[test]
fn what_is_meant_is_said_in_the_document() {
    let text = format!(
        r#"{{"Version":"2012-10-17","Id":"check-allow PUBLIC_ACCESS@/Statement/0: a web site","Statement":[{}]}}"#,
        open("")
    );
    let check = |text: &str| {
        let set = PolicySet::compile(&[Document::parse(text).unwrap()]);
        no_public_access(
            &Subject::alone(DocumentKind::Resource, set),
            ResourceType::S3_BUCKET,
        )
    };
    let found = check(&text);
    assert!(found.passes());
    assert_eq!(found.findings()[0].suppression(), Some("a web site"));
    for other in [
        ("0: a", "1: a"),
        ("PUBLIC_ACCESS@", "NEW_ACCESS@"),
        (": a web site", ": "),
    ] {
        assert!(!check(&text.replace(other.0, other.1)).passes(), "{other:?}");
    }
}

#[test]
fn sarif_names_the_place() {
    let text = format!("[\n{{\"Version\":\"2012-10-17\",\"Statement\":[{PUT},\n{DELETE}]}}]");
    let documents: Vec<Document> = serde_json::from_str(&text).unwrap();
    let new = Subject::alone(DocumentKind::Identity, PolicySet::compile(&documents));
    let check = no_new_access(&identity(PUT), &new);
    let log = sarif(&CheckedFile {
        uri: "new.json",
        text: &text,
        check: &check,
    });
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "NEW_ACCESS");
    assert_eq!(
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "/0/Statement/1"
    );
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&3.into(), &1.into())
    );
}

/// What passes is not refuted by any request of a small world, and every witness is one.
#[test]
fn random_pairs_are_not_refuted() {
    let actions = ["s3:GetObject", "s3:Get*", "s3:*", "s3:PutObject", "*", "iam:*"];
    let resources = [
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/a/*",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::b/${aws:username}/*",
    ];
    let conditions = [
        "{}",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
        r#"{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":["o-1","o-2"]}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24"]}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
        r#"{"Null":{"aws:SourceVpce":"true"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"ForAnyValue:StringNotLike":{"aws:PrincipalOrgPaths":"o-1/*"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
    ];
    let principals = [
        r#""*""#,
        r#"{"AWS":"*"}"#,
        r#"{"AWS":"123456789012"}"#,
        r#"{"Service":"lambda.amazonaws.com"}"#,
    ];
    let contexts: &[&[(&str, &str)]] = &[
        &[("aws:SourceIp", "198.51.100.7")],
        &[("aws:SourceIp", "8.8.8.8")],
        &[("aws:SourceVpce", "vpce-9"), ("aws:SourceVpc", "vpc-9")],
        &[
            ("aws:SourceIp", "8.8.8.8"),
            ("aws:PrincipalOrgID", "o-9"),
            ("aws:PrincipalOrgPaths", "o-9/r/"),
        ],
        &[
            ("aws:SourceIp", "203.0.113.9"),
            ("aws:PrincipalOrgID", "o-1"),
            ("aws:PrincipalOrgPaths", "o-1/r/"),
        ],
    ];
    let mut row = Row(11);
    let mut below = |bound: usize| row.below(bound);
    let request = |caller: &str, action: &str, resource: &str, context: &[(&str, &str)]| {
        let request = Request::new(caller.parse().unwrap(), action.parse().unwrap(), resource);
        context
            .iter()
            .fold(request, |request, (key, value)| request.context(key, *value))
    };
    let targets = [
        ("s3:GetObject", "arn:aws:s3:::b/a/x"),
        ("s3:PutObject", "arn:aws:s3:::b/x"),
        ("s3:GetObject", "arn:aws:s3:::bb/ada/x"),
        ("s3:GetObject", "arn:aws:s3:::b/ada/x"),
        ("iam:GetUser", "arn:aws:iam::123456789012:user/ada"),
    ];
    let (mut passed, mut shown) = (0, 0);
    for _ in 0..250 {
        let mut statement = |kind: DocumentKind| {
            let effect = if below(4) == 0 { "Deny" } else { "Allow" };
            let principal = match kind {
                DocumentKind::Identity => String::new(),
                _ => format!(r#""Principal":{},"#, principals[below(principals.len())]),
            };
            format!(
                r#"{{"Effect":"{effect}",{principal}"Action":"{}","Resource":"{}","Condition":{}}}"#,
                actions[below(actions.len())],
                resources[below(resources.len())],
                conditions[below(conditions.len())]
            )
        };
        let mut sets = |kind| {
            let text = format!("{},{}", statement(kind), statement(kind));
            (set(&text), text)
        };
        let bucket = sets(DocumentKind::Resource);
        let check = no_public_access(
            &Subject::alone(DocumentKind::Resource, &bucket.0),
            ResourceType::S3_BUCKET,
        );
        passed += usize::from(check.passes());
        for found in check.findings().iter().filter_map(|found| found.witness()) {
            shown += 1;
            assert_eq!(
                bucket.0.decide(DocumentKind::Resource, found),
                Decision::Allow,
                "{}: {found}",
                bucket.1
            );
        }
        for caller in ["anonymous", "arn:aws:iam::999988887777:user/eve"] {
            for (action, resource) in targets.iter().take(4) {
                // A stranger has none of the chosen values.
                for context in &contexts[..4] {
                    let of_caller = context
                        .iter()
                        .filter(|(key, _)| caller != "anonymous" || !key.contains("Principal"));
                    let context: Vec<(&str, &str)> = of_caller.copied().collect();
                    let asked = request(caller, action, resource, &context);
                    let is_allowed = bucket.0.decide(DocumentKind::Resource, &asked) == Decision::Allow;
                    assert!(!(is_allowed && check.passes()), "{}: {asked}", bucket.1);
                }
            }
        }
        let (old, new, boundary) = (
            sets(DocumentKind::Identity),
            sets(DocumentKind::Identity),
            sets(DocumentKind::Identity),
        );
        let layers = Layers::default().boundary(&boundary.0);
        let subject = |set: &PolicySet| Subject::alone(DocumentKind::Identity, set).within(layers.clone());
        let check = no_new_access(&subject(&old.0), &subject(&new.0));
        passed += usize::from(check.passes());
        let is_new = |asked: &Request| {
            let allows = |set: &PolicySet| set.decide(DocumentKind::Identity, asked) == Decision::Allow;
            allows(&new.0) && allows(&boundary.0) && !allows(&old.0)
        };
        for found in check.findings().iter().filter_map(|found| found.witness()) {
            shown += 1;
            assert!(
                is_new(found),
                "{} to {} within {}: {found}",
                old.1,
                new.1,
                boundary.1
            );
        }
        for (action, resource) in targets {
            for context in contexts {
                let asked = request("arn:aws:iam::123456789012:user/ada", action, resource, context);
                assert!(
                    !(is_new(&asked) && check.passes()),
                    "{} to {} within {}: {asked}",
                    old.1,
                    new.1,
                    boundary.1
                );
            }
        }
    }
    assert!(passed > 100 && shown > 100, "{passed}, {shown}");
}
