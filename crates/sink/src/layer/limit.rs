//! A sink with at most so many calls under way, and fewer while its store asks to slow down. It must not reorder those that wait.

mod window;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::layer::limit::window::{Slot, Window};
use crate::{
    Effect, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation,
    Part, PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// Lets at most so many calls run at once; the others wait in the order in which they came. Clones share the limit.
///
/// The limit adapts: an answer that asks to slow down ([`ErrorKind::Throttled`]) halves it, once for all the calls that were
/// under way; then each round of calls that are answered otherwise gives one back, up to the most. So many callers find
/// what a store takes, and stay there (additive increase, multiplicative decrease).
///
/// ```
/// use bucketline_sink::layer::Limit;
/// use bucketline_sink::{MemorySink, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = Limit::new(MemorySink::new(), 16);
/// sink.put_bytes(&"a".parse()?, "x").await?;
/// assert_eq!(sink.allowed(), 16);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Limit<S> {
    inner: S,
    window: Arc<Window>,
}

impl<S: Sink> Limit<S> {
    /// At most `calls` at once on `inner`; 0 counts as 1.
    pub fn new(inner: S, calls: usize) -> Self {
        Self {
            inner,
            window: Arc::new(Window::new(calls)),
        }
    }

    /// How many may run at once by now.
    #[must_use]
    pub fn allowed(&self) -> usize {
        self.window.allowed()
    }

    /// Runs a call in a slot of its own, and learns from its answer.
    async fn run<T>(
        &self,
        operation: Operation,
        key: &str,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let slot = self.slot(operation, key).await?;
        let answer = call.await;
        match &answer {
            Err(error) if *error.kind() == ErrorKind::Throttled => slot.throttled(),
            _ => slot.answered(),
        }
        answer
    }

    async fn slot(&self, operation: Operation, key: &str) -> Result<Slot<'_>, Error> {
        // Nobody closes the window; should that change, the call was not sent.
        self.window.slot().await.map_err(|error| {
            Error::new(operation, ErrorKind::Unexpected, Effect::NotApplied)
                .with_key(key)
                .with_place(self.inner.to_string())
                .with_source(error)
        })
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for Limit<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        let call = self.inner.put(key, payload, options);
        self.run(Operation::Put, key.as_str(), call).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        self.run(Operation::Head, key.as_str(), self.inner.head(key))
            .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.run(Operation::Get, key.as_str(), self.inner.get(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.run(Operation::List, prefix, self.inner.list(prefix, after))
            .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.run(Operation::Delete, key.as_str(), self.inner.delete(key))
            .await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Limit<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        let call = self.inner.begin_upload(key, options);
        self.run(Operation::BeginUpload, key.as_str(), call).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let call = self.inner.put_part(upload, number, payload);
        self.run(Operation::PutPart, upload.key().as_str(), call).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let call = self.inner.complete_upload(upload, parts, mode);
        self.run(Operation::CompleteUpload, upload.key().as_str(), call)
            .await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        let call = self.inner.abort_upload(upload);
        self.run(Operation::AbortUpload, upload.key().as_str(), call)
            .await
    }
}

impl<S: Sink> fmt::Display for Limit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
