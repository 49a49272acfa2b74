//! The customer's bucket: objects that are created once, and requests that arrive when they please.

use std::collections::BTreeMap;

use bucketline_connector::engine::PutJob;
use bucketline_sink::{Checksum, ETag, EncryptionSeen, ObjectInfo, ObjectKey, PutMode};
use bytes::Bytes;

/// A bucket.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) objects: BTreeMap<ObjectKey, Stored>,
    /// What it does not do right, as it noticed itself.
    pub(crate) overwritten: Vec<ObjectKey>,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) payload: Bytes,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Store {
    /// A put arrives. Whether it made the object.
    pub(crate) fn arrive(&mut self, job: &PutJob, payload: Bytes, overwrite: bool) -> bool {
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
        let before = self.objects.insert(job.key().clone(), stored.clone());
        if before.is_some_and(|before| before != stored) {
            self.overwritten.push(job.key().clone());
        }
        true
    }

    pub(crate) fn look(&self, key: &ObjectKey) -> Option<ObjectInfo> {
        let stored = self.objects.get(key)?;
        let mut info = ObjectInfo::new(key.clone(), stored.payload.len() as u64);
        info.etag = Some(ETag::new("\"etag\""));
        info.checksums = Checksum::sha256_of(std::slice::from_ref(&stored.payload)).into();
        info.encryption = EncryptionSeen::Aes256;
        info.metadata = stored.metadata.clone();
        Some(info)
    }
}
