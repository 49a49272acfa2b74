//! Which elements a type of policy needs, and which it refuses.

use super::{
    ALLOW_WITH_NOT_PRINCIPAL, MISSING_PRINCIPAL, MISSING_RESOURCE,
    ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
    UNSUPPORTED_PRINCIPAL,
};
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Statement};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        principal(policy.kind, statement, report);
        resource(policy.kind, statement, report);
    }
}

fn principal(kind: PolicyType, statement: &Statement<'_>, report: &mut Report<'_>) {
    use PolicyType as P;
    let Some(principal) = &statement.principal else {
        if matches!(kind, P::Resource | P::Bucket | P::Trust | P::Rcp) {
            report.add(
                &MISSING_PRINCIPAL,
                statement.node.span,
                "the statement does not say whom it is about",
            );
        }
        return;
    };
    let (name, span) = (&principal.member.key, principal.member.key_span);
    match kind {
        P::Identity | P::Session => {
            let message =
                format!("`{name}` has no place here: the policy is about whoever it is attached to");
            report.add(&UNSUPPORTED_PRINCIPAL, span, message);
        }
        P::Trust if principal.negated => {
            let message = "a trust policy cannot name those who are not meant";
            report.add(&ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, span, message);
        }
        P::Resource | P::Bucket if principal.negated && statement.allows() => {
            let message = "this allows everyone who is not listed, anonymous callers too";
            report.add(&ALLOW_WITH_NOT_PRINCIPAL, span, message);
        }
        _ => {}
    }
}

fn resource(kind: PolicyType, statement: &Statement<'_>, report: &mut Report<'_>) {
    match (&statement.resource, kind) {
        (Some(element), PolicyType::Trust) => {
            let message = format!(
                "`{}` has no place here: the role itself is the resource",
                element.member.key
            );
            report.add(
                &ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
                element.member.key_span,
                message,
            );
        }
        (None, PolicyType::Trust) | (Some(_), _) => {}
        (None, _) => {
            let message = "the statement does not say which resources it is about";
            report.add(&MISSING_RESOURCE, statement.node.span, message);
        }
    }
}
