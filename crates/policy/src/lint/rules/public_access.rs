//! Buckets and other resources that are open to everyone.

use super::PUBLIC_ACCESS;
use crate::lint::PolicyType;
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if !matches!(policy.kind, PolicyType::Bucket | PolicyType::Resource) {
        return;
    }
    for statement in policy
        .statements
        .iter()
        .filter(|s| s.allows() && s.tests.is_empty())
    {
        if let Some(star) = statement
            .principal
            .as_ref()
            .and_then(|principals| principals.everyone())
        {
            let message = "everyone may do this, anonymous callers too";
            report.add(&PUBLIC_ACCESS, star.span, message);
        }
    }
}
