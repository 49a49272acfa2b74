//! Resource control policies: they refuse, to everyone, by listed actions
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>).

use super::{RCP_SYNTAX_ERROR_ALLOW, RCP_SYNTAX_ERROR_NOTACTION, RCP_SYNTAX_ERROR_PRINCIPAL};
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Statement};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind == PolicyType::Rcp {
        for statement in &policy.statements {
            one(statement, report);
        }
    }
}

fn one(statement: &Statement<'_>, report: &mut Report<'_>) {
    if statement.allows() && !is_full_access(statement) {
        let span = statement
            .member("Effect")
            .map_or(statement.node.span, |effect| effect.value.span);
        let message = "only AWS's own `RCPFullAWSAccess` allows; say what is denied";
        report.add(&RCP_SYNTAX_ERROR_ALLOW, span, message);
    }
    if let Some(element) = statement.action.as_ref().filter(|element| element.negated) {
        report.add(
            &RCP_SYNTAX_ERROR_NOTACTION,
            element.member.key_span,
            "list the actions in `Action`",
        );
    }
    if let Some(principals) = &statement.principal
        && (principals.negated || principals.everyone().is_none())
    {
        let message = "an RCP is about everyone, `\"Principal\": \"*\"`; narrow it with a condition";
        report.add(&RCP_SYNTAX_ERROR_PRINCIPAL, principals.member.value.span, message);
    }
}

/// The one document that AWS attaches everywhere.
fn is_full_access(statement: &Statement<'_>) -> bool {
    statement.names_action("*")
        && statement.listed_resources().any(|resource| resource.text == "*")
        && statement.tests.is_empty()
}
