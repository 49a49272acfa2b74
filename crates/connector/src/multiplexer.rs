//! The library's front door: build a [`Multiplexer`], submit batches, drain, look at what became of everything. Knows nothing of
//! how it is done; that is the driver's.

mod builder;

pub use builder::Builder;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bucketline_spool::{Lsn, SourceId};

use crate::StateChanges;
use crate::batch::{Accepted, Batch, KnownSource, ResumePoint};
use crate::driver::Handle;
use crate::engine::DrainReport;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::loss::LossFeed;
use crate::rejects::{RejectEntry, RejectFeed};
use crate::state::ConnectorStatus;
use crate::{Admission, ConnectorId, SchemaChange};

/// Delivers the events of many workspaces into the buckets of many connectors, each event exactly once. A handle: clones are
/// cheap and drive the same thing, which ends with [`shutdown`](Self::shutdown), or when the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Multiplexer {
    handle: Arc<Handle>,
}

impl Multiplexer {
    /// A multiplexer to be put together.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(handle: Handle) -> Self {
        Self {
            handle: Arc::new(handle),
        }
    }

    /// Up to where a source was accepted, durably, in this run or an earlier one: go on reading it from there. `None` if the source
    /// is new, or has no order.
    pub fn resume_point(&self, source: &SourceId) -> Option<ResumePoint> {
        self.handle.with_engine(|engine, _| engine.resume_point(source))
    }

    /// Every source that is read in order, with what proves its content: how an input is known again that bears another name.
    pub fn known_sources(&self) -> Vec<KnownSource> {
        self.handle.with_engine(|engine, _| engine.known_sources())
    }

    /// Accepts a batch: the answer comes once it is durable.
    ///
    /// The call itself puts the batch in line, so call in the order of the source; the batches are encoded in parallel and written
    /// together. To keep many under way, hold their futures and await them in order; how many that are is also what bounds the
    /// memory that they take.
    ///
    /// The batch of a source has to begin where the source stands: where its last batch ended. After an error the batches behind it are
    /// refused with it, so that none is accepted over one that was not; go on from the [`resume_point`](Self::resume_point). Other
    /// sources are not concerned, and what was accepted is delivered meanwhile.
    ///
    /// # Errors
    ///
    /// `OutOfOrder` if it overlaps what was taken, or leaves something out. `Spool` if it could not be written: the disk is full, the batch
    /// is too large, or the log failed. `Stopped` after a shutdown or a failure of the log. Nothing was acknowledged then; where the log
    /// failed, whether it was written is what the resume point tells after a new start.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the batch back.
    pub fn submit(&self, batch: Batch) -> impl Future<Output = Result<Accepted, Error>> + Send + use<> {
        self.handle.submit(batch)
    }

    /// Seals and delivers everything that was accepted. Ends when all of it is committed; or when each connector that still holds
    /// something is blocked, tried again in vain since the drain began; or after `timeout`. What is left stays in the log.
    ///
    /// # Cancel safety
    ///
    /// Dropped, what is due stays due.
    pub async fn drain(&self, timeout: Duration) -> DrainReport {
        self.handle.drain(timeout).await
    }

    /// How things stand, as a drain would report it, without draining.
    pub fn report(&self) -> DrainReport {
        self.handle.with_engine(|engine, now| engine.report(now))
    }

    /// What every connector is doing.
    pub fn status(&self) -> Vec<ConnectorStatus> {
        self.handle.with_engine(|engine, now| engine.status(now))
    }

    /// The changes of connectors' states from now on, as they happen. What a state is now, [`status`](Self::status) tells: subscribe
    /// first, then ask, and nothing is missed.
    pub fn changes(&self) -> StateChanges {
        self.handle.changes()
    }

    /// The counts, exact since the log began.
    pub fn ledger(&self) -> Ledger {
        self.handle.with_engine(|engine, _| engine.ledger())
    }

    /// Why nothing goes on any more, if the log failed.
    pub fn failure(&self) -> Option<Error> {
        self.handle.with_engine(|engine, _| engine.failure().cloned())
    }

    /// Tries a connector at once, whatever it was blocked by: its credentials or its bucket may have changed.
    pub fn wake(&self, connector: &ConnectorId) {
        self.handle.wake(Some(connector.clone()));
    }

    /// Says that what a connector's store did wrong was put right: one that stores objects, but not encrypted as asked, is given no more
    /// of them, over all restarts, until this is said or the configuration asks for nothing any more.
    pub fn resume(&self, connector: &ConnectorId) {
        self.handle.resume(connector.clone());
    }

    /// Schemas whose files differ from what the log has kept under their ids: to be told at start, each in a line.
    pub fn schema_changes(&self) -> &[SchemaChange] {
        self.handle.schema_changes()
    }

    /// What decides which lines become events, e.g. to work out what has to arrive.
    pub fn admission(&self) -> &Admission {
        self.handle.admission()
    }

    /// The refused lines in the log, from `from` on, in order: all of them from [`Lsn::ZERO`].
    ///
    /// To keep a projection, [`watch_rejects`](Self::watch_rejects) first, then read these, then go on with those watched that
    /// stand behind the last one read.
    ///
    /// # Errors
    ///
    /// `Spool` if the log cannot be read; `Stopped` after a shutdown.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn rejects(&self, from: Lsn) -> Result<Vec<RejectEntry>, Error> {
        self.handle.rejects(from).await
    }

    /// The refused lines that become durable from now on.
    pub fn watch_rejects(&self) -> RejectFeed {
        self.handle.watch_rejects()
    }

    /// What is about to be given up, and what is, from now on: half, three quarters and nine tenths of the retention, and each drop.
    pub fn losses(&self) -> LossFeed {
        self.handle.losses()
    }

    /// Ends everything at once: running puts are given up, which leaves their outcome unknown until the next start finds out. The log
    /// is closed when this returns, and what it holds is delivered by the next start.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it ends in the background.
    pub async fn shutdown(&self) {
        self.handle.shutdown().await;
    }
}
