//! What a document says of itself in its `Id`: what is known and meant, each with a reason.
//!
//! ```text
//! "Id": "lint-allow PUBLIC_ACCESS: a web site; check-allow NEW_ACCESS@/Statement/2: asked for by the auditors"
//! ```
//!
//! JSON has no comments, and `Id` is the one element that AWS takes in every policy and gives no meaning. Knows no code.

/// Something of which a document says that it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meant<'t> {
    pub(crate) code: &'t str,
    /// Where; everywhere if it was not said.
    pub(crate) pointer: Option<&'t str>,
    /// Empty where none was given.
    pub(crate) reason: &'t str,
}

impl<'t> Meant<'t> {
    /// Those that stand in a document's `Id` behind this word.
    pub(crate) fn all_in(id: &'t str, word: &str) -> impl Iterator<Item = Self> {
        id.split(';').filter_map(move |part| Self::of(part, word))
    }

    fn of(part: &'t str, word: &str) -> Option<Self> {
        let rest = part.trim().strip_prefix(word)?;
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

    /// Whether it says so of this place, or of one that this place is beneath.
    pub(crate) fn covers(&self, pointer: &str) -> bool {
        self.pointer.is_none_or(|own| {
            let rest = pointer.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Meant;

    fn said(id: &str) -> Vec<Meant<'_>> {
        Meant::all_in(id, "lint-allow").collect()
    }

    #[test]
    fn what_an_id_says() {
        let one = said("exports of 2026; lint-allow PUBLIC_ACCESS : a web site");
        let [site] = one.as_slice() else { panic!("{one:?}") };
        assert_eq!(
            (site.code, site.pointer, site.reason),
            ("PUBLIC_ACCESS", None, "a web site")
        );
        let two = said("lint-allow EMPTY_SID_VALUE@/Statement/1: old: kept;lint-allow NO_SUCH_CODE");
        let [old, vain] = two.as_slice() else {
            panic!("{two:?}")
        };
        assert_eq!((old.pointer, old.reason), (Some("/Statement/1"), "old: kept"));
        assert_eq!((vain.code, vain.reason), ("NO_SUCH_CODE", ""));
        assert!(said("lint-allowed PUBLIC_ACCESS: x").is_empty() && said("").is_empty());
        assert!(said("check-allow PUBLIC_ACCESS: x").is_empty());
    }

    #[test]
    fn a_place_is_meant_with_all_that_is_beneath() {
        let [meant] = said("lint-allow X@/Statement/1: y")[..] else {
            panic!()
        };
        assert!(meant.covers("/Statement/1") && meant.covers("/Statement/1/Action"));
        assert!(!meant.covers("/Statement/10") && !meant.covers("/Statement"));
    }
}
