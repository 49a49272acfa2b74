//! Buckets and other resources that are open to everyone.

use super::PUBLIC_ACCESS;
use crate::lint::PolicyType;
use crate::lint::caller_limit::is_limited;
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if !matches!(policy.kind, PolicyType::Bucket | PolicyType::Resource) {
        return;
    }
    for statement in policy.statements.iter().filter(|statement| statement.allows()) {
        let Some(principals) = &statement.principal else {
            continue;
        };
        // Whoever a list of exceptions leaves out is somebody; all others are everyone.
        let everyone = if principals.negated {
            Some(principals.member.value.span)
        } else {
            principals.everyone().map(|star| star.span)
        };
        let Some(span) = everyone.filter(|_| !is_limited(policy, statement)) else {
            continue;
        };
        let message = if statement.tests.is_empty() {
            "everyone may do this, anonymous callers too"
        } else {
            "everyone may do this: no condition asks who calls, from where or for whom"
        };
        report.add(&PUBLIC_ACCESS, span, message);
    }
}
