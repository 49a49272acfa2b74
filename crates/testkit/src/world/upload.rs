//! Multipart uploads under way in one bucket: what is kept of them, and under which id.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::{Algorithm, Encryption, StoredChecksum};

/// The uploads of a bucket.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<BTreeMap<String, Upload>>);

/// One upload.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) initiated: SystemTime,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) encryption: Encryption,
    /// Of each part, and of the whole.
    pub(crate) algorithm: Algorithm,
    /// Whether the checksum of the whole is of its bytes, and not of its parts' checksums.
    pub(crate) full_object: bool,
    pub(crate) parts: BTreeMap<i32, StoredPart>,
}

/// One part.
#[derive(Debug, Clone)]
pub(crate) struct StoredPart {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
    pub(crate) checksum: Arc<StoredChecksum>,
    pub(crate) last_modified: SystemTime,
}

impl Uploads {
    pub(crate) fn begin(&self, id: &str, upload: Upload) {
        self.lock().insert(id.to_owned(), upload);
    }

    /// The upload of this id, if it is of this key.
    pub(crate) fn get(&self, id: &str, key: &str) -> Option<Upload> {
        self.lock().get(id).filter(|upload| upload.key == key).cloned()
    }

    /// Whether the upload was there.
    pub(crate) fn keep(&self, id: &str, number: i32, part: StoredPart) -> bool {
        let mut uploads = self.lock();
        let upload = uploads.get_mut(id);
        upload.map(|upload| upload.parts.insert(number, part)).is_some()
    }

    pub(crate) fn remove(&self, id: &str) -> Option<Upload> {
        self.lock().remove(id)
    }

    /// All of them, by id.
    pub(crate) fn all(&self) -> Vec<(String, Upload)> {
        let uploads = self.lock();
        uploads
            .iter()
            .map(|(id, upload)| (id.clone(), upload.clone()))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
