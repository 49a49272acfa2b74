//! A sink whose first object is sent twice, to see that its store keeps a key from a second writer. It must not change what a
//! caller is told of its put.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use async_trait::async_trait;

use crate::probe::Protection;
use crate::{
    Error, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Part, PartLimits, Payload,
    PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// Asks a store, with the first object that it takes, whether it keeps a second writer from overwriting.
///
/// After a put with [`PutMode::Create`] that was done, the same put is made once more: the same bytes under the same key, so
/// that nothing is changed where the store overwrites, nothing is left behind, and no other permission is needed. A store
/// that keeps its word refuses it; [`ProtectionSeen`] tells. A put that is refused because its key is taken tells the same,
/// and then nothing is sent twice. Where the second put fails, the next object is asked with, three times at most.
#[derive(Debug, Clone)]
pub struct CreateProof<S> {
    inner: S,
    seen: ProtectionSeen,
}

impl<S: Sink> CreateProof<S> {
    /// Asks with the first object that `inner` takes, unless another sink of the same `seen` has asked already.
    pub const fn new(inner: S, seen: ProtectionSeen) -> Self {
        Self { inner, seen }
    }
}

/// What is known of a store's protection. Clones share it: one for all buckets of an endpoint spares the question to all but
/// the first.
#[derive(Debug, Clone, Default)]
pub struct ProtectionSeen(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Nothing, or one of the constants below.
    found: AtomicU8,
    asked: AtomicU8,
    told: AtomicBool,
}

const KEPT: u8 = 1;
const MISSING: u8 = 2;
const MOST_QUESTIONS: u8 = 3;

impl ProtectionSeen {
    /// What was found, if it was.
    #[must_use]
    pub fn found(&self) -> Option<Protection> {
        match self.0.found.load(Ordering::Acquire) {
            KEPT => Some(Protection::Kept),
            MISSING => Some(Protection::Missing),
            _ => None,
        }
    }

    /// What was found, to the first who asks after it was; nothing to all others.
    #[must_use]
    pub fn news(&self) -> Option<Protection> {
        let found = self.found()?;
        (!self.0.told.swap(true, Ordering::AcqRel)).then_some(found)
    }

    fn learn(&self, protection: Protection) {
        let found = match protection {
            Protection::Kept => KEPT,
            Protection::Missing => MISSING,
        };
        // The larger one stays: what was seen missing once is missing, even if another server of the same store is kinder.
        self.0.found.fetch_max(found, Ordering::AcqRel);
    }

    /// Whether it is the caller's turn to ask.
    fn may_ask(&self) -> bool {
        self.found().is_none() && self.0.asked.fetch_add(1, Ordering::AcqRel) < MOST_QUESTIONS
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for CreateProof<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        if options.mode != PutMode::Create || self.seen.found().is_some() {
            return self.inner.put(key, payload, options).await;
        }
        let outcome = self.inner.put(key, payload.clone(), options).await?;
        if outcome == PutOutcome::PreconditionFailed {
            self.seen.learn(Protection::Kept);
        } else if self.seen.may_ask() {
            match self.inner.put(key, payload, options).await {
                Ok(PutOutcome::PreconditionFailed) => self.seen.learn(Protection::Kept),
                // The object is the same, its version may be another one.
                Ok(again) => {
                    self.seen.learn(Protection::Missing);
                    return Ok(again);
                }
                Err(error) => {
                    tracing::debug!(%error, "whether a second writer is kept away is not known yet")
                }
            }
        }
        Ok(outcome)
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        self.inner.head(key).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.inner.list(prefix, after).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.inner.delete(key).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for CreateProof<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        self.inner.begin_upload(key, options).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        self.inner.put_part(upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        self.inner.complete_upload(upload, parts, mode).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        self.inner.abort_upload(upload).await
    }
}

impl<S: Sink> fmt::Display for CreateProof<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
