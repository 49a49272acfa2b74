//! The version of the policy language.

use super::MISSING_VERSION;
use crate::lint::Edit;
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    let Some(root) = policy.root else { return };
    if policy.member("Version").is_some() {
        return;
    }
    // Behind the brace, in the line of the first member.
    let fix = policy
        .members
        .first()
        .map(|first| Edit::insert(first.key_span.start(), "\"Version\": \"2012-10-17\", "));
    let message = "the policy has no `Version` and is read as one of 2008, without variables";
    report.add_with_fix(&MISSING_VERSION, root.span, message, fix);
}
