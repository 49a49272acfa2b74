//! Refused lines, as the log has them. Knows nothing of why they were refused.

use bucketline_spool::{Lsn, Rejects};

/// Refused lines, as they stand in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectEntry {
    /// Where.
    pub lsn: Lsn,
    /// Which.
    pub rejects: Rejects,
}

impl RejectEntry {
    pub(crate) fn new(lsn: Lsn, rejects: Rejects) -> Self {
        Self { lsn, rejects }
    }
}

/// Refused lines as they become durable. Those of a batch are here before the batch is acknowledged.
#[derive(Debug)]
pub struct RejectFeed {
    entries: tokio::sync::mpsc::UnboundedReceiver<RejectEntry>,
}

impl RejectFeed {
    pub(crate) fn new(entries: tokio::sync::mpsc::UnboundedReceiver<RejectEntry>) -> Self {
        Self { entries }
    }

    /// The next ones; `None` once the multiplexer has ended.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn next(&mut self) -> Option<RejectEntry> {
        self.entries.recv().await
    }

    /// The next ones, if they are here already.
    pub fn try_next(&mut self) -> Option<RejectEntry> {
        self.entries.try_recv().ok()
    }
}
