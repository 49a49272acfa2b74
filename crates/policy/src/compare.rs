//! Policies against policies: which allows more.
//!
//! Reasons about patterns instead of trying requests, and says [`Relation::Unknown`] where it cannot know. What it does
//! claim is sound: every witness was put to the evaluator before it is given, and is a request that AWS could send. It
//! never imports the linter.

mod caller;
mod consistency;
mod context;
mod grant;
mod key;
mod search;
mod term;
mod text;
mod universe;
mod witness;

use std::fmt;

use serde::Serialize;

use crate::{DocumentKind, PolicySet, Request};
pub(crate) use caller::never_has;
pub(crate) use consistency::Consistency;
pub(crate) use grant::Grant;
pub(crate) use search::{Asking, Side, only_in, only_in_grant};
pub(crate) use universe::catalog;

/// How what a second set of policies allows stands to what the first allows, as one asks of a change: is the new one broader?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "two sets stand to each other in one of these ways, or it is not known"
)]
pub enum Relation {
    /// Both allow the same requests.
    Equal,
    /// The second allows all that the first allows, and more: a change from first to second grants something.
    Broader,
    /// The first allows all that the second allows, and more: a change from first to second takes something away.
    Narrower,
    /// Each allows something that the other does not.
    Incomparable,
    /// Not everything that would have to be known could be found out.
    Unknown,
}

/// What [`diff`] found out.
#[derive(Clone, Debug)]
pub struct Diff {
    first: Side,
    second: Side,
}

impl Diff {
    /// How the second stands to the first.
    pub fn relation(&self) -> Relation {
        match (&self.first, &self.second) {
            (Side::Nothing, Side::Nothing) => Relation::Equal,
            (Side::Nothing, Side::Witness(_)) => Relation::Broader,
            (Side::Witness(_), Side::Nothing) => Relation::Narrower,
            (Side::Witness(_), Side::Witness(_)) => Relation::Incomparable,
            (Side::Unknown, _) | (_, Side::Unknown) => Relation::Unknown,
        }
    }

    /// A request that the first allows and the second does not. Absent when there is none or none was found.
    pub fn only_first(&self) -> Option<&Request> {
        self.first.witness()
    }

    /// A request that the second allows and the first does not. Absent when there is none or none was found.
    pub fn only_second(&self) -> Option<&Request> {
        self.second.witness()
    }

    /// Whether it is proven that the first allows nothing that the second does not.
    pub fn first_is_within_second(&self) -> bool {
        matches!(self.first, Side::Nothing)
    }

    /// Whether it is proven that the second allows nothing that the first does not.
    pub fn second_is_within_first(&self) -> bool {
        matches!(self.second, Side::Nothing)
    }
}

/// Compares what two sets of policies of one kind allow, each alone, as [`PolicySet::decide`] answers.
///
/// Compared are the requests that AWS could send, by the catalogue (feature `catalog`): actions that exist, on resources of
/// the types that they work on, by callers who can have the condition keys that they would need. Without the catalogue, and
/// for services that it does not know, any action on any resource counts. Callers are told apart by what `Principal`
/// elements name; where an element names somebody by an id, and where variables or comparisons of several kinds meet, the
/// answer can be [`Relation::Unknown`]; so can it for documents of thousands of patterns, since the work is limited.
///
/// ```
/// use bucketline_policy::compare::{Relation, diff};
/// use bucketline_policy::{Document, DocumentKind, PolicySet};
/// let allow = |resource: &str| -> Result<PolicySet, bucketline_policy::Error> {
///     let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:PutObject","Resource":"{resource}"}}}}"#);
///     Ok(PolicySet::compile(&[Document::parse(&text)?]))
/// };
/// let (old, new) = (allow("arn:aws:s3:::acme/*")?, allow("arn:aws:s3:::acme*")?);
/// let found = diff(DocumentKind::Identity, &old, &new);
/// assert_eq!(found.relation(), Relation::Broader);
/// let witness = found.only_second().expect("broader means that there is one");
/// assert!(witness.resource().as_str().starts_with("arn:aws:s3:::acme"));
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn diff(kind: DocumentKind, first: &PolicySet, second: &PolicySet) -> Diff {
    Diff {
        first: only_in(kind, first, second),
        second: only_in(kind, second, first),
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "equal",
            Self::Broader => "broader",
            Self::Narrower => "narrower",
            Self::Incomparable => "incomparable",
            Self::Unknown => "unknown",
        })
    }
}
