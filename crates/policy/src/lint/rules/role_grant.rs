//! Grants of `iam:PassRole` and `iam:CreateServiceLinkedRole` that reach more roles than anyone lists.

use super::{
    CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE, CREATE_SLR_WITH_NOT_RESOURCE,
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
    CREATE_SLR_WITH_STAR_IN_RESOURCE, CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE, PASS_ROLE_WITH_NOT_RESOURCE,
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
    PASS_ROLE_WITH_STAR_IN_RESOURCE, PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
};
use crate::Span;
use crate::document::{Quantifier, Test as Comparison};
use crate::lint::policy::{ArnFields, Pattern, Policy, Statement, Test, Text};
use crate::lint::report::Report;
use crate::lint::{Code, PolicyType};

/// One of the two actions, and the codes for each way to grant it.
struct Grant {
    action: &'static str,
    /// A condition on this says which service the role is for.
    limit: &'static str,
    named: Codes,
    star: Codes,
    not_action: Codes,
}

struct Codes {
    star_in_resource: &'static Code,
    not_resource: &'static Code,
}

static GRANTS: [Grant; 2] = [
    Grant {
        action: "iam:PassRole",
        limit: "iam:PassedToService",
        named: Codes {
            star_in_resource: &PASS_ROLE_WITH_STAR_IN_RESOURCE,
            not_resource: &PASS_ROLE_WITH_NOT_RESOURCE,
        },
        star: Codes {
            star_in_resource: &PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
            not_resource: &PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        },
        not_action: Codes {
            star_in_resource: &PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
            not_resource: &PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE,
        },
    },
    Grant {
        action: "iam:CreateServiceLinkedRole",
        limit: "iam:AWSServiceName",
        named: Codes {
            star_in_resource: &CREATE_SLR_WITH_STAR_IN_RESOURCE,
            not_resource: &CREATE_SLR_WITH_NOT_RESOURCE,
        },
        star: Codes {
            star_in_resource: &CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
            not_resource: &CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        },
        not_action: Codes {
            star_in_resource: &CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
            not_resource: &CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE,
        },
    },
];

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    // Elsewhere an Allow only leaves open what an identity policy has to grant.
    if !matches!(policy.kind, PolicyType::Identity | PolicyType::Session) {
        return;
    }
    for statement in policy.statements.iter().filter(|statement| statement.allows()) {
        for grant in &GRANTS {
            one(statement, grant, report);
        }
    }
}

fn one(statement: &Statement<'_>, grant: &Grant, report: &mut Report<'_>) {
    let (Some(action), Some(resource)) = (&statement.action, &statement.resource) else {
        return;
    };
    if !statement.covers_action(grant.action) {
        return;
    }
    let codes = if action.negated {
        &grant.not_action
    } else if statement.names_action(grant.action) {
        &grant.named
    } else {
        &grant.star
    };
    // AWS points at the action, by which the grant is found.
    let place = action_place(statement, grant).unwrap_or(action.member.key_span);
    if resource.negated {
        let message = format!("this grants `{}` on every role but those listed", grant.action);
        report.add(codes.not_resource, place, message);
        return;
    }
    if statement.tests.iter().any(|test| limits(test, grant.limit)) {
        return;
    }
    if resource.texts.iter().any(is_wide) {
        let message = format!(
            "this grants `{}` on any role: name the roles, or the service with `{}`",
            grant.action, grant.limit
        );
        report.add(codes.star_in_resource, place, message);
    }
}

fn action_place(statement: &Statement<'_>, grant: &Grant) -> Option<Span> {
    let covers = |text: &Text<'_>| Pattern::action(text.text).covers_action(grant.action);
    let named = statement
        .listed_actions()
        .find(|text| text.text.eq_ignore_ascii_case(grant.action));
    named
        .or_else(|| statement.listed_actions().find(covers))
        .map(|text| text.span)
}

/// Whether the test leaves only some services: it has to fail for the others, and for a request without the key.
fn limits(test: &Test<'_>, key: &str) -> bool {
    let Some(operator) = test.operator.filter(|_| test.is_about(key)) else {
        return false;
    };
    let compares = matches!(
        operator.test(),
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    );
    let absent_passes = operator.quantifier() == Some(Quantifier::ForAllValues)
        || (operator.if_exists() && !test.texts().all(|service| ALWAYS_SAID.contains(&service.text)));
    let named = |service: Text<'_>| !service.text.starts_with(['*', '?']);
    compares && !absent_passes && test.texts().next().is_some() && test.texts().all(named)
}

/// Services of which AWS's validation (March 2026) takes a test with `IfExists` for a limit; of `ec2.amazonaws.com` and
/// `codebuild.amazonaws.com` it does not.
const ALWAYS_SAID: &[&str] = &["lambda.amazonaws.com", "cloudformation.amazonaws.com"];

/// Whether it stands for roles of any name. A beginning of a name, or a path for one service, is a limit.
fn is_wide(resource: &Text<'_>) -> bool {
    let arn = ArnFields::of(resource.text);
    if resource.text == "*" || !arn.is_complete() {
        return resource.text.contains('*');
    }
    let name = arn.resource();
    let literal = name.split(['*', '?']).next().unwrap_or_default();
    let open = name.get(literal.len()..).unwrap_or_default();
    let any = match literal.strip_prefix("role/") {
        Some(path) => matches!(path, "" | "aws-service-role/" | "service-role/" | "application/"),
        // `*` and `ro*` reach roles; `policy/*` does not.
        None => "role/".starts_with(literal),
    };
    // A part of a name, `role/*-batch`, is a limit too.
    let bare = !open.is_empty() && open.bytes().all(|b| b == b'*');
    bare && any && matches!(arn.service(), "iam" | "*")
}
