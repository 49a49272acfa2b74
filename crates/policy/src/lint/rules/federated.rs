//! Trust in identity providers: which of all their users may come?

use super::{
    CONFIRM_AUDIENCE_CLAIM_TYPE, INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY,
    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, MISSING_GITHUB_REPO_CONDITION_KEY,
    SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, WILDCARD_USAGE_TOO_PERMISSIVE,
};
use crate::document::{PrincipalType, Test as Comparison};
use crate::lint::PolicyType;
use crate::lint::federation::{Provider, provider};
use crate::lint::policy::{Policy, Statement, Test, Text};
use crate::lint::report::Report;

const GITHUB: &str = "token.actions.githubusercontent.com";

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind != PolicyType::Trust {
        return;
    }
    for statement in &policy.statements {
        let Some(principals) = &statement.principal else {
            continue;
        };
        for principal in principals.of(PrincipalType::Federated) {
            match provider(principal.text) {
                Provider::Unknown if !principal.text.contains("${") => {
                    let message = format!(
                        "`{}` is neither the domain of a provider nor the ARN of a `saml-provider` or `oidc-provider`",
                        principal.text
                    );
                    report.add(
                        &INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY,
                        principal.span,
                        message,
                    );
                }
                Provider::Oidc(url) if statement.allows() && !principals.negated => {
                    open_id(statement, principal, url, report);
                }
                _ => {}
            }
        }
    }
}

fn open_id(statement: &Statement<'_>, principal: Text<'_>, url: &str, report: &mut Report<'_>) {
    let claim = |test: &Test<'_>, name: &str| {
        let rest = test.key.get(url.len()..).filter(|_| of_provider(test, url));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name))
    };
    if !statement.tests.iter().any(|test| of_provider(test, url)) {
        let message = format!(
            "anyone with an identity of `{url}` may assume the role: ask for `{url}:aud` or `{url}:sub`"
        );
        report.add(&MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, principal.span, message);
    }
    for test in statement.tests.iter().filter(|test| claim(test, ":aud")) {
        let message = format!(
            "`{}` has one value with most providers, and then needs no quantifier",
            test.key
        );
        report.add(&CONFIRM_AUDIENCE_CLAIM_TYPE, test.key_span, message);
    }
    for test in statement.tests.iter().filter(|test| claim(test, ":sub")) {
        short_beginnings(test, report);
    }
    if !url.eq_ignore_ascii_case(GITHUB) {
        return;
    }
    let subjects: Vec<&Test<'_>> = statement
        .tests
        .iter()
        .filter(|test| claim(test, ":sub"))
        .collect();
    if subjects.is_empty() {
        let message = format!("any repository of anyone may assume the role: ask for `{GITHUB}:sub`");
        report.add(&MISSING_GITHUB_REPO_CONDITION_KEY, principal.span, message);
    }
    for value in subjects.iter().flat_map(|test| test.texts()) {
        if !names_branch(value.text) {
            let message = format!(
                "`{}` does not name one branch of one repository: `repo:ORGANISATION/REPOSITORY:ref:refs/heads/BRANCH` does",
                value.text
            );
            report.add(&SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, value.span, message);
        }
    }
}

/// Letters that AWS's validation wants before each wildcard.
const BEFORE_WILDCARD: usize = 6;

/// Wildcards that stand after too few letters to tell one subject from another's.
fn short_beginnings(test: &Test<'_>, report: &mut Report<'_>) {
    if test.operator.map(crate::Operator::test) != Some(Comparison::StringLike) {
        return;
    }
    for value in test.texts() {
        let runs = value.text.split(['*', '?']);
        // What stands after the last wildcard has none behind it.
        let before = runs.clone().count().saturating_sub(1);
        // Wildcards side by side are one.
        let short =
            |(at, run): (usize, &str)| run.chars().count() < BEFORE_WILDCARD && (at == 0 || !run.is_empty());
        if runs.take(before).enumerate().any(short) {
            let message = format!(
                "`{}`: {BEFORE_WILDCARD} letters before a wildcard are the least that says whose it is",
                value.text
            );
            report.add(&WILDCARD_USAGE_TOO_PERMISSIVE, value.span, message);
        }
    }
}

fn of_provider(test: &Test<'_>, url: &str) -> bool {
    let head = test.key.get(..url.len());
    let next = test.key.as_bytes().get(url.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(url)) && next == Some(&b':')
}

fn names_branch(subject: &str) -> bool {
    subject
        .strip_prefix("repo:")
        .and_then(|rest| rest.split_once(":ref:refs/heads/"))
        .is_some_and(|(repository, branch)| {
            repository.contains('/') && !branch.is_empty() && !subject.contains(['*', '?'])
        })
}
