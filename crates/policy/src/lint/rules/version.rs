//! The version of the policy language.

use super::MISSING_VERSION;
use crate::document::Version;
use crate::lint::TextEdit;
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    let Some(root) = policy.root else { return };
    if policy.member("Version").is_some() {
        return;
    }
    // Set like the first member.
    let fix = policy.members.first().map(|first| {
        let at = first.key_span.start();
        let space = policy.text.get(root.span.start() + 1..at).unwrap_or_default();
        TextEdit::insert(
            at,
            format!("\"Version\": \"{}\",{space}", Version::V2012.as_str()),
        )
    });
    let message = "the policy has no `Version` and is read as one of 2008, without variables";
    report.add_with_fix(&MISSING_VERSION, root.span, message, fix);
}
