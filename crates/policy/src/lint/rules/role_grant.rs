//! Grants of `iam:PassRole` and `iam:CreateServiceLinkedRole` that reach more roles than anyone lists.

use super::{
    CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE, CREATE_SLR_WITH_NOT_RESOURCE,
    CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
    CREATE_SLR_WITH_STAR_IN_RESOURCE, CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE, PASS_ROLE_WITH_NOT_RESOURCE,
    PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE, PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
    PASS_ROLE_WITH_STAR_IN_RESOURCE, PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
};
use crate::lint::policy::{ArnFields, Policy, Statement, Text};
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
    if resource.negated {
        let message = format!("this grants `{}` on every role but those listed", grant.action);
        report.add(codes.not_resource, resource.member.key_span, message);
        return;
    }
    if statement.tests_key(grant.limit) {
        return;
    }
    if let Some(wide) = resource.texts.iter().find(|resource| is_wide(resource)) {
        let message = format!(
            "this grants `{}` on any role: name the roles, or the service with `{}`",
            grant.action, grant.limit
        );
        report.add(codes.star_in_resource, wide.span, message);
    }
}

/// Whether it stands for roles of any name. A beginning of a name, or a path for one service, is a limit.
fn is_wide(resource: &Text<'_>) -> bool {
    let arn = ArnFields::of(resource.text);
    if resource.text == "*" || !arn.is_complete() {
        return resource.text.contains('*');
    }
    let name = arn.resource();
    let literal = name.split(['*', '?']).next().unwrap_or_default();
    let role = literal.strip_prefix("role/").unwrap_or_default();
    let any = role.is_empty() || matches!(role, "aws-service-role/" | "service-role/" | "application/");
    literal.len() < name.len() && any && matches!(arn.service(), "iam" | "*")
}
