//! What users of the linter rely on: ready documents are clean, and fixes fix.
//! Long because fixes are proved on the same documents that are found clean.

use bucketline_policy::catalog::Catalog;
use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::exporter::template::{
    BucketGuard, DocumentedForm, ExportScope, Holder, Integration, RequiredEncryption, SessionScope,
    TrustOptions, boundary, bucket_policy, documented, least_privilege, session_policy, trust_policy,
};
use bucketline_policy::lint::{
    Access, Finding, Linter, Origin, PolicyType, SarifFile, Severity, Vocabulary, codes, sarif,
};
use bucketline_policy::{Arn, Document, DocumentKind, PolicySet};
use proptest::prelude::*;

fn names(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(Finding::code).collect()
}

fn assert_clean(linter: &Linter<'_>, document: &Document) {
    for text in [document.to_json(), document.to_json_pretty()] {
        for vocabulary in [
            Vocabulary::AccessAnalyzer,
            Vocabulary::Security,
            Vocabulary::Export,
        ] {
            let findings = linter.clone().vocabulary(vocabulary).lint(&text);
            assert!(findings.is_empty(), "{:?} in {text}", names(&findings));
        }
    }
}

fn key() -> Arn {
    "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        .parse()
        .unwrap()
}

#[test]
fn least_privilege_documents_are_clean() {
    let bucket = || "acme-events".parse().unwrap();
    let plain = || {
        ExportScope::new(bucket())
            .folder("currents")
            .folder("exports/${weird}*?")
    };
    let identity = Linter::new(PolicyType::Identity);
    assert_clean(&identity, &least_privilege(&plain()).unwrap());
    assert_clean(
        &identity,
        &least_privilege(&plain().without_claims().data_export()).unwrap(),
    );
    let session = SessionScope::data_export(bucket(), "team/eu");
    assert_clean(
        &Linter::new(PolicyType::Session),
        &session_policy(&session).unwrap(),
    );
    let whole = plain().with_multipart().kms_key(key());
    assert_clean(
        &identity.clone().expect_multipart().expect_kms(),
        &least_privilege(&whole).unwrap(),
    );
    assert_clean(
        &identity.clone().expect_kms(),
        &least_privilege(&plain().kms_of_bucket("eu-central-1")).unwrap(),
    );
    assert_clean(&identity, &boundary(&plain()).unwrap());
    let session = SessionScope::new(bucket(), "currents")
        .with_multipart()
        .kms_key(key());
    let linter = Linter::new(PolicyType::Session).expect_multipart().expect_kms();
    assert_clean(&linter, &session_policy(&session).unwrap());
}

#[test]
fn trust_and_bucket_policies_are_clean() {
    let vendor = "999988887777".parse().unwrap();
    let trust = TrustOptions::account(vendor, "tenant-42").also_external_id("tenant-43");
    assert_clean(&Linter::new(PolicyType::Trust), &trust_policy(&trust).unwrap());
    let guard = BucketGuard::new("acme-events".parse().unwrap())
        .tls_only()
        .require_encryption(RequiredEncryption::KmsKey(key()))
        .only_account("123456789012".parse().unwrap())
        .conditional_writes("currents");
    assert_clean(&Linter::new(PolicyType::Bucket), &bucket_policy(&guard).unwrap());
}

#[test]
fn the_documented_forms_get_what_they_deserve() {
    let linter = Linter::new(PolicyType::Identity)
        .vocabulary(Vocabulary::Export)
        .without("PLACEHOLDER_NOT_REPLACED");
    let lint = |integration, holder| {
        let text = documented(&DocumentedForm::new(integration, holder)).to_json_pretty();
        linter.lint(&text).iter().map(Finding::code).collect::<Vec<_>>()
    };
    assert_eq!(
        lint(Integration::Currents, Holder::User),
        ["LIST_BUCKET_WITHOUT_PREFIX_CONDITION"]
    );
    assert_eq!(
        lint(Integration::Currents, Holder::Role),
        ["LIST_BUCKET_WITHOUT_PREFIX_CONDITION"]
    );
    assert_eq!(
        lint(Integration::DataExport, Holder::Role),
        [
            "LIST_BUCKET_WITHOUT_PREFIX_CONDITION",
            "DELETE_GRANTED_TO_EXPORTER"
        ]
    );
    assert_eq!(
        lint(Integration::DataExport, Holder::User),
        [
            "LIST_BUCKET_WITHOUT_PREFIX_CONDITION",
            "DELETE_GRANTED_TO_EXPORTER",
            "BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS",
            "REDUNDANT_RESOURCE",
            "OBJECT_ACTION_ON_BUCKET_ARN",
        ]
    );
}

