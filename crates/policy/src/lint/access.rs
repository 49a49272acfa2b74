//! What an edit does to access: shown by `compare`, never guessed from what the edit looks like.

mod statement;

use super::PolicyType;
use crate::compare::{Relation, diff};
use crate::{Document, DocumentKind, PolicySet, Request, everything};

/// What a change of a document does to what it allows and denies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Access {
    /// Proven: every request is answered as before, whatever other policies say.
    Same,
    /// AWS refuses the document as it stands, so there is no access to compare; only the spelling of its elements is mended.
    Spelling,
    /// Something is allowed, or denied, that was not before, or the other way round.
    Changed {
        /// How what is allowed after the change stands to what was allowed before. Where the document only denies, beside a
        /// policy that allows everything.
        relation: Relation,
        /// A request that is allowed before the change and not after it.
        lost: Option<Box<Request>>,
        /// A request that is allowed after the change and not before it.
        gained: Option<Box<Request>>,
    },
    /// AWS refuses the document as it stands, and after the change it does not.
    Accepted,
    /// It cannot be told.
    Unknown,
}

impl Access {
    /// Whether the change may be made without asking.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Same | Self::Spelling)
    }

    pub(super) fn of(kind: PolicyType, before: &str, after: &str) -> Self {
        let (before, after) = match (Document::parse(before), Document::parse(after)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(_), Ok(_)) => return Self::Accepted,
            _ => return Self::Unknown,
        };
        let kind = match kind {
            PolicyType::Identity | PolicyType::Session | PolicyType::Scp => DocumentKind::Identity,
            PolicyType::Resource | PolicyType::Bucket | PolicyType::Rcp => DocumentKind::Resource,
            PolicyType::Trust => DocumentKind::Trust,
        };
        if statement::all_say_the_same(kind, &before, &after) {
            return Self::Same;
        }
        let alone = Self::between(kind, std::slice::from_ref(&before), std::slice::from_ref(&after));
        if !matches!(alone, Self::Same) {
            return alone;
        }
        // A denial shows only beside what allows.
        let all = everything::policy(kind);
        Self::between(kind, &[all.clone(), before], &[all, after])
    }

    fn between(kind: DocumentKind, before: &[Document], after: &[Document]) -> Self {
        let found = diff(kind, &PolicySet::compile(before), &PolicySet::compile(after));
        match found.relation() {
            Relation::Equal => Self::Same,
            Relation::Unknown if found.only_first().is_none() && found.only_second().is_none() => {
                Self::Unknown
            }
            relation => Self::Changed {
                relation,
                lost: found.only_first().cloned().map(Box::new),
                gained: found.only_second().cloned().map(Box::new),
            },
        }
    }
}
