//! Faults on demand, for tests of whatever uses a sink. It must not invent behaviour that no store has.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

pub use crate::fault::plan::Fault;
use crate::fault::plan::{Action, Plan};
use crate::{
    Effect, EncryptionSeen, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo,
    ObjectKey, Operation, Part, PartLimits, Payload, PutMode, PutOptions, PutOutcome, Sink, Upload,
};

mod plan;

/// A sink around another that fails as its [`FaultHandle`] says, and is transparent else.
///
/// ```
/// use bucketline_sink::fault::{Fault, FaultSink};
/// use bucketline_sink::{Effect, MemorySink, Operation, PutOutcome, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let (sink, faults) = FaultSink::new(MemorySink::new());
/// faults.inject(Fault::reply_lost().on(Operation::Put).times(1));
///
/// let key = "a".parse()?;
/// let lost = sink.put_bytes(&key, "x").await.unwrap_err();
/// assert_eq!(lost.effect(), Effect::Unknown);
/// // It was done all the same, as the repeat finds out.
/// assert_eq!(sink.put_bytes(&key, "x").await?, PutOutcome::PreconditionFailed);
/// assert_eq!(faults.calls(Operation::Put), 2);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct FaultSink<S> {
    inner: S,
    handle: FaultHandle,
}

/// Says how a [`FaultSink`] fails, counts its calls, and holds the requests that arrive late.
#[derive(Debug, Clone)]
pub struct FaultHandle(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    plan: Plan,
    calls: BTreeMap<&'static str, u64>,
    faults: u64,
    late: Vec<Late>,
}

/// A request that was given up before it arrived.
#[derive(Debug, Clone)]
enum Late {
    Put(ObjectKey, Payload, Box<PutOptions>),
    Delete(ObjectKey),
}

impl<S: Sink> FaultSink<S> {
    /// Wraps `inner`; nothing fails until the handle says so.
    pub fn new(inner: S) -> (Self, FaultHandle) {
        let handle = FaultHandle(Arc::default());
        (
            Self {
                inner,
                handle: handle.clone(),
            },
            handle,
        )
    }

    /// The sink within, without faults.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Lets the requests that were held arrive now, in their order, and returns what the store answered;
    /// nobody was waiting for it.
    ///
    /// # Cancel safety
    ///
    /// Dropped: requests not yet delivered are lost.
    pub async fn deliver_late(&self) -> Vec<Result<PutOutcome, Error>> {
        let late = std::mem::take(&mut self.handle.lock().late);
        let mut answers = Vec::new();
        for request in late {
            match request {
                Late::Put(key, payload, options) => {
                    answers.push(self.inner.put(&key, payload, &options).await)
                }
                Late::Delete(key) => {
                    // A delete has no outcome of its own to tell; a failed one changes nothing.
                    let _ = self.inner.delete(&key).await;
                }
            }
        }
        answers
    }

    /// Counts the call, waits if it is to be slow, and fails it if it is not to arrive.
    async fn before(&self, operation: Operation, key: &str) -> Result<Option<Action>, Error> {
        let action = self.handle.next(operation, key);
        match &action {
            Some(Action::Fail(kind, effect)) => Err(self.error(operation, key, kind.clone(), *effect)),
            Some(Action::Slow(by)) => {
                #[expect(clippy::disallowed_methods, reason = "a slow store is what was asked for")]
                tokio::time::sleep(*by).await;
                Ok(None)
            }
            _ => Ok(action),
        }
    }

    fn error(&self, operation: Operation, key: &str, kind: ErrorKind, effect: Effect) -> Error {
        let effect = if operation.is_read() {
            Effect::NotApplied
        } else {
            effect
        };
        Error::new(operation, kind, effect)
            .with_key(key)
            .with_place(self.to_string())
            .with_message("injected fault")
    }

    fn no_answer(&self, operation: Operation, key: &str) -> Error {
        self.error(operation, key, ErrorKind::TimedOut, Effect::Unknown)
    }
}

impl FaultHandle {
    /// Adds a fault. Of several that fit a call, the first one added that is not used up is taken.
    pub fn inject(&self, fault: Fault) {
        self.lock().plan.add(fault);
    }

    /// Takes all faults away. Requests that are held stay so.
    pub fn clear(&self) {
        self.lock().plan = Plan::default();
    }