#[test]
fn a_vocabulary_of_aws_alone_and_single_codes_left_out() {
    let text =
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::acme*"}]}"#;
    let linter = Linter::new(PolicyType::Identity);
    let aws = linter.clone().vocabulary(Vocabulary::AccessAnalyzer);
    assert_eq!(names(&aws.lint(text)), ["MISSING_VERSION"]);
    let rest = linter
        .clone()
        .vocabulary(Vocabulary::Export)
        .without("MISSING_VERSION")
        .lint(text);
    assert_eq!(
        names(&rest),
        [
            "DELETE_GRANTED_TO_EXPORTER",
            "BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS"
        ]
    );
    assert!(
        rest.iter()
            .all(|finding| finding.rule().origin() == Origin::Export)
    );
    // Nobody said that this is an exporter's.
    assert_eq!(names(&linter.lint(text)), ["MISSING_VERSION"]);
}

#[test]
fn newer_service_data_is_believed() {
    let text = r#"{"services":{"s3":{"actions":{"FoldObject":{"access":"Write","resources":{"object":{"required":true}},"keys":[]}},
        "resource_types":{"object":{"arn":"arn:${Partition}:s3:::${BucketName}/${ObjectName}"}},"condition_keys":{}}}}"#;
    let catalog = Catalog::from_json(text).unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:FoldObject","s3:PutObject"],
        "Resource":"arn:aws:s3:::acme/in/*"}]}"#;
    let findings = Linter::new(PolicyType::Identity).catalog(&catalog).lint(policy);
    assert_eq!(names(&findings), ["INVALID_ACTION"]);
    assert!(findings[0].message().contains("s3:PutObject"));
}

#[test]
fn findings_as_json() {
    let text = "{\"Version\":\"2012-10-17\",\n \"Statement\":{\"Effect\":\"deny\",\"Action\":\"*\",\"Resource\":\"*\"}}";
    let findings = Linter::new(PolicyType::Identity).lint(text);
    let json = serde_json::to_value(&findings).unwrap();
    assert_eq!(json[0]["code"], "INVALID_EFFECT");
    assert_eq!(json[0]["pointer"], "/Statement/Effect");
    assert_eq!(json[0]["severity"], Severity::Error.to_string());
    assert_eq!((&json[0]["line"], &json[0]["column"]), (&2.into(), &24.into()));
    assert_eq!(json[0]["fix"][0]["replacement"], "\"Deny\"");
}

#[test]
fn suppressed_findings_keep_their_reason() {
    let text = r#"{"Version":"2012-10-17","Id":"lint-allow PUBLIC_ACCESS: a web site","Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}]}"#;
    let linter = Linter::new(PolicyType::Bucket).without("BUCKET_POLICY_WITHOUT_TLS_DENY");
    assert!(linter.lint(text).is_empty());
    let all = linter.lint_with_suppressed(text);
    assert_eq!(names(&all), ["PUBLIC_ACCESS"]);
    assert_eq!(all[0].suppression(), Some("a web site"));
    let log = sarif(&[SarifFile {
        uri: "site.json",
        text,
        findings: &all,
        linter: &linter,
    }]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["justification"], "a web site");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        2
    );
    assert_eq!(
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "/Statement/0/Principal"
    );
}

#[test]
fn a_log_has_the_fixes_that_keep_access_alone() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:GetObject","s3:PutObjekt"],
        "Resource":"arn:aws:s3:::acme/*"}]}"#;
    let linter = Linter::new(PolicyType::Identity);
    let findings = linter.lint_with_suppressed(text);
    assert_eq!(names(&findings), ["REDUNDANT_ACTION", "INVALID_ACTION"]);
    let log = sarif(&[SarifFile {
        uri: "role.json",
        text,
        findings: &findings,
        linter: &linter,
    }]);
    let results = &log["runs"][0]["results"];
    let replacement = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "");
    assert!(results[1].get("fixes").is_none(), "{}", results[1]);
    assert_eq!(
        (&results[1]["level"], &results[1]["ruleIndex"]),
        (&"error".into(), &1.into())
    );
    assert_eq!(
        log["runs"][0]["tool"]["driver"]["rules"][1]["id"],
        "INVALID_ACTION"
    );
}

