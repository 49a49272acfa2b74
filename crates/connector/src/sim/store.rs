//! The customer's bucket: objects that are created once, and requests that arrive when they please.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::PutJob;
use bucketline_sink::{Checksum, ETag, EncryptionSeen, ObjectInfo, ObjectKey, PutMode};
use bytes::Bytes;

/// A bucket.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) objects: BTreeMap<ObjectKey, Stored>,
    /// What it does not do right, as it noticed itself.
    pub(super) overwritten: Vec<ObjectKey>,
    /// The object that was made last.
    pub(super) newest: Option<ObjectKey>,
    /// What the customer took away.
    pub(super) taken_away: Vec<(ObjectKey, Stored)>,
    /// Objects that a broken upload left, under whole metadata.
    pub(super) spoilt: BTreeSet<ObjectKey>,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) payload: Bytes,
    pub(super) metadata: BTreeMap<String, String>,
}

impl Store {
    /// A put arrives. Whether it made the object.
    pub(super) fn arrive(&mut self, job: &PutJob, payload: Bytes, overwrite: bool) -> bool {
        let options = job.options();
        assert_eq!(options.mode, PutMode::Create);
        let taken = self.objects.contains_key(job.key());
        if taken && !overwrite {
            return false;
        }
        let stored = Stored {
            payload,
            metadata: options.metadata,
        };
        self.newest = Some(job.key().clone());
        let before = self.objects.insert(job.key().clone(), stored.clone());
        if before.is_some_and(|before| before != stored) {
            self.overwritten.push(job.key().clone());
        }
        true
    }

    /// An upload breaks, and half of it is kept under the whole metadata. Whether the key was free.
    pub(super) fn spoil(&mut self, job: &PutJob) -> bool {
        let whole = job.payload().to_bytes();
        let half = whole.slice(..whole.len() / 2);
        let made = self.arrive(job, half, false);
        if made {
            self.spoilt.insert(job.key().clone());
        }
        made
    }

    /// What a look at a key tells; `silent`: without a checksum, as some stores do.
    pub(super) fn look(&self, key: &ObjectKey, silent: bool) -> Option<ObjectInfo> {
        let stored = self.objects.get(key)?;
        let mut info = ObjectInfo::new(key.clone(), stored.payload.len() as u64);
        info.etag = Some(ETag::new("\"etag\""));
        if !silent {
            info.checksums = Checksum::sha256_of(std::slice::from_ref(&stored.payload)).into();
        }
        info.encryption = EncryptionSeen::Aes256;
        info.metadata = stored.metadata.clone();
        Some(info)
    }
}
