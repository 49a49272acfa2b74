//! A sink that tells of every call. It must not change any, nor read a clock of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Error, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation, Part, PartLimits,
    Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// One call, after it ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// What was called.
    pub operation: Operation,
    /// The key, or the prefix of a listing.
    pub key: &'a str,
    /// What came of it.
    pub outcome: Outcome<'a>,
    /// Bytes of payload, sent or received; 0 where there were none.
    pub bytes: u64,
    /// How long it took, by the clock that was given.
    pub duration: Duration,
}

/// What came of a call.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the two results of a call, the abandoned call, and the put that found its key taken"
)]
pub enum Outcome<'a> {
    /// It was done.
    Done,
    /// A put whose condition did not hold.
    PreconditionFailed,
    /// It failed.
    Failed(&'a Error),
    /// Its future was dropped before it ended.
    Dropped,
}

/// Tells a function of every call on the sink within: for metrics, logs and tests.
///
/// The function is called when the call ends, on the task that awaited it; it should be quick.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::{Duration, Instant};
///
/// use bucketline_sink::layer::Observe;
/// use bucketline_sink::{MemorySink, Operation, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let record = Arc::clone(&seen);
/// let start = Instant::now();
/// let sink = Observe::new(
///     MemorySink::new(),
///     move || start.elapsed(),
///     move |call| record.lock().unwrap().push((call.operation, call.bytes)),
/// );
/// sink.put_bytes(&"a".parse()?, "four").await?;
/// assert_eq!(*seen.lock().unwrap(), [(Operation::Put, 4)]);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone)]
pub struct Observe<S> {
    inner: S,
    watch: Arc<Watch>,
}

struct Watch {
    now: Box<dyn Fn() -> Duration + Send + Sync>,
    tell: Box<dyn Fn(&Observation<'_>) + Send + Sync>,
}

impl<S: Sink> Observe<S> {
    /// Tells `observer` of each call on `inner`, timed by `now`: the time since any fixed moment, never
    /// running backwards.
    pub fn new(
        inner: S,
        now: impl Fn() -> Duration + Send + Sync + 'static,
        observer: impl Fn(&Observation<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            inner,
            watch: Arc::new(Watch {
                now: Box::new(now),
                tell: Box::new(observer),
            }),
        }
    }

    fn start<'a>(&'a self, operation: Operation, key: &'a str) -> Running<'a> {
        Running {
            watch: &self.watch,
            operation,
            key,
            since: (self.watch.now)(),
            told: false,
        }
    }
}

/// A call under way. Dropped before its end, it tells so.
struct Running<'a> {
    watch: &'a Watch,
    operation: Operation,
    key: &'a str,
    since: Duration,
    told: bool,
}

impl Running<'_> {
    fn end(mut self, outcome: Outcome<'_>, bytes: u64) {
        self.told = true;
        self.tell(outcome, bytes);
    }

    fn end_with<T>(self, result: &Result<T, Error>, bytes: impl FnOnce(&T) -> u64) {
        match result {
            Ok(value) => self.end(Outcome::Done, bytes(value)),
            Err(error) => self.end(Outcome::Failed(error), 0),
        }
    }

    fn tell(&self, outcome: Outcome<'_>, bytes: u64) {
        let duration = (self.watch.now)().saturating_sub(self.since);
        (self.watch.tell)(&Observation {
            operation: self.operation,
            key: self.key,
            outcome,
            bytes,
            duration,
        });
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.tell(Outcome::Dropped, 0);
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for Observe<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        let bytes = payload.len();
        let call = self.start(Operation::Put, key.as_str());
        let result = self.inner.put(key, payload, options).await;
        match &result {
            Ok(PutOutcome::PreconditionFailed) => call.end(Outcome::PreconditionFailed, bytes),
            result => call.end_with(result, |_| bytes),
        }
        result
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        let call = self.start(Operation::Head, key.as_str());
        let result = self.inner.head(key).await;
        call.end_with(&result, |_| 0);
        result
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let call = self.start(Operation::Get, key.as_str());
        let result = self.inner.get(key).await;
        call.end_with(&result, |object| object.info.size);
        result
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        let call = self.start(Operation::List, prefix);
        let result = self.inner.list(prefix, after).await;
        call.end_with(&result, |_| 0);
        result
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let call = self.start(Operation::Delete, key.as_str());
        let result = self.inner.delete(key).await;
        call.end_with(&result, |()| 0);
        result
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Observe<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        let call = self.start(Operation::BeginUpload, key.as_str());
        let result = self.inner.begin_upload(key, options).await;
        call.end_with(&result, |_| 0);
        result
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let bytes = payload.len();
        let call = self.start(Operation::PutPart, upload.key().as_str());
        let result = self.inner.put_part(upload, number, payload).await;
        call.end_with(&result, |_| bytes);
        result
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let call = self.start(Operation::CompleteUpload, upload.key().as_str());
        let result = self.inner.complete_upload(upload, parts, mode).await;
        match &result {
            Ok(PutOutcome::PreconditionFailed) => call.end(Outcome::PreconditionFailed, 0),
            result => call.end_with(result, |_| 0),
        }
        result
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        let call = self.start(Operation::AbortUpload, upload.key().as_str());
        let result = self.inner.abort_upload(upload).await;
        call.end_with(&result, |()| 0);
        result
    }
}

impl<S: Sink> fmt::Display for Observe<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl<S: Sink> fmt::Debug for Observe<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observe")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