#[test]
fn a_named_fix_tells_what_it_changes() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::payroll"}]}"#;
    let linter = Linter::new(PolicyType::Identity);
    let kept = linter.fix(text, &[]);
    assert_eq!(
        (kept.text(), kept.applied().len(), kept.findings().len()),
        (text, 0, 1)
    );
    let named = linter.fix(text, &["OBJECT_ACTION_ON_BUCKET_ARN"]);
    assert!(named.text().contains("arn:aws:s3:::payroll/*") && named.findings().is_empty());
    let [applied] = named.applied() else {
        panic!("{:?}", named.applied())
    };
    let Access::Changed {
        gained: Some(gained), ..
    } = applied.access()
    else {
        panic!("{:?}", applied.access())
    };
    assert!(
        gained.resource().as_str().starts_with("arn:aws:s3:::payroll/"),
        "{gained}"
    );
}

/// Each of these edits alone keeps access, since the other still grants what it takes out; both do not.
#[test]
fn edits_that_keep_access_one_by_one_do_not_lose_it_together() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"arn:aws:s3:::b/*",
        "Action":["s3:GetObject","s3:DeleteObject","s3:PutObject","s3:DeleteObject"]}]}"#;
    let linter = Linter::new(PolicyType::Identity).vocabulary(Vocabulary::Export);
    let fixed = linter.fix(text, &[]);
    assert_eq!(
        fixed.text().matches("s3:DeleteObject").count(),
        1,
        "{}",
        fixed.text()
    );
}

#[test]
fn a_linter_says_what_it_cannot_judge() {
    let linter = Linter::new(PolicyType::Identity);
    assert_eq!(linter.unjudged().is_empty(), cfg!(feature = "catalog"));
    assert!(linter.without_catalog().unjudged().contains(&"INVALID_ACTION"));
    for code in Linter::new(PolicyType::Identity).without_catalog().unjudged() {
        assert!(codes().any(|known| known.name() == *code), "{code}");
    }
}

#[test]
fn codes_are_unique_and_explained() {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes() {
        assert!(seen.insert(code.name()), "{} is there twice", code.name());
        assert!(code.why().ends_with('.'), "{}", code.name());
    }
    assert!(codes().filter(|code| code.origin() == Origin::Aws).count() > 100);
}

/// Pieces of documents, sensible and not, put together blindly.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"Version\"",
        "\"2012-10-17\"",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"deny\"",
        "\"Action\"",
        "\"s3:*\"",
        "\"s3:PutObjekt\"",
        "\"NotAction\"",
        "\"Resource\"",
        "\"arn:aws:s3:::b*\"",
        "\"arn:aws:s3\"",
        "\"*\"",
        "\"Principal\"",
        "\"AWS\"",
        "\"Federated\"",
        "\"Condition\"",
        "\"StringEquals\"",
        "\"NumericLessThan\"",
        "\"aws:SourceIp\"",
        "\"aws:TagKeys\"",
        "\"${aws:username\"",
        "\"${}é\"",
        "7",
        "true",
        "null",
        "\"Sid\"",
        "\"\"",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A document whose values are odd but whose form is a policy's.
fn odd_document() -> impl Strategy<Value = String> {
    let text = || {
        prop::sample::select(vec![
            "*",
            "s3:GetObject",
            "s3:Get*",
            "s3:DeleteObject",
            "iam:PassRole",
            "arn:aws:s3:::b*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b",
            "arn:aws:iam:us-east-1::role/*",
            "${aws:username}",
            "10.0.0.1/8",
            "x",
            "",
        ])
    };
    let list = || prop::collection::vec(text(), 0..5);
    let key = || {
        prop::sample::select(vec![
            "aws:SourceIp",
            "aws:TagKeys",
            "s3:prefix",
            "aws:Tag",
            "sts:ExternalId",
        ])
    };
    let operator = || {
        prop::sample::select(vec![
            "StringEquals",
            "IpAddress",
            "NumericLessThan",
            "ForAllValues:StringLike",
            "Null",
            "Bool",
            "NullIfExists",
        ])
    };
    let statement = (list(), list(), operator(), key(), list(), any::<bool>()).prop_map(
        |(actions, resources, operator, key, values, allow)| {
            serde_json::json!({
                "Effect": if allow { "Allow" } else { "deny" },
                "Action": actions,
                "Resource": resources,
                "Condition": {operator: {key: values}},
            })
        },
    );
    prop::collection::vec(statement, 1..4)
        .prop_map(|statements| serde_json::json!({"Statement": statements}).to_string())
}

