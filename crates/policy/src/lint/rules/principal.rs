//! Principals: that each is written as its type wants it.

use super::{
    ARN_REGION_NOT_ALLOWED, EMPTY_ARRAY_PRINCIPAL, EMPTY_OBJECT_PRINCIPAL, FEDERATED_PRINCIPAL_NOT_SUPPORTED,
    INVALID_ARN_ACCOUNT, INVALID_ARN_RESOURCE, INVALID_PRINCIPAL_FORMAT, INVALID_ROLE_REFERENCE,
    INVALID_SERVICE_PRINCIPAL_FORMAT, INVALID_USER_REFERENCE, MISSING_ARN_FIELD,
    UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
};
use crate::AccountId;
use crate::document::{PrincipalType, Test as Comparison};
use crate::json::Value;
use crate::lint::policy::{ArnFields, Policy, Principals, Test, Text, is_open};
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for test in policy.statements.iter().flat_map(|statement| &statement.tests) {
        called_via(test, report);
    }
    // Where no principal may stand at all, its form does not matter.
    if matches!(
        policy.kind,
        PolicyType::Identity | PolicyType::Session | PolicyType::Scp
    ) {
        return;
    }
    for principals in policy
        .statements
        .iter()
        .filter_map(|statement| statement.principal.as_ref())
    {
        empty(principals, report);
        for text in principals.of(PrincipalType::Aws) {
            aws(text, report);
        }
        for text in principals.of(PrincipalType::Service) {
            service(text, report);
        }
        for text in principals
            .of(PrincipalType::CanonicalUser)
            .filter(|text| text.text.contains(['*', '?']))
        {
            wildcard(text, report);
        }
        if policy.kind != PolicyType::Trust {
            for text in principals.of(PrincipalType::Federated) {
                let message = format!(
                    "`{}`: federated identities are named in trust policies alone",
                    text.text
                );
                report.add(&FEDERATED_PRINCIPAL_NOT_SUPPORTED, text.span, message);
            }
        }
    }
}

fn empty(principals: &Principals<'_>, report: &mut Report<'_>) {
    let node = &principals.member.value;
    if matches!(&node.value, Value::Object(members) if members.is_empty()) {
        report.add(
            &EMPTY_OBJECT_PRINCIPAL,
            node.span,
            "the statement is about nobody and has no effect",
        );
    }
    for group in &principals.groups {
        if matches!(&group.node.value, Value::Array(items) if items.is_empty()) {
            report.add(&EMPTY_ARRAY_PRINCIPAL, group.node.span, "nobody is listed here");
        }
    }
}

fn wildcard(principal: Text<'_>, report: &mut Report<'_>) {
    let message = format!("`{}`: a principal has no wildcards", principal.text);
    report.add(&UNSUPPORTED_WILDCARD_IN_PRINCIPAL, principal.span, message);
}

fn aws(principal: Text<'_>, report: &mut Report<'_>) {
    let Text { text, span } = principal;
    if text == "*" || text.parse::<AccountId>().is_ok() || text.contains("${") {
        return;
    }
    if text.contains(['*', '?']) {
        wildcard(principal, report);
        return;
    }
    if !text.starts_with("arn:") {
        match unique_id(text) {
            Some("AROA") => {
                let message = format!("`{text}` is the id of a role: perhaps of one that was deleted");
                report.add(&INVALID_ROLE_REFERENCE, span, message);
            }
            Some("AIDA") => {
                let message = format!("`{text}` is the id of a user: perhaps of one that was deleted");
                report.add(&INVALID_USER_REFERENCE, span, message);
            }
            _ => {
                let message = format!("`{text}` is neither an account, nor an ARN, nor `*`");
                report.add(&INVALID_PRINCIPAL_FORMAT, span, message);
            }
        }
        return;
    }
    let arn = ArnFields::of(text);
    if !arn.is_complete() {
        let message = format!("`{text}` lacks fields: `arn:partition:iam::account:resource` is needed");
        report.add(&MISSING_ARN_FIELD, span, message);
        return;
    }
    super::arn::partition(text, &arn, span, report);
    if !arn.region().is_empty() {
        let message = format!("`{text}` names a region, which identities do not have");
        let (partition, service) = (arn.partition(), arn.service());
        let right = format!("arn:{partition}:{service}::{}:{}", arn.account(), arn.resource());
        report.add_with_fix(
            &ARN_REGION_NOT_ALLOWED,
            span,
            message,
            [TextEdit::string(span, &right)],
        );
    }
    let account = arn.account();
    if account.parse::<AccountId>().is_err() && !matches!(account, "aws" | "cloudfront") {
        let message = format!("`{account}` is not an account: one has twelve digits");
        report.add(&INVALID_ARN_ACCOUNT, span, message);
    }
    let kinds: &[&str] = match arn.service() {
        "iam" => &["user/", "role/", "root"],
        "sts" => &["assumed-role/", "federated-user/", "self"],
        "cloudfront" => &["user/"],
        _ => &[],
    };
    if !kinds.iter().any(|kind| arn.resource().starts_with(kind)) {
        let message = format!("`{text}` is neither an account, a user, a role nor a session");
        report.add(&INVALID_ARN_RESOURCE, span, message);
    }
}

/// The first four letters of an id such as `AROAEXAMPLE1234567890`.
fn unique_id(text: &str) -> Option<&str> {
    let formed = text.len() >= 8 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    formed.then(|| text.get(..4)).flatten()
}

/// Services that call on behalf of others have one word for a name, `cloudformation.amazonaws.com`.
fn called_via(test: &Test<'_>, report: &mut Report<'_>) {
    const KEYS: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
    let compares = test.operator.is_some_and(|o| o.test() != Comparison::Null);
    if !compares || !KEYS.iter().any(|key| test.is_about(key)) {
        return;
    }
    for value in test.texts().filter(|value| !is_open(value.text)) {
        let name = value
            .text
            .strip_suffix(".amazonaws.com")
            .or_else(|| value.text.strip_suffix(".amazonaws.com.cn"));
        if name.is_none_or(|name| name.is_empty() || name.contains('.')) {
            let message = format!(
                "`{}` is not the name of a service that calls for others",
                value.text
            );
            report.add(&INVALID_SERVICE_PRINCIPAL_FORMAT, value.span, message);
        }
    }
}

/// Services are named as `s3.amazonaws.com`; a few have other domains of Amazon's.
fn service(principal: Text<'_>, report: &mut Report<'_>) {
    const DOMAINS: &[&str] = &[
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".amazonaws.eu",
        ".amazon.com",
        ".aws.internal",
        ".c2s.ic.gov",
        ".sc2s.sgov.gov",
    ];
    let Text { text, span } = principal;
    if text.contains(['*', '?']) {
        wildcard(principal, report);
        return;
    }
    let name = DOMAINS.iter().find_map(|domain| text.strip_suffix(domain));
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_');
    if name.is_some_and(|name| !name.is_empty() && name.bytes().all(word)) || text.contains("${") {
        return;
    }
    let bare = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let fix = bare.then(|| TextEdit::string(span, &format!("{text}.amazonaws.com")));
    let message = format!("`{text}` is not how a service is named: `s3.amazonaws.com` is");
    report.add_with_fix(&INVALID_SERVICE_PRINCIPAL_FORMAT, span, message, fix);
}
