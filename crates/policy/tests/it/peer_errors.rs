//! Behaviours of AWS that well-known evaluators get wrong, one test each. The golden cases cover them in more forms.

use bucketline_policy::{Decision, Document};
use serde_json::{Value, json};

use crate::case;

const USER: &str = "arn:aws:iam::123456789012:user/alice";

/// The decision of one identity policy of one statement.
fn identity(version: Option<&str>, statement: Value, context: Value) -> Decision {
    let mut policy = json!({"Statement": statement});
    if let Some(version) = version {
        policy["Version"] = version.into();
    }
    let request = json!({"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/alice/k", "context": context});
    case::decide(&json!({"kind": "identity", "policy": policy, "request": request}))
}

fn allows_on(resource: &str, context: Value) -> bool {
    let statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": resource});
    identity(Some("2012-10-17"), statement, context).is_allowed()
}

fn holds(condition: Value, context: Value) -> bool {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    identity(Some("2012-10-17"), statement, context).is_allowed()
}

#[test]
fn an_account_principal_matches_every_principal_of_that_account() {
    for listed in ["123456789012", "arn:aws:iam::123456789012:root"] {
        for caller in [
            USER,
            "arn:aws:sts::123456789012:assumed-role/r/s",
            "arn:aws:iam::123456789012:root",
        ] {
            let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": listed},
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}});
            let request =
                json!({"principal": caller, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
            let case = json!({"kind": "resource", "policy": policy, "request": request});
            assert_eq!(case::decide(&case), Decision::Allow, "{listed} for {caller}");
        }
    }
}

#[test]
fn variables_are_replaced_in_condition_values() {
    let condition = json!({"StringEquals": {"s3:prefix": "${aws:username}/"}});
    assert!(holds(
        condition.clone(),
        json!({"s3:prefix": ["alice/"], "aws:username": ["alice"]})
    ));
    assert!(!holds(
        condition,
        json!({"s3:prefix": ["${aws:username}/"], "aws:username": ["alice"]})
    ));
}

#[test]
fn escaped_wildcards_are_literals() {
    for (pattern, literal, other) in [
        ("a${*}", "a*", "ab"),
        ("a${?}", "a?", "ab"),
        ("a${$}", "a$", "ab"),
    ] {
        for operator in ["StringEquals", "StringLike", "StringEqualsIgnoreCase"] {
            let condition = json!({operator: {"k:x": pattern}});
            assert!(
                holds(condition.clone(), json!({"k:x": [literal]})),
                "{operator} {pattern}"
            );
            assert!(!holds(condition, json!({"k:x": [other]})), "{operator} {pattern}");
        }
    }
}

