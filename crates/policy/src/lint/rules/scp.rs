//! Service control policies: the one element that Organizations refuses.

use super::SCP_SYNTAX_ERROR_PRINCIPAL;
use crate::lint::PolicyType;
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind != PolicyType::Scp {
        return;
    }
    for principal in policy.statements.iter().filter_map(|s| s.principal.as_ref()) {
        let message = "an SCP is about every principal of its accounts; narrow it with `aws:PrincipalArn`";
        report.add(&SCP_SYNTAX_ERROR_PRINCIPAL, principal.member.key_span, message);
    }
}
