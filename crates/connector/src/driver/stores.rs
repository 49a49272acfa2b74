//! The calls to the customers' stores, each in a task of its own, so that one that hangs delays nobody else.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use bucketline_sink::{Effect, Error, ErrorKind, ObjectInfo, ObjectKey, Operation, Sink, SinkExt};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tracing::{Instrument as _, Span};

use super::run_loop::Message;
use crate::ConnectorId;
use crate::engine::{AttemptId, CompareJob, Input, LookJob, PutJob, ShardId};

/// The sinks, and the calls under way. Dropped, it gives them up.
#[derive(Debug)]
pub(super) struct Stores {
    sinks: HashMap<ConnectorId, Arc<dyn Sink>>,
    messages: mpsc::WeakUnboundedSender<Message>,
    calls: JoinSet<()>,
    /// How each call under way is broken off.
    under_way: HashMap<AttemptId, (ShardId, AbortHandle)>,
}

impl Stores {
    pub(super) fn new(
        sinks: HashMap<ConnectorId, Arc<dyn Sink>>,
        messages: mpsc::WeakUnboundedSender<Message>,
    ) -> Self {
        Self {
            sinks,
            messages,
            calls: JoinSet::new(),
            under_way: HashMap::new(),
        }
    }

    pub(super) fn put(&mut self, job: PutJob) {
        let (job_shard, attempt) = (job.shard(), job.attempt());
        let span = span(Operation::Put, job.connector(), job.key());
        let sink = self.sinks.get(job.connector()).map(Arc::clone);
        let call = async move {
            let sink = sink.ok_or_else(|| no_sink(Operation::Put))?;
            sink.put(job.key(), job.payload().clone(), &job.options()).await
        };
        self.call(
            (job_shard, attempt),
            span,
            Operation::Put,
            call,
            |attempt, answer| Input::Put { attempt, answer },
        );
    }

    pub(super) fn look(&mut self, job: LookJob) {
        let (job_shard, attempt) = (job.shard(), job.attempt());
        let span = span(Operation::List, job.connector(), job.key());
        let sink = self.sinks.get(job.connector()).map(Arc::clone);
        let call = async move {
            let sink = sink.ok_or_else(|| no_sink(Operation::List))?;
            look(&*sink, &job).await
        };
        self.call(
            (job_shard, attempt),
            span,
            Operation::List,
            call,
            |attempt, found| Input::Looked { attempt, found },
        );
    }

    pub(super) fn compare(&mut self, job: CompareJob) {
        let (job_shard, attempt) = (job.shard(), job.attempt());
        let span = span(Operation::Get, job.connector(), job.key());
        let sink = self.sinks.get(job.connector()).map(Arc::clone);
        let call = async move {
            let sink = sink.ok_or_else(|| no_sink(Operation::Get))?;
            let object = sink.get(job.key()).await.map_err(passing)?;
            let same = super::blocking(move || job.same_events(&object.payload)).await;
            same.map_err(|_| cut_short(Operation::Get))
        };
        self.call(
            (job_shard, attempt),
            span,
            Operation::Get,
            call,
            |attempt, same| Input::Compared { attempt, same },
        );
    }

    /// Runs a call, and tells its answer: also when it ends without one.
    fn call<T: Send + 'static>(
        &mut self,
        (shard, attempt): (ShardId, AttemptId),
        span: Span,
        operation: Operation,
        call: impl Future<Output = Result<T, Error>> + Send + 'static,
        input: fn(AttemptId, Result<T, Error>) -> Input,
    ) {
        while self.calls.try_join_next().is_some() {}
        self.under_way.retain(|_, (_, call)| !call.is_finished());
        let mut answer = Answer {
            attempt,
            operation,
            input,
            messages: self.messages.clone(),
            told: false,
        };
        let call = async move {
            let result = call.await;
            match &result {
                Ok(_) => tracing::debug!("the store answered"),
                Err(error) => tracing::warn!(%error, "the store did not do it"),
            }
            answer.tell(result);
        };
        let handle = self.calls.spawn(call.instrument(span));
        self.under_way.insert(attempt, (shard, handle));
    }

    /// Breaks a call off. Its connection is closed with it, so that nothing more of it is sent.
    pub(super) fn break_off(&mut self, attempt: AttemptId) {
        if let Some((_, call)) = self.under_way.remove(&attempt) {
            call.abort();
        }
    }

    /// Breaks off all calls of a shard.
    pub(super) fn break_off_shard(&mut self, shard: ShardId) {
        self.under_way.retain(|_, (of, call)| {
            if *of == shard {
                call.abort();
            }
            *of != shard
        });
    }
}

/// What is told of a call carries the connector and the key, from the highest level on.
fn span(operation: Operation, connector: &ConnectorId, key: &ObjectKey) -> Span {
    tracing::error_span!("call", %connector, %operation, %key)
}

/// Tells the answer of a call, or that there will be none.
struct Answer<T> {
    attempt: AttemptId,
    operation: Operation,
    input: fn(AttemptId, Result<T, Error>) -> Input,
    messages: mpsc::WeakUnboundedSender<Message>,
    told: bool,
}

impl<T> Answer<T> {
    fn tell(&mut self, result: Result<T, Error>) {
        self.told = true;
        if let Some(messages) = self.messages.upgrade() {
            let _ = messages.send(Message::Input((self.input)(self.attempt, result)));
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if !self.told {
            self.tell(Err(cut_short(self.operation)));
        }
    }
}

/// Whether the key has an object is asked of the listing: where listing is not allowed, S3 answers a HEAD for an object that is not
/// there with 403, which tells nothing.
async fn look(sink: &dyn Sink, job: &LookJob) -> Result<Option<ObjectInfo>, Error> {
    if !sink.exists(job.key()).await? {
        return Ok(None);
    }
    match sink.head(job.key()).await {
        Ok(info) => Ok(Some(info)),
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An object that was there when it was looked at and is not when it is read: the next put decides.
fn passing(error: Error) -> Error {
    if *error.kind() == ErrorKind::NotFound {
        return Error::new(Operation::Get, ErrorKind::Busy, Effect::NotApplied)
            .with_message("the object went away before it was read")
            .with_source(error);
    }
    error
}

fn cut_short(operation: Operation) -> Error {
    Error::new(operation, ErrorKind::Unexpected, operation.effect_if_sent())
        .with_message("the call ended without an answer")
}

fn no_sink(operation: Operation) -> Error {
    Error::new(operation, ErrorKind::Unsupported, Effect::NotApplied)
        .with_message("the connector has no sink")
}
