//! A bucket: its settings and its objects, with conditions decided under the lock that guards them.

mod settings;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use super::{Encryption, ObjectEntry, StoredObject, Uploads, read, write};
use crate::authorize::Policy;
pub(crate) use settings::Settings;

/// One general purpose bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    name: String,
    account: String,
    region: String,
    created: SystemTime,
    encryption: RwLock<Encryption>,
    settings: RwLock<Settings>,
    encryption_shown: bool,
    quirks: Quirks,
    policy: RwLock<Option<Policy>>,
    objects: RwLock<BTreeMap<String, Arc<StoredObject>>>,
    pub(crate) uploads: Uploads,
}

/// What a store does otherwise than S3.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quirks {
    pub(crate) ignores_conditions: bool,
    pub(crate) refuses_checksums: bool,
}

/// The condition of a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    None,
    /// `If-None-Match: *`
    Absent,
    /// `If-Match`, with an entity tag.
    Matches(String),
}

/// Why a conditional write changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutRefused {
    PreconditionFailed,
    /// `If-Match` on a key that is not there.
    NoSuchKey,
}

/// What ListObjectsV2 asks for.
#[derive(Debug)]
pub(crate) struct ListQuery<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: Option<&'a str>,
    pub(crate) after: Option<Marker>,
    pub(crate) max_keys: usize,
}

/// Where a listing goes on: behind a key, or behind all keys of a common prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    Key(String),
    Prefix(String),
}

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) objects: Vec<(String, Arc<StoredObject>)>,
    pub(crate) prefixes: Vec<String>,
    /// Set if there is more.
    pub(crate) next: Option<Marker>,
}

impl Bucket {
    pub(crate) fn new(name: &str, account: &str, region: &str, created: SystemTime) -> Self {
        Self {
            name: name.to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            created,
            encryption: RwLock::new(Encryption::Aes256),
            settings: RwLock::default(),
            encryption_shown: true,
            quirks: Quirks::default(),
            policy: RwLock::new(None),
            objects: RwLock::new(BTreeMap::new()),
            uploads: Uploads::default(),
        }
    }

    pub(crate) fn with_policy(self, policy: Option<Policy>) -> Self {
        Self {
            policy: RwLock::new(policy),
            ..self
        }
    }

    pub(crate) fn with_encryption(self, encryption: Encryption, shown: bool) -> Self {
        Self {
            encryption: RwLock::new(encryption),
            encryption_shown: shown,
            ..self
        }
    }

    pub(crate) fn with_quirks(self, quirks: Quirks) -> Self {
        Self { quirks, ..self }
    }

    pub(crate) fn quirks(&self) -> Quirks {
        self.quirks
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn created(&self) -> SystemTime {
        self.created
    }

    /// What an object gets that asks for nothing.
    pub(crate) fn encryption(&self) -> Encryption {
        read(&self.encryption).clone()
    }

    pub(crate) fn set_encryption(&self, encryption: Encryption) {
        *write(&self.encryption) = encryption;
    }

    pub(crate) fn settings(&self) -> Settings {
        read(&self.settings).clone()
    }

    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut write(&self.settings));
    }

    /// Parts of unfinished uploads do not count, as for AWS they do not.
    pub(crate) fn is_empty(&self) -> bool {
        read(&self.objects).is_empty()
    }

    /// False plays a store that takes the encryption headers and forgets them.
    pub(crate) fn encryption_shown(&self) -> bool {
        self.encryption_shown
    }

    pub(crate) fn policy(&self) -> Option<Policy> {
        read(&self.policy).clone()
    }

    pub(crate) fn set_policy(&self, policy: Option<Policy>) {
        *write(&self.policy) = policy;
    }

    pub(crate) fn get(&self, key: &str) -> Option<Arc<StoredObject>> {
        read(&self.objects).get(key).cloned()
    }

    /// Stores an object if the condition holds; both happen under one lock.
    pub(crate) fn put(
        &self,
        key: &str,
        object: StoredObject,
        condition: &Condition,
    ) -> Result<(), PutRefused> {
        let mut objects = write(&self.objects);
        match (condition, objects.get(key)) {
            (Condition::None, _) | (Condition::Absent, None) => {}
            (Condition::Absent, Some(_)) => return Err(PutRefused::PreconditionFailed),
            (Condition::Matches(_), None) => return Err(PutRefused::NoSuchKey),
            (Condition::Matches(etag), Some(found)) if *etag == found.etag => {}
            (Condition::Matches(_), Some(_)) => return Err(PutRefused::PreconditionFailed),
        }
        objects.insert(key.to_owned(), Arc::new(object));
        Ok(())
    }

    pub(crate) fn overwrite(&self, key: &str, object: StoredObject) {
        write(&self.objects).insert(key.to_owned(), Arc::new(object));
    }

    pub(crate) fn delete(&self, key: &str) -> bool {
        write(&self.objects).remove(key).is_some()
    }

    pub(crate) fn entries(&self) -> Vec<ObjectEntry> {
        let objects = read(&self.objects);
        let entry = |(key, object): (&String, &Arc<StoredObject>)| ObjectEntry {
            key: key.clone(),
            size: object.body.len() as u64,
            etag: object.etag.clone(),
        };
        objects.iter().map(entry).collect()
    }

    /// Keys in the order of their UTF-8 bytes, as S3 lists them.
    pub(crate) fn list(&self, query: &ListQuery<'_>) -> Listing {
        let objects = read(&self.objects);
        let mut listing = Listing::default();
        let mut last = None;
        let start = match &query.after {
            Some(Marker::Key(key) | Marker::Prefix(key)) if key.as_str() >= query.prefix => {
                Bound::Excluded(key.as_str())
            }
            _ => Bound::Included(query.prefix),
        };
        let skip = match &query.after {
            Some(Marker::Prefix(prefix)) => Some(prefix.as_str()),
            _ => None,
        };
        for (key, object) in objects.range::<str, _>((start, Bound::Unbounded)) {
            let Some(rest) = key.strip_prefix(query.prefix) else {
                break;
            };
            if skip.is_some_and(|prefix| key.starts_with(prefix)) {
                continue;
            }
            let common = query
                .delimiter
                .and_then(|delimiter| Some(rest.split_once(delimiter)?.0.len() + delimiter.len()));
            let common = common.and_then(|length| key.get(..query.prefix.len() + length));
            if common.is_some_and(|common| listing.prefixes.last().is_some_and(|last| last == common)) {
                continue;
            }
            if listing.objects.len() + listing.prefixes.len() == query.max_keys {
                listing.next = last;
                break;
            }
            if let Some(common) = common {
                listing.prefixes.push(common.to_owned());
                last = Some(Marker::Prefix(common.to_owned()));
            } else {
                listing.objects.push((key.clone(), Arc::clone(object)));
                last = Some(Marker::Key(key.clone()));
            }
        }
        listing
    }
}

#[cfg(test)]
mod tests;
