//! A sink confined to one folder. It must not send a key that lies outside, whatever its caller does.

use std::fmt;

use async_trait::async_trait;

use crate::{
    Effect, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation,
    Part, PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

/// Lets only keys below one folder through; keys stay as they are.
///
/// A guard against mistakes of our own. It stands where AWS itself cannot: the credentials of an IAM user may
/// write to the whole bucket, whatever folder its connector has.
///
/// ```
/// use bucketline_sink::layer::PrefixJail;
/// use bucketline_sink::{ErrorKind, MemorySink, ObjectKey, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = PrefixJail::new(MemorySink::new(), ObjectKey::parse("currents")?);
/// sink.put_bytes(&"currents/a".parse()?, "x").await?;
/// for outside in ["a", "currents", "currents2/a"] {
///     let error = sink.put_bytes(&outside.parse()?, "x").await.unwrap_err();
///     assert_eq!(*error.kind(), ErrorKind::OutsidePrefix);
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct PrefixJail<S> {
    inner: S,
    /// With its trailing slash: `a/` holds `a/b` and does not hold `ab`.
    folder: String,
}

impl<S: Sink> PrefixJail<S> {
    /// Confines `inner` to what lies below `folder`. A folder's name obeys the rules of a key.
    pub fn new(inner: S, folder: ObjectKey) -> Self {
        Self {
            inner,
            folder: format!("{folder}/"),
        }
    }

    /// The folder, with a slash at its end.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    fn check(&self, operation: Operation, text: &str) -> Result<(), Error> {
        // An object key has no segment `..`, so what begins with the folder lies below it.
        if text.starts_with(&self.folder) {
            return Ok(());
        }
        Err(
            Error::new(operation, ErrorKind::OutsidePrefix, Effect::NotApplied)
                .with_key(text)
                .with_place(self.to_string())
                .with_message(format!("only what lies below `{}` may be used", self.folder)),
        )
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for PrefixJail<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        self.check(Operation::Put, key.as_str())?;
        self.inner.put(key, payload, options).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        self.check(Operation::Head, key.as_str())?;
        self.inner.head(key).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.check(Operation::Get, key.as_str())?;
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.check(Operation::List, prefix)?;
        self.inner.list(prefix, after).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.check(Operation::Delete, key.as_str())?;
        self.inner.delete(key).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for PrefixJail<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        self.check(Operation::BeginUpload, key.as_str())?;
        self.inner.begin_upload(key, options).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        self.check(Operation::PutPart, upload.key().as_str())?;
        self.inner.put_part(upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        self.check(Operation::CompleteUpload, upload.key().as_str())?;
        self.inner.complete_upload(upload, parts, mode).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        self.check(Operation::AbortUpload, upload.key().as_str())?;
        self.inner.abort_upload(upload).await
    }
}

impl<S: Sink> fmt::Display for PrefixJail<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} below `{}`", self.inner, self.folder)
    }
}
