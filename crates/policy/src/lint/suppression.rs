//! Findings that a document says to be known and meant, behind `lint-allow` in its `Id`.

use super::Finding;
use super::code::codes;
use crate::meant::Meant;

/// One finding, or all of a code, that is not to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suppression<'t>(pub(super) Meant<'t>);

impl<'t> Suppression<'t> {
    /// Those that stand in a document's `Id`.
    pub(super) fn all_in(id: &'t str) -> impl Iterator<Item = Self> {
        Meant::all_in(id, "lint-allow").map(Self)
    }

    /// Without a reason, or for a code that nobody knows, it does nothing.
    pub(super) fn counts(&self) -> bool {
        !self.0.reason.is_empty() && codes().any(|code| code.name() == self.0.code)
    }

    pub(super) fn is_about(&self, finding: &Finding) -> bool {
        self.counts() && finding.code() == self.0.code && self.0.covers(finding.pointer())
    }
}

#[cfg(test)]
mod tests {
    use super::Suppression;

    #[test]
    fn a_known_code_and_a_reason_are_needed() {
        let counts = |id| Suppression::all_in(id).all(|one| one.counts());
        assert!(counts("lint-allow PUBLIC_ACCESS: a web site"));
        assert!(!counts("lint-allow PUBLIC_ACCESS"));
        assert!(!counts("lint-allow NO_SUCH_CODE: x"));
    }
}
