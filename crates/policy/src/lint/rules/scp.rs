//! Service control policies: elements that Organizations refused, or refuses still.

use super::{
    SCP_SYNTAX_ERROR_ACTION_WILDCARD, SCP_SYNTAX_ERROR_ALLOW_CONDITION, SCP_SYNTAX_ERROR_ALLOW_NOTACTION,
    SCP_SYNTAX_ERROR_ALLOW_RESOURCE, SCP_SYNTAX_ERROR_NOTRESOURCE, SCP_SYNTAX_ERROR_PRINCIPAL,
};
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Statement};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind == PolicyType::Scp {
        for statement in &policy.statements {
            one(statement, report);
        }
    }
}

fn one(statement: &Statement<'_>, report: &mut Report<'_>) {
    if let Some(principal) = &statement.principal {
        let message = "an SCP is about every principal of its accounts; narrow it with `aws:PrincipalArn`";
        report.add(&SCP_SYNTAX_ERROR_PRINCIPAL, principal.member.key_span, message);
    }
    for action in statement.action.iter().flat_map(|element| &element.texts) {
        let before_end = action.text.strip_suffix('*').unwrap_or(action.text);
        if before_end.contains(['*', '?']) {
            let message = format!("`{}` has a wildcard elsewhere than at its end", action.text);
            report.add(&SCP_SYNTAX_ERROR_ACTION_WILDCARD, action.span, message);
        }
    }
    if let Some(element) = statement.resource.as_ref().filter(|element| element.negated) {
        let message = "older Organizations know no `NotResource`: list what is meant in `Resource`";
        report.add(&SCP_SYNTAX_ERROR_NOTRESOURCE, element.member.key_span, message);
    }
    if !statement.allows() {
        return;
    }
    if let Some(element) = statement.action.as_ref().filter(|element| element.negated) {
        let message = "list what is allowed, or deny what is not";
        report.add(
            &SCP_SYNTAX_ERROR_ALLOW_NOTACTION,
            element.member.key_span,
            message,
        );
    }
    if let Some(condition) = statement.member("Condition") {
        let message = "deny what does not meet the condition instead";
        report.add(&SCP_SYNTAX_ERROR_ALLOW_CONDITION, condition.key_span, message);
    }
    for resource in statement
        .listed_resources()
        .filter(|resource| resource.text != "*")
    {
        let message = format!("allow on `*`, and deny what `{}` leaves out", resource.text);
        report.add(&SCP_SYNTAX_ERROR_ALLOW_RESOURCE, resource.span, message);
    }
}
