//! A sink that tries again what time may cure. It must not repeat a write whose first attempt may have been done.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::{
    Effect, Error, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Part, PartLimits,
    Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// How patient a [`Retry`] is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RetrySettings {
    /// The most attempts at one call, the first one with them. 6 unless set.
    pub attempts: u32,
    /// No attempt begins later than this after the first one. One minute unless set.
    pub deadline: Duration,
    /// The shortest pause. 100 ms unless set.
    pub shortest: Duration,
    /// The longest pause. 10 s unless set.
    pub longest: Duration,
    /// How many repeats are in the budget at first, and at most. 100 unless set.
    pub budget: u32,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            attempts: 6,
            deadline: Duration::from_secs(60),
            shortest: Duration::from_millis(100),
            longest: Duration::from_secs(10),
            budget: 100,
        }
    }
}

impl RetrySettings {
    /// At most so many attempts; 0 counts as 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// No attempt begins later than this.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Pauses between these.
    #[must_use]
    pub fn pauses(mut self, shortest: Duration, longest: Duration) -> Self {
        (self.shortest, self.longest) = (shortest, longest.max(shortest));
        self
    }

    /// So many repeats in the budget.
    #[must_use]
    pub fn budget(mut self, repeats: u32) -> Self {
        self.budget = repeats;
        self
    }
}

/// Tries a call again, after a pause, where time may cure what went wrong: reads and deletes after any such failure,
/// puts only where it is known that nothing was done.
///
/// Never put it around a delivery's put, whose caller has to see each attempt that was not answered. It is for reads,
/// checks and exports.
///
/// Pauses are spread (decorrelated jitter). A repeat takes one from a budget, a success gives a tenth of one back; clones share
/// it, so that a store in trouble is not asked ten times as often as one that is well.
#[derive(Clone)]
pub struct Retry<S> {
    inner: S,
    settings: RetrySettings,
    /// In tenths of a repeat.
    budget: Arc<Mutex<u64>>,
    random: RandomState,
}

impl<S: Sink> Retry<S> {
    /// Tries again what fails on `inner`.
    pub fn new(inner: S, settings: RetrySettings) -> Self {
        Self {
            budget: Arc::new(Mutex::new(u64::from(settings.budget) * 10)),
            inner,
            settings,
            random: RandomState::new(),
        }
    }

    /// Repeats `call` while that is worth while, and `may_repeat` says that it does no harm.
    #[expect(
        clippy::disallowed_methods,
        reason = "this layer's pauses; nothing is decided by the time but when to stop"
    )]
    async fn patiently<T, F>(
        &self,
        key: &str,
        may_repeat: fn(&Error) -> bool,
        call: impl Fn() -> F + Send + Sync,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send,
        T: Send,
    {
        let began = Instant::now();
        let mut pause = self.settings.shortest;
        let mut attempt = 1;
        loop {
            let error = match call().await {
                Ok(answer) => {
                    self.give_back();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            pause = self.pause(key, attempt, pause);
            let late = began.elapsed().saturating_add(pause) > self.settings.deadline;
            let worth_while = error.kind().is_transient() && may_repeat(&error);
            if !worth_while || late || attempt >= self.settings.attempts || !self.take() {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Between the shortest pause and three times the last one, at most the longest.
    fn pause(&self, key: &str, attempt: u32, last: Duration) -> Duration {
        let shortest = self.settings.shortest;
        let span = last.saturating_mul(3).saturating_sub(shortest);
        let draw = self.random.hash_one((key, attempt)) % 1_000;
        let spread = span.mul_f64(f64::from(u32::try_from(draw).unwrap_or(0)) / 1_000.0);
        shortest.saturating_add(spread).min(self.settings.longest)
    }

    fn take(&self) -> bool {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let left = budget.checked_sub(10);
        *budget = left.unwrap_or(*budget);
        left.is_some()
    }

    fn give_back(&self) {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        *budget = (*budget + 1).min(u64::from(self.settings.budget) * 10);
    }
}

fn always(_: &Error) -> bool {
    true
}

fn not_applied(error: &Error) -> bool {
    error.effect() == Effect::NotApplied
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for Retry<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        let put = || self.inner.put(key, payload.clone(), options);
        self.patiently(key.as_str(), not_applied, put).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        self.patiently(key.as_str(), always, || self.inner.head(key))
            .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.patiently(key.as_str(), always, || self.inner.get(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.patiently(prefix, always, || self.inner.list(prefix, after))
            .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.patiently(key.as_str(), always, || self.inner.delete(key))
            .await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Retry<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        let call = || self.inner.begin_upload(key, options);
        self.patiently(key.as_str(), not_applied, call).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let call = || self.inner.put_part(upload, number, payload.clone());
        self.patiently(upload.key().as_str(), always, call).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let call = || self.inner.complete_upload(upload, parts, mode);
        self.patiently(upload.key().as_str(), not_applied, call).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        let call = || self.inner.abort_upload(upload);
        self.patiently(upload.key().as_str(), always, call).await
    }
}

impl<S: fmt::Debug> fmt::Debug for Retry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("inner", &self.inner)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<S: Sink> fmt::Display for Retry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
