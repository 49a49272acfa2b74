//! A sink in memory: for tests, examples and simulations. It must not outlive its process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::multipart::check_parts;
use crate::{
    Checksum, ChecksumAlgorithm, ETag, Effect, Encryption, EncryptionSeen, Error, ErrorKind, KmsSeen,
    ListPage, ListToken, Listed, MultipartSink, Object, ObjectInfo, ObjectKey, Operation, Part, PartLimits,
    Payload, PutMode, PutOptions, PutOutcome, Receipt, Sink, Upload,
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
    uploads: Arc<Mutex<Uploads>>,
    seed: u64,
    page: Option<usize>,
    limits: PartLimits,
}

/// Uploads under way, by id.
#[derive(Default)]
struct Uploads {
    begun: u64,
    pending: BTreeMap<String, Pending>,
}

struct Pending {
    key: ObjectKey,
    options: PutOptions,
    parts: BTreeMap<u32, (Part, Payload)>,
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

    /// Other limits of parts than S3's: small ones keep a test small.
    #[must_use]
    pub const fn with_part_limits(mut self, smallest: u64, most: u32) -> Self {
        self.limits.smallest = smallest;
        self.limits.most = most;
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

    fn uploads(&self) -> MutexGuard<'_, Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many uploads are under way.
    #[must_use]
    pub fn pending_uploads(&self) -> usize {
        self.uploads().pending.len()
    }

    fn store(&self, key: &ObjectKey, stored: Stored, mode: &PutMode) -> PutOutcome {
        let mut objects = self.lock();
        let may = match (mode, objects.get(key)) {
            (PutMode::Create, there) => there.is_none(),
            (PutMode::Overwrite, _) => true,
            (PutMode::IfMatch(tag), there) => there.is_some_and(|there| there.etag() == *tag),
        };
        if !may {
            return PutOutcome::PreconditionFailed;
        }
        let receipt = Receipt {
            etag: Some(stored.etag()),
            checksums: stored.checksum.into(),
            encryption: stored.encryption.clone(),
            ..Receipt::default()
        };
        objects.insert(key.clone(), stored);
        PutOutcome::Created(receipt)
    }

    fn no_upload(&self, operation: Operation, upload: &Upload) -> Error {
        Error::new(operation, ErrorKind::NoSuchUpload, Effect::NotApplied)
            .with_key(upload.key().as_str())
            .with_place(self.to_string())
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
    fn new(payload: Bytes, checksum: Checksum, options: &PutOptions) -> Self {
        Self {
            payload,
            checksum,
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
        }
    }

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
        let stored = Stored::new(payload.to_bytes(), payload.checksum(), options);
        Ok(self.store(key, stored, &options.mode))
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

#[async_trait]
impl MultipartSink for MemorySink {
    fn part_limits(&self) -> PartLimits {
        self.limits
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        options.check()?;
        let mut uploads = self.uploads();
        uploads.begun += 1;
        let upload = Upload::new(key.clone(), format!("upload-{}", uploads.begun));
        uploads.pending.insert(
            upload.id().to_owned(),
            Pending {
                key: key.clone(),
                options: options.clone(),
                parts: BTreeMap::new(),
            },
        );
        Ok(upload)
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let checksum = payload.checksum_by(ChecksumAlgorithm::Crc64Nvme);
        let tag = ETag::new(format!("\"{}\"", checksum.hex()));
        let part = Part::new(number, payload.len(), tag, checksum);
        let mut uploads = self.uploads();
        let pending = uploads
            .pending
            .get_mut(upload.id())
            .filter(|pending| pending.key == *upload.key())
            .ok_or_else(|| self.no_upload(Operation::PutPart, upload))?;
        pending.parts.insert(number, (part.clone(), payload));
        Ok(part)
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        check_parts(parts, self.part_limits())?;
        let mut uploads = self.uploads();
        let pending = uploads
            .pending
            .get(upload.id())
            .filter(|pending| pending.key == *upload.key())
            .ok_or_else(|| self.no_upload(Operation::CompleteUpload, upload))?;
        let mut chunks = Vec::new();
        for part in parts {
            let Some((_, payload)) = pending.parts.get(&part.number).filter(|(kept, _)| kept == part) else {
                return Err(Error::invalid(format!(
                    "part {} is not one that was sent",
                    part.number
                )));
            };
            chunks.extend_from_slice(payload.chunks());
        }
        let payload = Payload::from(chunks);
        let checksum = payload.checksum_by(ChecksumAlgorithm::Crc64Nvme);
        let stored = Stored::new(payload.to_bytes(), checksum, &pending.options);
        let outcome = self.store(upload.key(), stored, mode);
        if outcome != PutOutcome::PreconditionFailed {
            uploads.pending.remove(upload.id());
        }
        Ok(outcome)
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        self.uploads().pending.remove(upload.id());
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
