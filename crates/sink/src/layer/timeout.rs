//! A sink whose calls end in time. It must not pretend to know what became of those it gave up.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation, Part,
    PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// Gives up a call after a time: its future is dropped, and the answer is `TimedOut`, `Unknown` for puts and
/// deletes.
///
/// `S3Sink` keeps its own time, for single requests; this is for sinks that don't, and for a bound over all
/// that a call does.
#[derive(Debug, Clone)]
pub struct Timeout<S> {
    inner: S,
    after: Duration,
}

impl<S: Sink> Timeout<S> {
    /// Gives up each call on `inner` `after` that time.
    pub const fn new(inner: S, after: Duration) -> Self {
        Self { inner, after }
    }

    async fn bound<T>(
        &self,
        operation: Operation,
        key: &str,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        match tokio::time::timeout(self.after, call).await {
            Ok(result) => result,
            Err(_) => Err(
                Error::new(operation, ErrorKind::TimedOut, operation.effect_if_sent())
                    .with_key(key)
                    .with_place(self.inner.to_string())
                    .with_message(format!("given up after {} s", self.after.as_secs_f32())),
            ),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for Timeout<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        self.bound(
            Operation::Put,
            key.as_str(),
            self.inner.put(key, payload, options),
        )
        .await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        self.bound(Operation::Head, key.as_str(), self.inner.head(key))
            .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.bound(Operation::Get, key.as_str(), self.inner.get(key))
            .await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.bound(Operation::List, prefix, self.inner.list(prefix, after))
            .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.bound(Operation::Delete, key.as_str(), self.inner.delete(key))
            .await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Timeout<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        self.bound(
            Operation::BeginUpload,
            key.as_str(),
            self.inner.begin_upload(key, options),
        )
        .await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        self.bound(
            Operation::PutPart,
            upload.key().as_str(),
            self.inner.put_part(upload, number, payload),
        )
        .await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        self.bound(
            Operation::CompleteUpload,
            upload.key().as_str(),
            self.inner.complete_upload(upload, parts, mode),
        )
        .await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        self.bound(
            Operation::AbortUpload,
            upload.key().as_str(),
            self.inner.abort_upload(upload),
        )
        .await
    }
}

impl<S: Sink> fmt::Display for Timeout<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
