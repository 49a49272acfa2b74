//! Cases from the field, which users met, each by itself with the answer that AWS gives. Their siblings are in `compare`, `lint`
//! and `denied`.

use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::exporter::{Needs, audit};
use bucketline_policy::lint::{Linter, PolicyType, Vocabulary};
use bucketline_policy::{Case, Decision, Document, DocumentKind, Operation, PolicySet, Request, authorize};

fn statement(text: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#)
}

/// The answer to a case, of which the request and the layers are given.
fn decide(request: &str, layers: &str) -> Decision {
    let text = format!(r#"{{"request":{request},{layers}}}"#);
    let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    case.decide()
}

fn everything() -> String {
    let all = statement(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    format!(r#""identity_policies":[{all}]"#)
}

fn relation(kind: DocumentKind, first: &str, second: &str) -> Relation {
    let compile = |text: &str| PolicySet::compile(&[statement(text).parse::<Document>().unwrap()]);
    diff(kind, &compile(first), &compile(second)).relation()
}

fn codes(policy_type: PolicyType, vocabulary: Vocabulary, text: &str) -> Vec<String> {
    let linter = Linter::new(policy_type).vocabulary(vocabulary);
    let findings = linter.lint(&statement(text));
    findings.iter().map(|finding| finding.code().to_owned()).collect()
}

#[track_caller]
fn has(policy_type: PolicyType, vocabulary: Vocabulary, text: &str, code: &str) {
    let codes = codes(policy_type, vocabulary, text);
    assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
}

#[track_caller]
fn has_not(policy_type: PolicyType, vocabulary: Vocabulary, text: &str, code: &str) {
    let codes = codes(policy_type, vocabulary, text);
    assert!(codes.iter().all(|found| found != code), "{code}: {codes:?}");
}

#[test]
fn services_end_in_amazon_com_too() {
    let allow = statement(
        r#"{"Effect":"Allow","Principal":{"Service":"alexa-appkit.amazon.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:skill"}"#,
    );
    let answer = decide(
        r#"{"principal":"alexa-appkit.amazon.com","action":"lambda:InvokeFunction","resource":"arn:aws:lambda:us-east-1:111122223333:function:skill"}"#,
        &format!(r#""resource_policy":{allow}"#),
    );
    assert_eq!(answer, Decision::Allow);
}

#[test]
fn a_federated_user_without_a_session_policy_may_nothing() {
    let request = r#"{"principal":"arn:aws:sts::111122223333:federated-user/bob","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111122223333"}"#;
    assert_eq!(decide(request, &everything()), Decision::ImplicitDeny);
}

#[test]
fn get_session_token_is_beyond_policies() {
    let deny = statement(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    let request =
        r#"{"principal":"arn:aws:iam::111122223333:user/ada","action":"sts:GetSessionToken","resource":"*"}"#;
    let answer = decide(request, &format!(r#""identity_policies":[{deny}]"#));
    assert_eq!(answer, Decision::Allow);
}

#[test]
fn all_buckets_are_listed_by_the_arn_of_all_buckets() {
    let allow =
        statement(r#"{"Effect":"Allow","Action":["s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::*"}"#);
    let request =
        r#"{"principal":"arn:aws:iam::111122223333:user/ada","action":"s3:ListAllMyBuckets","resource":"*"}"#;
    let answer = decide(request, &format!(r#""identity_policies":[{allow}]"#));
    assert_eq!(answer, Decision::Allow);
}

#[test]
fn a_denial_for_all_but_a_role_hits_its_sessions() {
    let deny = statement(
        r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:role/app","arn:aws:iam::111122223333:root"]},"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}"#,
    );
    let request = r#"{"principal":"arn:aws:sts::111122223333:assumed-role/app/job-7","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111122223333"}"#;
    let layers = format!(r#"{},"resource_policy":{deny}"#, everything());
    assert_eq!(decide(request, &layers), Decision::ExplicitDeny);
}

#[test]
fn people_are_no_services_without_being_told_so() {
    let deny = statement(
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:PrincipalIsAWSService":"false"}}}"#,
    );
    let text = format!(
        r#"{{"request":{{"principal":"arn:aws:iam::111122223333:user/ada","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}},{},"resource_policy":{deny}}}"#,
        everything()
    );
    let case: Case = serde_json::from_str(&text).unwrap();
    let request = Request::new(
        case.request().principal().clone(),
        case.request().action().clone(),
        "arn:aws:s3:::b/k",
    );
    let verdict = authorize(case.layers().unwrap(), &request);
    assert_eq!(verdict.decision(), Decision::ExplicitDeny);
}

#[test]
fn the_root_user_gets_back_into_a_bucket() {
    let deny = statement(
        r#"{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Principal":"*"}"#,
    );
    let request = r#"{"principal":"arn:aws:iam::111122223333:root","action":"s3:PutBucketPolicy","resource":"arn:aws:s3:::b","resource_account":"111122223333"}"#;
    let layers = format!(r#""identity_policies":[],"resource_policy":{deny}"#);
    assert_eq!(decide(request, &layers), Decision::Allow);
}

#[test]
fn a_star_in_a_denial_crosses_colons() {
    let deny = statement(
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:DeleteQueue","Resource":"arn:aws:sqs:*:prod"}"#,
    );
    let request = r#"{"principal":"arn:aws:iam::111122223333:user/ada","action":"sqs:DeleteQueue","resource":"arn:aws:sqs:us-east-1:111122223333:prod"}"#;
    let answer = decide(request, &format!(r#""identity_policies":[{deny}]"#));
    assert_eq!(answer, Decision::ExplicitDeny);
}

#[test]
fn an_identity_policy_with_a_principal_is_told_of() {
    let deny = statement(r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#);
    let text = format!(
        r#"{{"request":{{"principal":"arn:aws:iam::111122223333:user/ada","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}},"identity_policies":[{deny}]}}"#
    );
    let case: Case = serde_json::from_str(&text).unwrap();
    let told = authorize(case.layers().unwrap(), case.request())
        .explain()
        .to_string();
    assert!(
        told.contains("identity polic") && told.contains("Principal"),
        "{told}"
    );
}

#[test]
fn a_layer_with_a_slip_in_its_name_is_an_error() {
    let text = r#"{"identity_policies":[],"session_policies":[],"request":{"principal":"arn:aws:iam::123456789012:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}}"#;
    let error = serde_json::from_str::<Case>(text).unwrap_err().to_string();
    assert!(error.contains("session_policies"), "{error}");
}

#[test]
fn listing_all_buckets_is_granted_by_their_arn() {
    let allow = statement(r#"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"}"#);
    let policies = PolicySet::compile(&[allow.parse::<Document>().unwrap()]);
    let needs = Needs::new("acme".parse().unwrap()).call(Operation::ListBuckets, &[]);
    assert!(audit(&policies, &needs).is_sufficient());
}

#[test]
fn what_is_denied_to_everybody_is_less() {
    let narrower = [
        (
            DocumentKind::Resource,
            r#"{"Effect":"Allow","Principal":{"Service":"alexa-appkit.amazon.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:skill"}"#,
            r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
        ),
        (
            DocumentKind::Resource,
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"*","Resource":"*"},{"Effect":"Deny","Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/bob"},"Action":"*","Resource":"*"}"#,
        ),
        (
            DocumentKind::Trust,
            r#"{"Effect":"Allow","Principal":{"Federated":"cognito-identity-us-gov.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity"}"#,
            r#"{"Effect":"Deny","Principal":"*","Action":"*"}"#,
        ),
        (
            DocumentKind::Identity,
            r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}}"#,
            r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"}}}"#,
        ),
    ];
    for (kind, first, second) in narrower {
        assert_eq!(relation(kind, first, second), Relation::Narrower, "{second}");
    }
}

#[test]
fn everyday_conditions_are_compared() {
    let with = |condition: &str| {
        format!(r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{condition}}}"#)
    };
    for (first, second, expected) in [
        (
            r#"{"NumericLessThan":{"s3:max-keys":"10"}}"#,
            r#"{"NumericLessThan":{"s3:max-keys":"20"}}"#,
            Relation::Broader,
        ),
        (
            r#"{"NumericEquals":{"s3:max-keys":"10"}}"#,
            r#"{"NumericEquals":{"s3:max-keys":"10.0"}}"#,
            Relation::Equal,
        ),
        (
            r#"{"DateLessThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}"#,
            r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}"#,
            Relation::Broader,
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"}}"#,
            r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::b"}}"#,
            Relation::Equal,
        ),
    ] {
        // The number of keys is asked of by another action than an object's.
        let action = if first.contains("max-keys") {
            "s3:ListBucket"
        } else {
            "s3:GetObject"
        };
        let text = |condition: &str| with(condition).replace("s3:GetObject", action);
        assert_eq!(
            relation(DocumentKind::Identity, &text(first), &text(second)),
            expected,
            "{second}"
        );
    }
}

#[test]
fn fixes_do_not_grant_and_do_not_take_away() {
    for text in [
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::payroll"}"#,
        r#"{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":["arn:aws:s3:::app/*"]}"#,
        r#"{"Effect":"Allow","Action":"s3:ListBuckets","Resource":"*"}"#,
    ] {
        let policy = statement(text);
        assert_eq!(Linter::new(PolicyType::Identity).fix(&policy, &[]).text(), policy);
    }
}

#[test]
fn weak_conditions_leave_a_bucket_public() {
    has(
        PolicyType::Bucket,
        Vocabulary::Export,
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::d/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
        "PUBLIC_ACCESS",
    );
}

#[test]
fn a_repository_of_any_owner_is_too_permissive() {
    has(
        PolicyType::Trust,
        Vocabulary::AccessAnalyzer,
        r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*/x:ref:refs/heads/main"}}}"#,
        "WILDCARD_USAGE_TOO_PERMISSIVE",
    );
}

#[test]
fn good_policies_are_left_alone() {
    for (policy_type, vocabulary, text, code) in [
        (
            PolicyType::Identity,
            Vocabulary::Export,
            r#"{"Effect":"Allow","Action":["s3:DeleteObject","s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::my-app-data/*"}"#,
            "DELETE_GRANTED_TO_EXPORTER",
        ),
        (
            PolicyType::Identity,
            Vocabulary::Export,
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::d/*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::d/*"}"#,
            "DELETE_GRANTED_TO_EXPORTER",
        ),
        (
            PolicyType::Trust,
            Vocabulary::Export,
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
            "TRUST_TO_EVERYONE",
        ),
        (
            PolicyType::Identity,
            Vocabulary::Export,
            r#"{"Effect":"Allow","Action":["s3:GetObject","s3:ListMultipartUploadParts"],"Resource":"arn:aws:s3:::my-app-data/*"}"#,
            "MISSING_MULTIPART_PERMISSIONS",
        ),
        (
            PolicyType::Identity,
            Vocabulary::AccessAnalyzer,
            r#"{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"arn:*:kms:*:::*"}"#,
            "INVALID_ARN_RESOURCE",
        ),
        (
            PolicyType::Identity,
            Vocabulary::AccessAnalyzer,
            r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":["arn:aws:iam::*:role/CodeStarWorker*","arn:aws:iam::*:policy/CodeStarWorker*"]}"#,
            "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        ),
    ] {
        has_not(policy_type, vocabulary, text, code);
    }
}

#[test]
fn tests_that_keep_no_service_out_do_not_silence_pass_role() {
    for condition in [
        r#"{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com"}}"#,
        r#"{"StringLike":{"iam:PassedToService":"*"}}"#,
        r#"{"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}"#,
        r#"{"Null":{"iam:PassedToService":"false"}}"#,
    ] {
        let text =
            format!(r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{condition}}}"#);
        has(
            PolicyType::Identity,
            Vocabulary::AccessAnalyzer,
            &text,
            "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        );
    }
}

#[test]
fn a_resource_control_policy_names_the_services_that_have_them() {
    let text = r#"{"Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"*"}"#;
    has(
        PolicyType::Rcp,
        Vocabulary::AccessAnalyzer,
        text,
        "RCP_SYNTAX_ERROR_ACTION",
    );
}

#[test]
fn a_service_control_policy_uses_the_whole_language() {
    let text = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}},{"Effect":"Deny","Action":"ec2:*","NotResource":"arn:aws:ec2:*:*:instance/*"}"#;
    let codes = codes(PolicyType::Scp, Vocabulary::AccessAnalyzer, text);
    assert!(codes.iter().all(|code| !code.starts_with("SCP_")), "{codes:?}");
}

#[test]
fn texts_of_stars_and_arns_have_operators_of_their_own() {
    has(
        PolicyType::Identity,
        Vocabulary::AccessAnalyzer,
        r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/x","Condition":{"StringLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*"}}}"#,
        "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
    );
    has(
        PolicyType::Identity,
        Vocabulary::AccessAnalyzer,
        r#"{"Effect":"Allow","Action":"ssm:StartSession","Resource":"*","Condition":{"StringLike":{"aws:ResourceTag/x":"*"}}}"#,
        "EQUIVALENT_TO_NULL_FALSE",
    );
}

#[test]
fn values_that_the_evaluator_cannot_read_are_findings() {
    for (operator, key, value, code) in [
        (
            "DateLessThan",
            "aws:CurrentTime",
            "2030-02-31",
            "TYPE_MISMATCH_DATE",
        ),
        (
            "DateLessThan",
            "aws:CurrentTime",
            "2030-01-01T24:00:00Z",
            "TYPE_MISMATCH_DATE",
        ),
        (
            "DateLessThan",
            "aws:CurrentTime",
            "+99999999999",
            "TYPE_MISMATCH_DATE",
        ),
        (
            "NumericLessThan",
            "s3:max-keys",
            "1000000000000000000000",
            "TYPE_MISMATCH_NUMBER",
        ),
    ] {
        let text = format!(
            r#"{{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}}}"#
        );
        let found = codes(PolicyType::Identity, Vocabulary::AccessAnalyzer, &text);
        assert!(
            found.iter().any(|found| found.starts_with(code)),
            "{value}: {found:?}"
        );
    }
}
