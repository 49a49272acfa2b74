//! A sink in memory: for tests, examples and simulations. It must not outlive its process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    Checksum, ETag, Effect, Encryption, EncryptionSeen, Error, ErrorKind, KmsSeen, ListPage, ListToken,
    Listed, Object, ObjectInfo, ObjectKey, Operation, Payload, PutMode, PutOptions, PutOutcome, Receipt,
    Sink,
};

/// A sink in memory that keeps the whole contract. Clones share their objects.
///
/// It keeps checksums, echoes the encryption that was asked for, and lists in an order that its seed decides,
/// so that nobody comes to rely on one.
///
/// ```
/// use bucketline_sink::{MemorySink, PutOutcome, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = MemorySink::new();
/// let key = "a".parse()?;
/// assert!(matches!(sink.put_bytes(&key, "one").await?, PutOutcome::Created(_)));
/// assert_eq!(sink.put_bytes(&key, "two").await?, PutOutcome::PreconditionFailed);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct MemorySink {
    objects: Arc<Mutex<BTreeMap<ObjectKey, Stored>>>,
    seed: u64,
    page: Option<usize>,
}

#[derive(Clone)]
struct Stored {
    payload: Bytes,
    checksum: Checksum,
    encryption: EncryptionSeen,
    metadata: BTreeMap<String, String>,
}

impl MemorySink {
    /// The objects of one page of a listing, as many as S3 gives.
    const PAGE: usize = 1000;

    /// An empty sink.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another order of listings.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// At most `objects` on each page of a listing (1 at least), instead of 1,000.
    #[must_use]
    pub fn page_size(mut self, objects: usize) -> Self {
        self.page = Some(objects.max(1));
        self
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// No code that holds this lock can panic half-way through a change, so a poisoned one is still whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, Stored>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, operation: Operation, key: &ObjectKey) -> Result<Stored, Error> {
        self.lock().get(key).cloned().ok_or_else(|| {
            Error::new(operation, ErrorKind::NotFound, Effect::NotApplied)
                .with_key(key.as_str())
                .with_place(self.to_string())
        })
    }
}

impl Stored {
    /// Equal content, equal tag, as on S3.
    fn etag(&self) -> ETag {
        let hex = self.checksum.hex();
        ETag::new(format!("\"{}\"", hex.get(..32).unwrap_or(&hex)))
    }

    fn info(&self, key: &ObjectKey) -> ObjectInfo {
        ObjectInfo {
            etag: Some(self.etag()),
            checksums: self.checksum.into(),
            encryption: self.encryption.clone(),
            metadata: self.metadata.clone(),
            ..ObjectInfo::new(key.clone(), self.payload.len() as u64)
        }
    }
}

#[async_trait]
impl Sink for MemorySink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        options.check()?;
        let stored = Stored {
            payload: payload.to_bytes(),
            checksum: payload.checksum(),
            encryption: match &options.encryption {
                Encryption::BucketDefault => EncryptionSeen::None,
                Encryption::Aes256 => EncryptionSeen::Aes256,
                Encryption::Kms(kms) => EncryptionSeen::Kms(KmsSeen {
                    key_id: Some(kms.key_id.clone()),
                    bucket_key: kms.bucket_key == Some(true),
                    dsse: kms.dsse,
                }),
            },
            metadata: options.metadata.clone(),
        };
        let mut objects = self.lock();
        let may = match (&options.mode, objects.get(key)) {
            (PutMode::Create, there) => there.is_none(),
            (PutMode::Overwrite, _) => true,
            (PutMode::IfMatch(tag), there) => there.is_some_and(|there| there.etag() == *tag),
        };
        if !may {
            return Ok(PutOutcome::PreconditionFailed);
        }
        let receipt = Receipt {
            etag: Some(stored.etag()),
            checksums: stored.checksum.into(),
            encryption: stored.encryption.clone(),
            ..Receipt::default()
        };
        objects.insert(key.clone(), stored);
        Ok(PutOutcome::Created(receipt))
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        Ok(self.found(Operation::Head, key)?.info(key))
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let stored = self.found(Operation::Get, key)?;
        Ok(Object::new(stored.info(key), stored.payload))
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        let mut lines: Vec<(u64, Listed)> = self
            .lock()
            .iter()
            .filter(|(key, _)| key.as_str().starts_with(prefix))
            .map(|(key, stored)| {
                let mut listed = Listed::new(key.as_str(), stored.payload.len() as u64);
                listed.etag = Some(stored.etag());
                (scatter(self.seed, key.as_str()), listed)
            })
            .collect();
        lines.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
        // A token is the last place handed out, not a count: what goes away between two pages shifts nothing.
        if let Some((rank, key)) = after.and_then(|token| token.as_str().split_once(' ')) {
            let rank = u64::from_str_radix(rank, 16).unwrap_or(u64::MAX);
            lines.retain(|(at, listed)| (*at, listed.key.as_str()) > (rank, key));
        }
        let page = self.page.unwrap_or(Self::PAGE);
        let more = lines.len() > page;
        lines.truncate(page);
        let next = lines
            .last()
            .filter(|_| more)
            .map(|(at, last)| ListToken::new(format!("{at:016x} {}", last.key)));
        Ok(ListPage::new(
            lines.into_iter().map(|(_, listed)| listed).collect(),
            next,
        ))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.lock().remove(key);
        Ok(())
    }
}

/// A rank for each key, by seed: FNV-1a, whose job here is only to be stable and to look unordered.
fn scatter(seed: u64, key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl fmt::Display for MemorySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory")
    }
}

impl fmt::Debug for MemorySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySink")
            .field("objects", &self.len())
            .field("seed", &self.seed)
            .finish()
    }
}
