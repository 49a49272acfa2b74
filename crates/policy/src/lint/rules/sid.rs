//! Statement ids: their characters, and that each is there once.

use std::collections::HashSet;

use super::{EMPTY_SID_VALUE, UNIQUE_SIDS_RECOMMENDED, UNIQUE_SIDS_REQUIRED, UNSUPPORTED_SID};
use crate::lint::policy::Policy;
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    // The policies of other services may have blanks in their ids, and may repeat them.
    let strict = !matches!(policy.kind, PolicyType::Resource | PolicyType::Bucket);
    let mut seen = HashSet::new();
    for statement in &policy.statements {
        let Some(member) = statement.member("Sid") else {
            continue;
        };
        let Some(sid) = member.value.as_str() else {
            continue;
        };
        let span = member.value.span;
        if sid.is_empty() {
            report.add(&EMPTY_SID_VALUE, span, "the `Sid` is empty");
            continue;
        }
        if strict && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let plain: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
            let fix = (!plain.is_empty()).then(|| TextEdit::string(span, &plain));
            let message = format!("`{sid}` has characters other than letters and digits");
            report.add_with_fix(&UNSUPPORTED_SID, span, message, fix);
        }
        if !seen.insert(sid) {
            let code = if strict {
                &UNIQUE_SIDS_REQUIRED
            } else {
                &UNIQUE_SIDS_RECOMMENDED
            };
            report.add(code, span, format!("another statement has the id `{sid}` too"));
        }
    }
}