    /// How many calls of that operation there were, failed ones included.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> u64 {
        self.lock().calls.get(name(operation)).copied().unwrap_or(0)
    }

    /// How many calls met a fault.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.lock().faults
    }

    /// How many requests are held to arrive late.
    #[must_use]
    pub fn late(&self) -> usize {
        self.lock().late.len()
    }

    fn next(&self, operation: Operation, key: &str) -> Option<Action> {
        let mut state = self.lock();
        *state.calls.entry(name(operation)).or_default() += 1;
        let action = state.plan.next(operation, key);
        state.faults += u64::from(action.is_some());
        action
    }

    fn hold(&self, request: Late) {
        self.lock().late.push(request);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Put => "put",
        Operation::Head => "head",
        Operation::Get => "get",
        Operation::List => "list",
        Operation::Delete => "delete",
        Operation::BeginUpload => "begin upload",
        Operation::PutPart => "put part",
        Operation::CompleteUpload => "complete upload",
        Operation::AbortUpload => "abort upload",
        _ => "other",
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sink> Sink for FaultSink<S> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        match self.before(Operation::Put, key.as_str()).await? {
            Some(Action::ReplyLost) => {
                let _ = self.inner.put(key, payload, options).await;
                Err(self.no_answer(Operation::Put, key.as_str()))
            }
            Some(Action::Late) => {
                self.handle
                    .hold(Late::Put(key.clone(), payload, Box::new(options.clone())));
                Err(self.no_answer(Operation::Put, key.as_str()))
            }
            Some(Action::Echo(seen)) => Ok(match self.inner.put(key, payload, options).await? {
                PutOutcome::Created(mut receipt) => {
                    receipt.encryption = seen;
                    PutOutcome::Created(receipt)
                }
                PutOutcome::PreconditionFailed => PutOutcome::PreconditionFailed,
            }),
            Some(Action::Fail(..) | Action::Slow(_)) | None => self.inner.put(key, payload, options).await,
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        match self.before(Operation::Head, key.as_str()).await? {
            Some(Action::ReplyLost | Action::Late) => Err(self.no_answer(Operation::Head, key.as_str())),
            Some(Action::Echo(seen)) => {
                let mut info = self.inner.head(key).await?;
                info.encryption = seen;
                Ok(info)
            }
            Some(Action::Fail(..) | Action::Slow(_)) | None => self.inner.head(key).await,
        }
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        match self.before(Operation::Get, key.as_str()).await? {
            Some(Action::ReplyLost | Action::Late) => Err(self.no_answer(Operation::Get, key.as_str())),
            Some(Action::Echo(seen)) => {
                let mut object = self.inner.get(key).await?;
                object.info.encryption = seen;
                Ok(object)
            }
            Some(Action::Fail(..) | Action::Slow(_)) | None => self.inner.get(key).await,
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        match self.before(Operation::List, prefix).await? {
            Some(Action::ReplyLost | Action::Late) => Err(self.no_answer(Operation::List, prefix)),
            _ => self.inner.list(prefix, after).await,
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match self.before(Operation::Delete, key.as_str()).await? {
            Some(Action::ReplyLost) => {
                let _ = self.inner.delete(key).await;
                Err(self.no_answer(Operation::Delete, key.as_str()))
            }
            Some(Action::Late) => {
                self.handle.hold(Late::Delete(key.clone()));
                Err(self.no_answer(Operation::Delete, key.as_str()))
            }
            _ => self.inner.delete(key).await,
        }
    }
}

/// A request of an upload that is to be late arrives at once: only its answer is lost.
#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: MultipartSink> MultipartSink for FaultSink<S> {
    fn part_limits(&self) -> PartLimits {
        self.inner.part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        match self.before(Operation::BeginUpload, key.as_str()).await? {
            Some(Action::ReplyLost | Action::Late) => {
                let _ = self.inner.begin_upload(key, options).await;
                Err(self.no_answer(Operation::BeginUpload, key.as_str()))
            }
            _ => self.inner.begin_upload(key, options).await,
        }
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        match self.before(Operation::PutPart, upload.key().as_str()).await? {
            Some(Action::ReplyLost | Action::Late) => {
                let _ = self.inner.put_part(upload, number, payload).await;
                Err(self.no_answer(Operation::PutPart, upload.key().as_str()))
            }
            _ => self.inner.put_part(upload, number, payload).await,
        }
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        match self
            .before(Operation::CompleteUpload, upload.key().as_str())
            .await?
        {
            Some(Action::ReplyLost | Action::Late) => {
                let _ = self.inner.complete_upload(upload, parts, mode).await;
                Err(self.no_answer(Operation::CompleteUpload, upload.key().as_str()))
            }
            _ => self.inner.complete_upload(upload, parts, mode).await,
        }
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        match self.before(Operation::AbortUpload, upload.key().as_str()).await? {
            Some(Action::ReplyLost | Action::Late) => {
                let _ = self.inner.abort_upload(upload).await;
                Err(self.no_answer(Operation::AbortUpload, upload.key().as_str()))
            }
            _ => self.inner.abort_upload(upload).await,
        }
    }
}

impl<S: Sink> fmt::Display for FaultSink<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

/// The default echo of [`Fault::wrong_encryption`].
const DROPPED: EncryptionSeen = EncryptionSeen::None;
