//! The caller's side: requests become messages, answers come back.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bucketline_spool::{Lsn, SpoolTime};
use tokio::sync::{mpsc, oneshot, watch};

use super::clock::SpoolClock;
use super::intake::Intake;
use super::run_loop::Message;
use super::spool_thread::SpoolThread;
use crate::batch::{Accepted, Batch};
use crate::changes::{StateChanges, Subscribers};
use crate::engine::{DrainReport, Engine, Input, RequestId, ShardId};
use crate::error::Error;
use crate::loss::{LossFeed, LossSource};
use crate::rejects::{RejectEntry, RejectFeed};
use crate::{Admission, ConnectorId, SchemaChange};

/// What a [`crate::Multiplexer`] holds on to.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(super) engine: Arc<Mutex<Engine>>,
    pub(super) admission: Arc<Admission>,
    pub(super) clock: SpoolClock,
    pub(super) shard: ShardId,
    pub(super) schema_changes: Vec<SchemaChange>,
    pub(super) messages: mpsc::UnboundedSender<Message>,
    pub(super) changes: Arc<Subscribers>,
    pub(super) losses: LossSource,
    pub(super) intake: Intake,
    pub(super) spool: SpoolThread,
    pub(super) ended: watch::Receiver<()>,
}

impl Handle {
    pub(crate) fn with_engine<T>(&self, ask: impl FnOnce(&Engine, SpoolTime) -> T) -> T {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&engine, self.clock.now())
    }

    pub(crate) fn schema_changes(&self) -> &[SchemaChange] {
        &self.schema_changes
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    pub(crate) fn submit(
        &self,
        batch: Batch,
    ) -> impl Future<Output = Result<Accepted, Error>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        let _ = self.intake.send((batch, reply));
        async move { answer.await.unwrap_or_else(|_| Err(Error::stopped())) }
    }

    pub(crate) async fn drain(&self, timeout: Duration) -> DrainReport {
        let id = self.request_id();
        let (reply, mut answer) = oneshot::channel();
        let _ = self.messages.send(Message::Drain(id, reply));
        if let Ok(report) = tokio::time::timeout(timeout, &mut answer).await {
            return report.unwrap_or_else(|_| self.stopped_report());
        }
        let _ = self.messages.send(Message::Input(Input::GiveUp { id }));
        answer.await.unwrap_or_else(|_| self.stopped_report())
    }

    pub(crate) fn changes(&self) -> StateChanges {
        self.changes.subscribe()
    }

    pub(crate) fn wake(&self, connector: Option<ConnectorId>) {
        let _ = self.messages.send(Message::Input(Input::Wake { connector }));
    }

    pub(crate) fn resume(&self, connector: ConnectorId) {
        let _ = self.messages.send(Message::Input(Input::Resume { connector }));
    }

    pub(crate) async fn rejects(&self, from: Lsn) -> Result<Vec<RejectEntry>, Error> {
        let (reply, answer) = oneshot::channel();
        let frames = self.with_engine(|engine, _| engine.reject_frames(self.shard, from));
        self.spool.rejects(frames, reply);
        answer.await.unwrap_or_else(|_| Err(Error::stopped()))
    }

    pub(crate) fn losses(&self) -> LossFeed {
        self.losses.subscribe()
    }

    pub(crate) fn watch_rejects(&self) -> RejectFeed {
        RejectFeed::new(self.spool.watch())
    }

    pub(crate) async fn shutdown(&self) {
        let _ = self.messages.send(Message::Shutdown);
        let mut ended = self.ended.clone();
        // Nothing is ever sent: this is the end of the sender, which the loop holds.
        let _ = ended.changed().await;
        self.spool.close().await;
    }

    fn stopped_report(&self) -> DrainReport {
        let mut report = self.with_engine(|engine, now| engine.report(now));
        report.failure.get_or_insert_with(Error::stopped);
        report
    }

    /// Odd, and unlike any other of this engine.
    fn request_id(&self) -> RequestId {
        use std::sync::atomic::{AtomicU64, Ordering};
        static LAST: AtomicU64 = AtomicU64::new(1);
        RequestId(LAST.fetch_add(2, Ordering::Relaxed))
    }
}
