//! Losses, told before they happen and when they do. Knows nothing of how they come about.

use std::time::Duration;

use bucketline_spool::DropReason;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// How many are kept for a reader that is slow.
const UNREAD: usize = 1_024;

/// Something of a connector is about to be given up, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// The oldest of the events that it holds have been held for half, three quarters or nine tenths of the retention. Told once each,
    /// and again after it has caught up.
    Ahead {
        /// The connector's id.
        connector: String,
        /// How much of the retention is over, in hundredths: 50, 75 or 90.
        percent: u8,
        /// How many events it holds.
        events_held: u64,
        /// How long until the oldest are given up.
        left: Duration,
    },
    /// Events were given up.
    GivenUp {
        /// The connector's id.
        connector: String,
        /// Their type.
        event_type: String,
        /// How many.
        events: u64,
        /// Why.
        reason: DropReason,
        /// Whether it is known that no object holds them.
        known: bool,
    },
}

impl Loss {
    /// The id of the connector.
    pub fn connector(&self) -> &str {
        match self {
            Self::Ahead { connector, .. } | Self::GivenUp { connector, .. } => connector,
        }
    }
}

/// Losses as they come: see [`Multiplexer::losses`](crate::Multiplexer::losses). A reader that is slow misses the oldest; the ledger
/// misses none.
#[derive(Debug)]
pub struct LossFeed(broadcast::Receiver<Loss>);

impl LossFeed {
    /// The next one; `None` once the multiplexer has ended.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn next(&mut self) -> Option<Loss> {
        loop {
            match self.0.recv().await {
                Ok(loss) => return Some(loss),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The next one, if it is here already.
    pub fn try_next(&mut self) -> Option<Loss> {
        loop {
            match self.0.try_recv() {
                Ok(loss) => return Some(loss),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }
}

/// Where losses are told.
#[derive(Debug)]
pub(crate) struct LossTeller(broadcast::Sender<Loss>);

/// Where one can ask to be told, for as long as somebody tells.
#[derive(Debug)]
pub(crate) struct LossSource(broadcast::WeakSender<Loss>);

impl LossTeller {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(UNREAD).0)
    }

    pub(crate) fn source(&self) -> LossSource {
        LossSource(self.0.downgrade())
    }

    pub(crate) fn tell(&self, loss: Loss) {
        let _ = self.0.send(loss); // An error is that nobody listens.
    }
}

impl LossSource {
    /// A feed that has ended already, where nothing will be told any more.
    pub(crate) fn subscribe(&self) -> LossFeed {
        let sender = self.0.upgrade();
        LossFeed(sender.map_or_else(|| broadcast::channel(1).1, |sender| sender.subscribe()))
    }
}
