//! Suppressions in a document's `Id` that do nothing. Which are needed only shows when everything else was found.

use super::{SUPPRESSION_NOT_NEEDED, SUPPRESSION_WITHOUT_EFFECT};
use crate::lint::Code;
use crate::lint::policy::Policy;
use crate::lint::report::Report;
use crate::lint::suppression::Suppression;

/// Nothing yet: the report asks [`in_vain`] at its end.
pub(super) fn check(_: &Policy<'_>, _: &mut Report<'_>) {}

/// What is to be said of one that suppressed nothing.
pub(in crate::lint) fn in_vain(suppression: &Suppression<'_>) -> (&'static Code, String) {
    let code = suppression.0.code;
    if suppression.0.reason.is_empty() {
        let message =
            format!("`lint-allow {code}` has no reason, and leaves nothing out: `lint-allow {code}: REASON`");
        return (&SUPPRESSION_WITHOUT_EFFECT, message);
    }
    if !suppression.counts() {
        return (
            &SUPPRESSION_WITHOUT_EFFECT,
            format!("`lint-allow {code}`: there is no such code"),
        );
    }
    let place = suppression
        .0
        .pointer
        .map_or_else(String::new, |pointer| format!(" at `{pointer}`"));
    (&SUPPRESSION_NOT_NEEDED, format!("`{code}` is not found{place}"))
}
