//! Services as principals of a resource: on whose behalf may they come?

use super::{
    RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL,
    UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL,
};
use crate::document::PrincipalType;
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Principals, Statement};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in policy.statements.iter().filter(|statement| statement.allows()) {
        let Some(principals) = statement
            .principal
            .as_ref()
            .filter(|principals| !principals.negated)
        else {
            continue;
        };
        foreign_keys(statement, principals, report);
        // Whoever may pass a role to a service decides on whose behalf it comes, so trust policies need no source.
        if matches!(policy.kind, PolicyType::Resource | PolicyType::Bucket) {
            source(statement, principals, report);
        }
    }
}

/// Keys that only requests of users and roles carry.
fn foreign_keys(statement: &Statement<'_>, principals: &Principals<'_>, report: &mut Report<'_>) {
    const OF_PEOPLE: &[&str] = &[
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalAccount",
        "aws:PrincipalTag/",
        "aws:username",
        "aws:MultiFactorAuthPresent",
        "aws:MultiFactorAuthAge",
    ];
    let only_services = !principals.groups.is_empty()
        && principals
            .groups
            .iter()
            .all(|group| group.kind == PrincipalType::Service);
    if !only_services {
        return;
    }
    for test in &statement.tests {
        let fails = test
            .operator
            .is_some_and(|operator| !operator.if_exists() && !operator.test().is_negated());
        if fails && OF_PEOPLE.iter().any(|key| test.is_about(key)) {
            let message = format!(
                "requests of a service never carry `{}`, so this allows nothing",
                test.key
            );
            report.add(
                &UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL,
                test.key_span,
                message,
            );
        }
    }
}

fn source(statement: &Statement<'_>, principals: &Principals<'_>, report: &mut Report<'_>) {
    const SOURCES: &[&str] = &[
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
    ];
    if SOURCES.iter().any(|key| statement.tests_key(key)) {
        return;
    }
    let referer = statement.tests.iter().find(|test| test.is_about("aws:Referer"));
    // Names that are no service's have a finding of their own.
    let named = |text: &str| text.contains('.') && !text.contains(['*', '?']);
    for service in principals
        .of(PrincipalType::Service)
        .filter(|service| named(service.text))
    {
        if let Some(test) = referer {
            let message = format!(
                "anyone can send any `{}`: ask for `aws:SourceArn` or `aws:SourceAccount`",
                test.key
            );
            report.add(
                &RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL,
                test.key_span,
                message,
            );
        } else {
            let message = format!(
                "`{}` may come on behalf of any account: ask for `aws:SourceArn` or `aws:SourceAccount`",
                service.text
            );
            report.add(&RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, service.span, message);
        }
    }
}
