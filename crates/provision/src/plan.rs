//! From what is there to what should be: which changes, in which order. Pure.
//!
//! The user or role comes first, since its tag says that the bucket is ours to make; the key comes last, since its secret
//! is told once.

mod bucket;
mod holder;
mod removal;

use serde::Serialize;

use crate::change::{Change, Kind};
use crate::observed::{BucketState, Observed};
use crate::setup::Setup;

pub use removal::plan_removal;

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// All that was looked at, in the order in which it is changed; most often with nothing to do.
    pub changes: Vec<Change>,
    /// What a person should know. Nothing is stopped by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What stands in the way. Nothing is changed while there is any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl Plan {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.problems.is_empty() && !self.changes.iter().any(Change::is_some)
    }

    /// The changes that do something.
    pub fn pending(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_some())
    }
}

/// The changes that lead from what is there to the set-up. Of a set-up that stands, they are its drift.
#[must_use]
pub fn plan(setup: &Setup, observed: &Observed) -> Plan {
    let mut plan = Plan::default();
    holder::plan(setup, observed, &mut plan);
    bucket::plan(setup, observed, &mut plan);
    holder::plan_key(setup, observed, &mut plan);
    plan
}

/// Whether what is there of this kind is ours.
pub(crate) fn is_ours(setup: &Setup, observed: &Observed, kind: Kind) -> bool {
    match (kind, &observed.bucket) {
        (Kind::Bucket, BucketState::Present(found)) => {
            !matches!(bucket::whose(setup, observed, found), bucket::Whose::Others)
        }
        (Kind::Role | Kind::User, _) => {
            let marked = observed
                .holder
                .as_ref()
                .and_then(|holder| holder.setup.as_deref());
            marked == Some(setup.name().as_str())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
