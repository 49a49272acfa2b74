//! Resource control policies: they refuse, to everyone, by listed actions
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>).

use super::{
    RCP_SYNTAX_ERROR_ACTION, RCP_SYNTAX_ERROR_ALLOW, RCP_SYNTAX_ERROR_NOTACTION, RCP_SYNTAX_ERROR_PRINCIPAL,
};
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Statement};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind == PolicyType::Rcp {
        for statement in &policy.statements {
            one(policy, statement, report);
        }
    }
}

fn one(policy: &Policy<'_>, statement: &Statement<'_>, report: &mut Report<'_>) {
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
    if !is_full_access(statement) {
        services(policy, statement, report);
    }
    if let Some(principals) = &statement.principal
        && (principals.negated || principals.everyone().is_none())
    {
        let message = "an RCP is about everyone, `\"Principal\": \"*\"`; narrow it with a condition";
        report.add(&RCP_SYNTAX_ERROR_PRINCIPAL, principals.member.value.span, message);
    }
}

/// RCPs apply to some services, and a customer's has to name them.
fn services(policy: &Policy<'_>, statement: &Statement<'_>, report: &mut Report<'_>) {
    for action in statement.listed_actions() {
        let message = match action.text.split_once(':') {
            None if action.text == "*" => "`*` is for AWS's own RCP: name the services".to_owned(),
            Some((prefix, _)) => match policy.service(prefix) {
                Some(service) if !service.supports_resource_control_policies() => {
                    format!("`{}`: RCPs do not apply to {}", action.text, service.name())
                }
                _ => continue,
            },
            None => continue,
        };
        report.add(&RCP_SYNTAX_ERROR_ACTION, action.span, message);
    }
}

/// The one document that AWS attaches everywhere.
fn is_full_access(statement: &Statement<'_>) -> bool {
    statement.allows()
        && statement.names_action("*")
        && statement.listed_resources().any(|resource| resource.text == "*")
        && statement.tests.is_empty()
}