#[test]
fn variables_stay_literal_under_2008_10_17_and_without_version() {
    for version in [Some("2008-10-17"), None] {
        let statement =
            json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}/*"});
        assert!(
            !identity(version, statement, json!({"aws:username": ["alice"]})).is_allowed(),
            "{version:?}"
        );
    }
    assert!(
        Document::parse(r#"{"Statement":[]}"#)
            .unwrap()
            .version()
            .is_none()
    );
}

#[test]
fn a_wildcard_in_the_value_of_a_variable_is_literal() {
    assert!(allows_on(
        "arn:aws:s3:::b/${aws:username}/*",
        json!({"aws:username": ["alice"]})
    ));
    for value in ["*", "al*", "?????"] {
        assert!(
            !allows_on(
                "arn:aws:s3:::b/${aws:username}/*",
                json!({"aws:username": [value]})
            ),
            "{value}"
        );
    }
}

#[test]
fn a_variable_without_value_matches_no_resource_and_fulfils_not_equals() {
    assert!(!allows_on("arn:aws:s3:::b/${aws:username}*", json!({})));
    assert!(!holds(
        json!({"StringEquals": {"k:x": "${k:y}"}}),
        json!({"k:x": [""]})
    ));
    let denied = json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"k:x": "${k:y}"}}}
    ]);
    assert_eq!(
        identity(Some("2012-10-17"), denied, json!({"k:x": ["a"]})),
        Decision::ExplicitDeny
    );
}

#[test]
fn arn_equals_is_arn_like_and_compares_by_segment() {
    for operator in ["ArnEquals", "ArnLike"] {
        let condition = json!({operator: {"aws:SourceArn": "arn:aws:x:*:111122223333:finance/*"}});
        let source = |arn: &str| json!({"aws:SourceArn": [arn]});
        assert!(
            holds(
                condition.clone(),
                source("arn:aws:x:us-east-1:111122223333:finance/doc")
            ),
            "{operator}"
        );
        let smuggled = "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/doc";
        assert!(!holds(condition, source(smuggled)), "{operator}");
    }
}

#[test]
fn a_negated_operator_holds_when_the_key_is_missing() {
    for (operator, value) in [
        ("StringNotEquals", "a"),
        ("StringNotEqualsIgnoreCase", "a"),
        ("StringNotLike", "a*"),
        ("NumericNotEquals", "1"),
        ("DateNotEquals", "2020-01-01"),
        ("NotIpAddress", "10.0.0.0/8"),
        ("ArnNotEquals", "arn:aws:s3:::b"),
        ("ArnNotLike", "arn:aws:s3:::b"),
    ] {
        assert!(holds(json!({operator: {"k:x": value}}), json!({})), "{operator}");
    }
}

#[test]
fn negated_set_operators_without_values_all_hold_and_any_fail() {
    for context in [json!({}), json!({"aws:TagKeys": []})] {
        assert!(holds(
            json!({"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}),
            context.clone()
        ));
        assert!(holds(
            json!({"ForAllValues:StringNotLike": {"aws:TagKeys": "a*"}}),
            context.clone()
        ));
        assert!(!holds(
            json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}),
            context.clone()
        ));
        assert!(!holds(
            json!({"ForAnyValue:StringNotLike": {"aws:TagKeys": "a*"}}),
            context
        ));
    }
}

#[test]
fn one_bad_range_does_not_spoil_the_others() {
    let condition =
        json!({"IpAddress": {"aws:SourceIp": ["not an address", "10.0.0.0/99", "203.0.113.0/24"]}});
    assert!(holds(condition.clone(), json!({"aws:SourceIp": ["203.0.113.9"]})));
    assert!(!holds(condition, json!({"aws:SourceIp": ["198.51.100.9"]})));
}

#[test]
fn quantifier_and_if_exists_combine() {
    for operator in [
        "ForAllValues:StringLikeIfExists",
        "ForAnyValue:StringLikeIfExists",
    ] {
        let condition = json!({operator: {"k:x": "a*"}});
        assert!(holds(condition.clone(), json!({"k:x": ["ab"]})), "{operator}");
        assert!(holds(condition.clone(), json!({})), "{operator}");
        assert!(!holds(condition, json!({"k:x": ["b"]})), "{operator}");
    }
}

#[test]
fn a_grant_to_a_session_arn_beats_the_silence_of_the_session_policy() {
    let session = "arn:aws:sts::123456789012:assumed-role/r/s";
    let silent = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}});
    let decide = |named: &str| {
        case::decide(&json!({
            "identity_policies": [silent], "session_policy": silent, "permissions_boundary": [silent],
            "resource_policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": named},
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}},
            "request": {"principal": session, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                "resource_account": "123456789012"}
        }))
    };
    assert_eq!(decide(session), Decision::Allow);
    assert_eq!(decide("arn:aws:iam::123456789012:role/r"), Decision::ImplicitDeny);
}

#[test]
fn a_trust_policy_needs_no_resource() {
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}});
    let request = json!({"principal": "arn:aws:iam::999999999999:user/v", "action": "sts:AssumeRole",
        "resource": "arn:aws:iam::123456789012:role/Export"});
    assert_eq!(
        case::decide(&json!({"kind": "trust", "policy": policy, "request": request})),
        Decision::Allow
    );
}

#[test]
fn a_star_matches_when_its_tail_occurs_twice() {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/a*e/k"});
    let request = json!({"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/abece/k"});
    let policy = json!({"Version": "2012-10-17", "Statement": statement});
    assert_eq!(
        case::decide(&json!({"kind": "identity", "policy": policy, "request": request})),
        Decision::Allow
    );
    assert!(holds(
        json!({"StringLike": {"k:x": "a*c"}}),
        json!({"k:x": ["abcc"]})
    ));
}

#[test]
fn one_element_arrays_stay_arrays() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*","Condition":{"Bool":{"k:x":[true]}}}]}"#;
    assert_eq!(Document::parse(text).unwrap().to_json(), text);
}
