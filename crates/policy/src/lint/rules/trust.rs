//! Trust policies: principals and actions that go together.

use super::{
    MISMATCHED_ACTION_FOR_PRINCIPAL, MISSING_ACTION_FOR_CONDITION_KEY,
    MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY,
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
};
use crate::document::PrincipalType;
use crate::lint::PolicyType;
use crate::lint::federation::{Provider, provider};
use crate::lint::policy::{ArnFields, Policy, Principals, Statement, Text};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind != PolicyType::Trust {
        return;
    }
    for statement in &policy.statements {
        let Some(principals) = &statement.principal else {
            continue;
        };
        if principals.is_bare_star() && statement.allows() {
            let message = "everyone with an AWS account could assume the role: name those who may";
            report.add(
                &ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
                principals.member.value.span,
                message,
            );
        }
        mismatched(statement, principals, report);
        missing_action(statement, report);
        redundant(principals, report);
    }
    roles_anywhere(policy, report);
}

/// The action by which this kind of principal assumes a role.
fn way_in(kind: PrincipalType, text: &str) -> Option<&'static str> {
    match kind {
        PrincipalType::Aws | PrincipalType::Service => Some("sts:AssumeRole"),
        PrincipalType::Federated => match provider(text) {
            Provider::Saml => Some("sts:AssumeRoleWithSAML"),
            Provider::Oidc(_) => Some("sts:AssumeRoleWithWebIdentity"),
            Provider::Unknown => None,
        },
        _ => None,
    }
}

fn mismatched(statement: &Statement<'_>, principals: &Principals<'_>, report: &mut Report<'_>) {
    if principals.negated || principals.is_bare_star() {
        return;
    }
    let groups = principals.groups.iter();
    let ways: Vec<Option<&str>> = groups
        .flat_map(|group| {
            group
                .texts
                .iter()
                .map(|principal| way_in(group.kind, principal.text))
        })
        .collect();
    // A principal that could not be told apart may be right with any action.
    if ways.is_empty() || ways.contains(&None) {
        return;
    }
    const WAYS: [&str; 3] = [
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
    ];
    for action in statement.listed_actions() {
        let Some(way) = WAYS.iter().find(|way| way.eq_ignore_ascii_case(action.text)) else {
            continue;
        };
        if !ways.contains(&Some(way)) {
            let wanted = ways.iter().flatten().next().copied().unwrap_or_default();
            let message = format!(
                "the principals named here do not come by `{}` but by `{wanted}`",
                action.text
            );
            report.add(&MISMATCHED_ACTION_FOR_PRINCIPAL, action.span, message);
        }
    }
}

/// Conditions on what a caller passes along, without the action that lets it.
fn missing_action(statement: &Statement<'_>, report: &mut Report<'_>) {
    const NEEDS: &[(&str, &str)] = &[
        ("sts:SourceIdentity", "sts:SetSourceIdentity"),
        ("sts:TransitiveTagKeys", "sts:TagSession"),
        ("aws:RequestTag/", "sts:TagSession"),
        ("aws:TagKeys", "sts:TagSession"),
    ];
    for test in &statement.tests {
        for (key, action) in NEEDS {
            if test.is_about(key) && !statement.covers_action(action) {
                let message = format!(
                    "`{}` is only present in requests for `{action}`, which is not listed",
                    test.key
                );
                report.add(&MISSING_ACTION_FOR_CONDITION_KEY, test.key_span, message);
            }
        }
    }
}

/// Sessions of a role that is trusted itself.
fn redundant(principals: &Principals<'_>, report: &mut Report<'_>) {
    let role = |principal: &Text<'_>| {
        let arn = ArnFields::of(principal.text);
        let name = arn
            .resource()
            .strip_prefix("role/")?
            .rsplit('/')
            .next()?
            .to_owned();
        (arn.service() == "iam").then(|| (arn.account().to_owned(), name))
    };
    let roles: Vec<(String, String)> = principals
        .of(PrincipalType::Aws)
        .filter_map(|p| role(&p))
        .collect();
    for principal in principals.of(PrincipalType::Aws) {
        let arn = ArnFields::of(principal.text);
        let Some(session) = arn.resource().strip_prefix("assumed-role/") else {
            continue;
        };
        let name = session.split('/').next().unwrap_or_default();
        if roles
            .iter()
            .any(|(account, role)| account == arn.account() && role == name)
        {
            let message = format!(
                "`{}` is a session of the role `{name}`, which is trusted as a whole",
                principal.text
            );
            report.add(&REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY, principal.span, message);
        }
    }
}

fn roles_anywhere(policy: &Policy<'_>, report: &mut Report<'_>) {
    const SERVICE: &str = "rolesanywhere.amazonaws.com";
    let of_service: Vec<(&Statement<'_>, Text<'_>)> = policy
        .statements
        .iter()
        .filter(|statement| statement.allows())
        .filter_map(|statement| {
            let mut services = statement.principal.as_ref()?.of(PrincipalType::Service);
            Some((statement, services.find(|service| service.text == SERVICE)?))
        })
        .collect();
    let Some((_, principal)) = of_service.first() else {
        return;
    };
    let missing: Vec<&str> = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
        .into_iter()
        .filter(|action| {
            !of_service
                .iter()
                .any(|(statement, _)| statement.covers_action(action))
        })
        .collect();
    if !missing.is_empty() {
        let message = format!("`{SERVICE}` also needs `{}`", missing.join("`, `"));
        report.add(
            &MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY,
            principal.span,
            message,
        );
    }
}