const TYPES: [PolicyType; 7] = [
    PolicyType::Identity,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::Session,
    PolicyType::Bucket,
    PolicyType::Scp,
    PolicyType::Rcp,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_text_has_findings_inside_it(text in pieces(), kind in prop::sample::select(TYPES.to_vec())) {
        let read: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        for finding in Linter::new(kind).lint(&text) {
            if let Some(read) = &read {
                prop_assert!(read.pointer(finding.pointer()).is_some(), "{} {finding}", finding.pointer());
            }
            prop_assert!(text.get(finding.span().range()).is_some(), "{finding}");
            prop_assert_eq!(finding.position(), finding.span().position(&text));
        }
        let fixed = Linter::new(kind).fix(&text, &[]);
        prop_assert!(fixed.text().len() <= text.len() + 4_096, "fixes add little");
    }

    #[test]
    fn every_finding_points_into_its_document(text in odd_document(), kind in prop::sample::select(TYPES.to_vec())) {
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        for finding in Linter::new(kind).vocabulary(Vocabulary::Export).lint(&text) {
            prop_assert!(read.pointer(finding.pointer()).is_some(), "{} {finding}", finding.pointer());
        }
    }

}

// Each of these is a comparison of policies, many times over.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Fixes keep a text JSON, and repeating them comes to an end.
    #[test]
    fn fixes_come_to_an_end(text in odd_document(), kind in prop::sample::select(TYPES.to_vec())) {
        let linter = Linter::new(kind).vocabulary(Vocabulary::Export);
        let every: Vec<&str> = codes().map(|code| code.name()).collect();
        for also in [&[][..], &every] {
            let mut text = text.clone();
            let mut rounds = 0;
            loop {
                let fixed = linter.fix(&text, also);
                prop_assert!(serde_json::from_str::<serde_json::Value>(fixed.text()).is_ok(), "{}", fixed.text());
                if fixed.text() == text {
                    break;
                }
                rounds += 1;
                prop_assert!(rounds < 12, "still changing: {}", text);
                fixed.text().clone_into(&mut text);
            }
        }
    }

    /// What is fixed without being named answers every request as before, alone and beside other policies.
    #[test]
    fn fixes_keep_access(text in odd_document(), kind in prop::sample::select(TYPES.to_vec())) {
        let fixed = Linter::new(kind).vocabulary(Vocabulary::Export).fix(&text, &[]);
        assert_same_access(kind, &text, fixed.text());
    }
}

/// Where the document can be read at all, `diff` says that nothing changed: alone, and beside an allowance of everything, under
/// which denials show.
fn assert_same_access(kind: PolicyType, before: &str, after: &str) {
    let Ok(old) = Document::parse(before) else { return };
    let new = Document::parse(after).unwrap_or_else(|error| panic!("{error}: {after}"));
    let (kind, all) = match kind {
        PolicyType::Resource | PolicyType::Bucket | PolicyType::Rcp => (
            DocumentKind::Resource,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#,
        ),
        PolicyType::Trust => (
            DocumentKind::Trust,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#,
        ),
        _ => (
            DocumentKind::Identity,
            r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        ),
    };
    let all = Document::parse(all).unwrap();
    for beside in [vec![], vec![all]] {
        let set = |document: &Document| {
            let mut documents = beside.clone();
            documents.push(document.clone());
            PolicySet::compile(&documents)
        };
        let relation = diff(kind, &set(&old), &set(&new)).relation();
        // A document that was not touched can be beyond what can be compared.
        assert!(
            before == after || relation == Relation::Equal,
            "{relation}: {before}\n{after}"
        );
    }
}

/// The same of every golden case.
#[test]
fn fixes_of_the_golden_cases_keep_access() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lint");
    let mut changed = 0;
    for case in std::fs::read_dir(folder).unwrap() {
        let case = case.unwrap().path();
        if !case.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(case.join("policy.json")).unwrap();
        for kind in [PolicyType::Identity, PolicyType::Bucket, PolicyType::Trust] {
            let fixed = Linter::new(kind).vocabulary(Vocabulary::Export).fix(&text, &[]);
            changed += usize::from(fixed.text() != text);
            assert_same_access(kind, &text, fixed.text());
        }
    }
    assert!(changed > 50, "only {changed} were fixed");
}
