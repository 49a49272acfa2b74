//! Access points whose bucket nobody named: a folder behind one may lie in any bucket of its store, so it must not meet a folder of
//! anybody else's there. Opens nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use bucketline_export::ROOTS;

use super::Checker;
use crate::model::{Bucket, Connector, DataExport, Destination};

/// A folder in a bucket.
struct Claim<'a> {
    bucket: &'a Bucket,
    /// In lower case: keys that differ in case alone are taken for one, as everywhere.
    folder: String,
    holder: String,
    /// Where it stands, where it is new in this file.
    span: Range<usize>,
}

impl Checker<'_> {
    /// Tells where a folder behind an access point may be another's.
    pub(super) fn access_points(
        &mut self,
        exports: &[(Range<usize>, DataExport)],
        connectors: &[(Range<usize>, Connector)],
    ) {
        let mut claims = Vec::new();
        for (span, connector) in connectors {
            if let Destination::Bucket(bucket) = &connector.destination {
                claims.push(Claim {
                    bucket,
                    folder: connector.folder.as_str().to_lowercase(),
                    holder: format!("connector `{}`", connector.id),
                    span: span.clone(),
                });
            }
        }
        for (span, export) in exports {
            if let Destination::Bucket(bucket) = &export.destination {
                claims.extend(ROOTS.map(|root| Claim {
                    bucket,
                    folder: match &export.folder {
                        Some(folder) => format!("{folder}/{root}").to_lowercase(),
                        None => root.to_owned(),
                    },
                    holder: format!("the data export of `{}`", export.workspace),
                    span: span.clone(),
                }));
            }
        }
        let in_doubt =
            |claim: &Claim<'_>| claim.bucket.name.access_point().is_some() && claim.bucket.behind.is_none();
        if !claims.iter().any(in_doubt) {
            return;
        }
        let folders = Folders::of(&claims);
        for claim in claims.iter().filter(|claim| in_doubt(claim)) {
            if let Some(other) = folders.meeting(claim) {
                let what = format!(
                    "which bucket is behind the access point of {} is not known, and {} has a folder that would meet `{}` if it \
                     were the same one",
                    claim.holder, other.holder, claim.folder
                );
                self.problem(
                    &claim.span,
                    what,
                    "name the bucket behind it: `bucket_behind = \"...\"`, or choose another `folder`",
                );
            }
        }
    }
}

/// All folders by what lies at, above and below them, so that each is looked up and not compared with every other.
struct Folders<'a, 'b> {
    /// Who has exactly this folder; the first two, since one of them may be the one who asks.
    exact: BTreeMap<(&'a str, &'a str), Vec<&'a Claim<'b>>>,
    /// Who has one below it.
    above: BTreeMap<(&'a str, &'a str), Vec<&'a Claim<'b>>>,
}

impl<'a, 'b> Folders<'a, 'b> {
    fn of(claims: &'a [Claim<'b>]) -> Self {
        let (mut exact, mut above): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) = Default::default();
        let keep = |list: &mut Vec<&'a Claim<'b>>, claim| {
            if list.len() < 2 {
                list.push(claim);
            }
        };
        for claim in claims {
            let store = store(claim);
            keep(exact.entry((store, claim.folder.as_str())).or_default(), claim);
            for outer in ancestors(&claim.folder) {
                keep(above.entry((store, outer)).or_default(), claim);
            }
        }
        Self { exact, above }
    }

    /// Somebody else's folder that is this one, or above or below it, in a bucket that may be the same.
    fn meeting(&self, claim: &Claim<'b>) -> Option<&'a Claim<'b>> {
        let store = store(claim);
        let outer = ancestors(&claim.folder).filter_map(|outer| self.exact.get(&(store, outer)));
        let at = [&self.exact, &self.above]
            .into_iter()
            .filter_map(|folders| folders.get(&(store, claim.folder.as_str())));
        // Two ways through one access point are compared as one bucket's.
        at.chain(outer)
            .flatten()
            .find(|other| {
                other.holder != claim.holder && other.bucket.claimed_as() != claim.bucket.claimed_as()
            })
            .copied()
    }
}

/// The store of a bucket: only in the same one can it be the same bucket.
fn store<'a>(claim: &'a Claim<'_>) -> &'a str {
    claim.bucket.endpoint.as_deref().unwrap_or_default()
}

/// The folders above a folder.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    folder.match_indices('/').filter_map(|(at, _)| folder.get(..at))
}
