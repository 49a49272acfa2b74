//! A bucket whose credentials are fetched anew when the store refuses them: a session that ended before its time, a key
//! that was replaced. Once per call, and only after an answer that says that nothing was done. And credentials that could
//! not be asked for are told apart from credentials that are refused.

use std::fmt;

use async_trait::async_trait;
use bucketline_auth::ErrorKind as Trouble;
use bucketline_sink::{
    Effect, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Part,
    PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

use crate::chain;

/// The sink. Its credentials' cache learns by itself which of its keys are refused, and has others at the next request.
pub(super) struct Renewing<S> {
    inner: S,
}

impl<S: Sink> Renewing<S> {
    pub(super) const fn new(inner: S) -> Self {
        Self { inner }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for Renewing<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        match self.inner.put(key, payload.clone(), options).await {
            Err(error) if renewable(&error) => self.inner.put(key, payload, options).await.map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        match self.inner.head(key).await {
            Err(error) if renewable(&error) => self.inner.head(key).await.map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        match self.inner.get(key).await {
            Err(error) if renewable(&error) => self.inner.get(key).await.map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        match self.inner.list(prefix, after).await {
            Err(error) if renewable(&error) => self.inner.list(prefix, after).await.map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match self.inner.delete(key).await {
            Err(error) if renewable(&error) => self.inner.delete(key).await.map_err(told),
            answer => answer.map_err(told),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for Renewing<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        match self.inner.begin_upload(key, options).await {
            Err(error) if renewable(&error) => self.inner.begin_upload(key, options).await.map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        match self.inner.put_part(upload, number, payload.clone()).await {
            Err(error) if renewable(&error) => {
                self.inner.put_part(upload, number, payload).await.map_err(told)
            }
            answer => answer.map_err(told),
        }
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        match self.inner.complete_upload(upload, parts, mode).await {
            Err(error) if renewable(&error) => self
                .inner
                .complete_upload(upload, parts, mode)
                .await
                .map_err(told),
            answer => answer.map_err(told),
        }
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        match self.inner.abort_upload(upload).await {
            Err(error) if renewable(&error) => self.inner.abort_upload(upload).await.map_err(told),
            answer => answer.map_err(told),
        }
    }
}

/// Whether a call is worth repeating with other credentials. With a status it is the store's answer; without one,
/// fetching them failed, and whoever caches them knows best when to ask again.
fn renewable(error: &Error) -> bool {
    *error.kind() == ErrorKind::Credentials
        && error.effect() == Effect::NotApplied
        && error.status().is_some()
}

/// Credentials that could not be fetched were not refused: where STS could not be asked, that passes, and is no fault of
/// the customer's.
fn told(error: Error) -> Error {
    if *error.kind() != ErrorKind::Credentials {
        return error;
    }
    let Some(trouble) = bucketline_auth::Error::find_in(&error) else {
        return error;
    };
    // The cache has asked in vain, and says when it will ask again: before that, a delivery only gets the same answer.
    let pause = trouble.retry_after();
    let answer = (
        trouble.code().map(str::to_owned),
        trouble.request_id().map(str::to_owned),
    );
    let kind = match trouble.kind() {
        Trouble::Throttled => ErrorKind::Throttled,
        Trouble::TimedOut => ErrorKind::TimedOut,
        Trouble::Unavailable => ErrorKind::Connection,
        // The call for a customer's session is signed by us: what is wrong with the signature is ours to repair.
        Trouble::NotLoaded | Trouble::Unauthenticated | Trouble::InvalidConfig
            if trouble.operation() == Some("AssumeRole") =>
        {
            let said = format!(
                "this is about our own credentials, not the customer's: {}",
                chain(trouble)
            );
            return with_answer(error, answer)
                .with_kind(ErrorKind::OwnCredentials)
                .with_retry_after(pause)
                .with_message(said);
        }
        // What is kept with us, the secret of a customer's key for one, cannot be read or used.
        Trouble::InvalidConfig => ErrorKind::OwnCredentials,
        _ => return with_answer(error, answer).with_retry_after(pause),
    };
    with_answer(error, answer).with_kind(kind).with_retry_after(pause)
}

/// The code and the request id that STS gave, where the store gave none: it was never asked.
fn with_answer(error: Error, (code, request_id): (Option<String>, Option<String>)) -> Error {
    let error = match (error.code(), code) {
        (None, Some(code)) => error.with_code(code),
        _ => error,
    };
    match (error.request_id(), request_id) {
        (None, Some(id)) => error.with_request_ids(Some(id), None),
        _ => error,
    }
}

impl<S: fmt::Debug> fmt::Debug for Renewing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Renewing").field(&self.inner).finish()
    }
}

impl<S: fmt::Display> fmt::Display for Renewing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
