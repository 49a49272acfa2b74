//! What a document says of itself in its `Id`: findings that are known and meant, each with a reason.
//!
//! ```text
//! "Id": "lint-allow PUBLIC_ACCESS: a web site; lint-allow WILDCARD_IN_SERVICE_NAME@/Statement/2: a boundary"
//! ```
//!
//! JSON has no comments, and `Id` is the one element that AWS takes in every policy and gives no meaning.

use super::Finding;
use super::code::codes;

const WORD: &str = "lint-allow";

/// One finding, or all of a code, that is not to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suppression<'t> {
    pub(super) code: &'t str,
    /// Where; everywhere if it was not said.
    pub(super) pointer: Option<&'t str>,
    pub(super) reason: &'t str,
}

impl<'t> Suppression<'t> {
    /// Those that stand in a document's `Id`.
    pub(super) fn all_in(id: &'t str) -> impl Iterator<Item = Self> {
        id.split(';').filter_map(Self::of)
    }

    fn of(part: &'t str) -> Option<Self> {
        let rest = part.trim().strip_prefix(WORD)?;
        let rest = rest.strip_prefix(char::is_whitespace)?.trim();
        let (what, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let (code, pointer) = what
            .split_once('@')
            .map_or((what, None), |(code, pointer)| (code, Some(pointer.trim())));
        Some(Self {
            code: code.trim(),
            pointer,
            reason: reason.trim(),
        })
    }

    /// Without a reason, or for a code that nobody knows, it does nothing.
    pub(super) fn counts(&self) -> bool {
        !self.reason.is_empty() && codes().any(|code| code.name() == self.code)
    }

    pub(super) fn is_about(&self, finding: &Finding) -> bool {
        let beneath = |pointer: &str| {
            let rest = finding.pointer().strip_prefix(pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.counts() && finding.code() == self.code && self.pointer.is_none_or(beneath)
    }
}

#[cfg(test)]
mod tests {
    use super::Suppression;

    #[test]
    fn what_an_id_says() {
        let said = |id| Suppression::all_in(id).collect::<Vec<_>>();
        let one = said("exports of 2026; lint-allow PUBLIC_ACCESS : a web site");
        let [site] = one.as_slice() else { panic!("{one:?}") };
        assert_eq!(
            (site.code, site.pointer, site.reason),
            ("PUBLIC_ACCESS", None, "a web site")
        );
        assert!(site.counts());
        let two = said("lint-allow EMPTY_SID_VALUE@/Statement/1: old: kept;lint-allow NO_SUCH_CODE: x");
        assert_eq!(two.first().and_then(|s| s.pointer), Some("/Statement/1"));
        assert_eq!(two.first().map(|s| s.reason), Some("old: kept"));
        assert!(two.last().is_some_and(|s| !s.counts()));
        assert!(
            said("lint-allow PUBLIC_ACCESS")
                .first()
                .is_some_and(|s| !s.counts())
        );
        assert!(said("lint-allowed PUBLIC_ACCESS: x").is_empty() && said("").is_empty());
    }
}
