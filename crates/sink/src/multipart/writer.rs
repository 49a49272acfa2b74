//! An object written piece by piece, in bounded memory. It must not know any store.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::part_size::size_of;
use super::{MultipartSink, Part, Upload, checksum_of_parts, driver};
use crate::{Effect, Error, ErrorKind, ObjectKey, Operation, Payload, PutOptions, PutOutcome, Receipt};

/// How an [`ObjectWriter`] cuts and sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriterSettings {
    /// The bytes of the first thousand parts; later ones are larger, so that an object of any length has no more than 10,000. 8 MiB
    /// unless set, and no less than the store's least.
    pub part_size: u64,
    /// Parts on their way at once. 3 unless set.
    pub concurrency: usize,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            part_size: 8 << 20,
            concurrency: 3,
        }
    }
}

impl WriterSettings {
    /// So many bytes a part.
    #[must_use]
    pub const fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// So many parts at once; 0 counts as 1.
    #[must_use]
    pub const fn concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts;
        self
    }
}

/// Writes one object piece by piece: with one put if it turns out small, in parts if not.
///
/// It holds one part, and those on their way: at most `part_size × (concurrency + 1)` bytes, and what is written at once. Nothing is
/// seen under the key before [`finish`](Self::finish). One that is dropped before that aborts its upload in the background, where a
/// tokio runtime is running and the policy allows it.
///
/// ```
/// use std::sync::Arc;
/// use bucketline_sink::{MemorySink, ObjectWriter, PutOptions, PutOutcome, WriterSettings};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = Arc::new(MemorySink::new());
/// let mut writer = ObjectWriter::new(sink.clone(), "a".parse()?, PutOptions::create(), WriterSettings::default());
/// for _ in 0..3 {
///     writer.write("a line\n").await?;
/// }
/// assert!(matches!(writer.finish().await?, PutOutcome::Created(_)));
/// assert_eq!(sink.len(), 1);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct ObjectWriter {
    sink: Arc<dyn MultipartSink>,
    key: ObjectKey,
    options: PutOptions,
    settings: WriterSettings,
    /// What is not yet a part.
    held: VecDeque<Bytes>,
    held_bytes: u64,
    upload: Option<Upload>,
    sending: JoinSet<Result<Part, Error>>,
    sent: Vec<Part>,
    next: u32,
    written: u64,
}

impl ObjectWriter {
    /// A writer of the object under `key`.
    #[must_use]
    pub fn new(
        sink: Arc<dyn MultipartSink>,
        key: ObjectKey,
        options: PutOptions,
        settings: WriterSettings,
    ) -> Self {
        Self {
            sink,
            key,
            options,
            settings,
            held: VecDeque::new(),
            held_bytes: 0,
            upload: None,
            sending: JoinSet::new(),
            sent: Vec::new(),
            next: 1,
            written: 0,
        }
    }

