//! A sink with at most so many calls under way. It must not reorder those that wait.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    Effect, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation,
    Part, PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// Lets at most so many calls run at once; the others wait in the order in which they came. Clones share the
/// limit.
#[derive(Debug, Clone)]
pub struct Limit<S> {
    inner: S,
    slots: Arc<Semaphore>,
}

impl<S: Sink> Limit<S> {
    /// At most `calls` at once on `inner`; 0 counts as 1.
    pub fn new(inner: S, calls: usize) -> Self {
        Self {
            inner,
            slots: Arc::new(Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS))),
        }
    }

    async fn slot(&self, operation: Operation, key: &str) -> Result<SemaphorePermit<'_>, Error> {
        // Nobody closes the semaphore; should that change, the call was not sent.
        self.slots.acquire().await.map_err(|error| {
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
        let _slot = self.slot(Operation::Put, key.as_str()).await?;
        self.inner.put(key, payload, options).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        let _slot = self.slot(Operation::Head, key.as_str()).await?;
        self.inner.head(key).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let _slot = self.slot(Operation::Get, key.as_str()).await?;
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        let _slot = self.slot(Operation::List, prefix).await?;
        self.inner.list(prefix, after).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let _slot = self.slot(Operation::Delete, key.as_str()).await?;
        self.inner.delete(key).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Limit<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        let _slot = self.slot(Operation::BeginUpload, key.as_str()).await?;
        self.inner.begin_upload(key, options).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let _slot = self.slot(Operation::PutPart, upload.key().as_str()).await?;
        self.inner.put_part(upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let _slot = self
            .slot(Operation::CompleteUpload, upload.key().as_str())
            .await?;
        self.inner.complete_upload(upload, parts, mode).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        let _slot = self.slot(Operation::AbortUpload, upload.key().as_str()).await?;
        self.inner.abort_upload(upload).await
    }
}

impl<S: Sink> fmt::Display for Limit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