    /// The bytes that were written.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// The bytes that the store has taken, as parts.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.sent.iter().map(|part| part.size).sum()
    }

    /// The upload, once there is one: what has to be remembered to abort it in another process.
    #[must_use]
    pub const fn upload(&self) -> Option<&Upload> {
        self.upload.as_ref()
    }

    /// Writes more bytes; waits while as many parts as may be are on their way.
    ///
    /// # Errors
    ///
    /// Those of [`MultipartSink::begin_upload`] and [`MultipartSink::put_part`], also of a part that an earlier call handed over. The
    /// object cannot be finished then: [`abort`](Self::abort) it.
    ///
    /// # Cancel safety
    ///
    /// Not safe: what was given may be written in part. Abort it.
    pub async fn write(&mut self, bytes: impl Into<Bytes>) -> Result<(), Error> {
        let bytes = bytes.into();
        self.written += bytes.len() as u64;
        self.held_bytes += bytes.len() as u64;
        self.held.push_back(bytes);
        loop {
            let size = size_of(self.next, self.settings.part_size, self.sink.part_limits());
            if self.held_bytes < size {
                return Ok(());
            }
            let payload = self.take(size);
            self.send(payload).await?;
        }
    }

    /// Ends the object. `PreconditionFailed` where the key was taken meanwhile: what was sent is then removed.
    ///
    /// Where the store's last answer is lost, the key is looked at: an object of the checksum and length that were sent is the one that
    /// was written here.
    ///
    /// # Errors
    ///
    /// Those of [`Sink::put`](crate::Sink::put) and of the calls of [`MultipartSink`]; what was sent is removed where that is allowed.
    ///
    /// # Cancel safety
    ///
    /// Dropped: whether the object is there is unknown.
    pub async fn finish(mut self) -> Result<PutOutcome, Error> {
        let outcome = self.end().await;
        match &outcome {
            Ok(PutOutcome::Created(_)) => self.upload = None,
            Ok(PutOutcome::PreconditionFailed) | Err(_) => self.clear().await,
        }
        outcome
    }

    /// Gives the object up, and removes what was sent of it.
    ///
    /// # Errors
    ///
    /// Those of [`MultipartSink::abort_upload`]: the parts are still there, seen by nobody.
    ///
    /// # Cancel safety
    ///
    /// Dropped: it goes on in the background, where that can be.
    pub async fn abort(mut self) -> Result<(), Error> {
        self.sending.shutdown().await;
        match &self.upload {
            None => Ok(()),
            Some(upload) => {
                let aborted = self.sink.abort_upload(upload).await;
                self.upload = None;
                aborted
            }
        }
    }

    async fn end(&mut self) -> Result<PutOutcome, Error> {
        let rest = self.take(self.held_bytes);
        let Some(upload) = self.upload.clone() else {
            let expected = (rest.checksum(), rest.len());
            return match self.sink.put(&self.key, rest, &self.options).await {
                Err(error) if error.effect() == Effect::Unknown => self.settle(expected, error).await,
                answer => answer,
            };
        };
        if !rest.is_empty() {
            self.send(rest).await?;
        }
        while let Some(part) = self.sending.join_next().await {
            self.received(part)?;
        }
        self.sent.sort_unstable_by_key(|part| part.number);
        let answer = self
            .sink
            .complete_upload(&upload, &self.sent, &self.options.mode)
            .await;
        match (answer, checksum_of_parts(&self.sent)) {
            (Err(error), Some(expected))
                if error.effect() == Effect::Unknown || *error.kind() == ErrorKind::NoSuchUpload =>
            {
                self.settle(expected, error).await
            }
            (answer, _) => answer,
        }
    }

    /// Looks whether the object is there although its answer was not: only checksum and length together tell.
    async fn settle(
        &self,
        (checksum, size): (crate::Checksum, u64),
        error: Error,
    ) -> Result<PutOutcome, Error> {
        match self.sink.head(&self.key).await {
            Ok(found) if found.size == size && found.checksums.agrees_with(&checksum) == Some(true) => {
                Ok(PutOutcome::Created(Receipt {
                    etag: found.etag,
                    version_id: found.version_id,
                    checksums: found.checksums,
                    encryption: found.encryption,
                    request_id: None,
                }))
            }
            _ => Err(error),
        }
    }

    /// The first bytes of what is held, which has so many.
    fn take(&mut self, size: u64) -> Payload {
        let mut chunks = Vec::new();
        let mut missing = size.min(self.held_bytes);
        self.held_bytes -= missing;
        while missing > 0
            && let Some(mut chunk) = self.held.pop_front()
        {
            if chunk.len() as u64 > missing {
                let rest = chunk.split_off(usize::try_from(missing).unwrap_or(chunk.len()));
                self.held.push_front(rest);
            }
            missing -= chunk.len() as u64;
            chunks.push(chunk);
        }
        chunks.into()
    }

    async fn send(&mut self, payload: Payload) -> Result<(), Error> {
        let upload = match &self.upload {
            Some(upload) => upload.clone(),
            None => {
                let upload = self.sink.begin_upload(&self.key, &self.options).await?;
                self.upload.insert(upload).clone()
            }
        };
        while self.sending.len() >= self.settings.concurrency.max(1)
            && let Some(part) = self.sending.join_next().await
        {
            self.received(part)?;
        }
        if self.next > self.sink.part_limits().most {
            return Err(Error::invalid(format!(
                "an object has {} parts at most, and the store takes no larger ones",
                self.sink.part_limits().most
            )));
        }
        let (sink, number) = (Arc::clone(&self.sink), self.next);
        self.next += 1;
        self.sending
            .spawn(async move { sink.put_part(&upload, number, payload).await });
        Ok(())
    }

    fn received(&mut self, part: Result<Result<Part, Error>, tokio::task::JoinError>) -> Result<(), Error> {
        let part = part.map_err(|error| {
            Error::new(Operation::PutPart, ErrorKind::Unexpected, Effect::Unknown)
                .with_key(self.key.as_str())
                .with_message(format!("sending a part was interrupted: {error}"))
        })??;
        self.sent.push(part);
        Ok(())
    }

    /// Removes what was sent. Who may write a bucket is not always allowed to: then a lifecycle rule has to.
    async fn clear(&mut self) {
        self.sending.shutdown().await;
        if let Some(upload) = self.upload.take() {
            clear(self.sink.as_ref(), &upload).await;
        }
    }
}

async fn clear(sink: &dyn MultipartSink, upload: &Upload) {
    if let Err(error) = sink.abort_upload(upload).await {
        tracing::warn!(%error, key = %upload.key(), "the parts of an upload that was given up could not be removed");
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        if let Some(upload) = self.upload.take() {
            let (sink, mut sending) = (Arc::clone(&self.sink), mem::take(&mut self.sending));
            driver::beside(async move {
                sending.shutdown().await;
                clear(sink.as_ref(), &upload).await;
            });
        }
    }
}

impl fmt::Debug for ObjectWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectWriter")
            .field("sink", &self.sink)
            .field("key", &self.key)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}
