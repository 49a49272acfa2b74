//! What a user of this crate holds: give it events, and it tells whom they concern.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::driver::{Command, Driver, SystemClock};
use crate::outbox::Outbox;
use crate::{Channel, Error, ErrorKind, Event, Filter, MemoryStore, Store};

/// What became of an event that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an event is either news or not")]
pub enum Told {
    /// It is remembered, and will be told to whom it concerns, be it nobody.
    New,
    /// It tells nothing new, and is told to nobody.
    Repeated,
}

/// Tells people of events: each change once, over restarts too, tried for three days.
///
/// Dropped, it stops; what still waits is told by the next one over the same store.
#[derive(Debug)]
pub struct Notifier {
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

/// Makes a [`Notifier`].
#[derive(Debug)]
#[must_use]
pub struct NotifierBuilder {
    channels: Vec<(String, Filter, Arc<dyn Channel>)>,
    store: Box<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Notifier {
    /// A notifier without channels, that remembers nothing over restarts.
    pub fn builder() -> NotifierBuilder {
        NotifierBuilder {
            channels: Vec::new(),
            store: Box::new(MemoryStore::new()),
            clock: Arc::new(SystemClock::default()),
        }
    }

    /// Hands `event` over. Returns once it is remembered; it is told afterwards, and tried again where that fails.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where it could not be written down: it is not told, and may be handed over again.
    /// [`ErrorKind::Closed`] where the notifier has ended.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether the event was taken; handing it over again tells nothing twice.
    pub async fn notify(&self, event: Event) -> Result<Told, Error> {
        let (answer, answered) = oneshot::channel();
        self.order(Command::Offer {
            event: Box::new(event),
            answer,
        })
        .await?;
        answered.await.map_err(|_| closed())?
    }

    /// Waits until all that can be told now was tried, at most for `at_most`; how many messages still wait.
    ///
    /// # Cancel safety
    ///
    /// Changes nothing, whenever it is given up.
    pub async fn settle(&self, at_most: Duration) -> usize {
        let (answer, answered) = oneshot::channel();
        if self.order(Command::Settle { at_most, answer }).await.is_err() {
            return 0;
        }
        answered.await.unwrap_or(0)
    }

    /// Ends, after the attempts that are running or [`settle`](Self::settle)'s time; how many messages still wait.
    pub async fn shutdown(self, at_most: Duration) -> usize {
        let waiting = self.settle(at_most).await;
        self.task.abort();
        waiting
    }

    async fn order(&self, command: Command) -> Result<(), Error> {
        self.commands.send(command).await.map_err(|_| closed())
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the notifier has ended")
}

impl NotifierBuilder {
    /// Tells the events that `filter` takes to `channel`. Its name is kept with what waits for it: give a channel
    /// another one, and what waits under the old name is told to nobody.
    pub fn channel(mut self, name: impl Into<String>, filter: Filter, channel: impl Channel) -> Self {
        self.channels.push((name.into(), filter, Arc::new(channel)));
        self
    }

    /// Remembers in `store`.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Box::new(store);
        self
    }

    /// Takes the time from `clock`.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Starts it: what an earlier one left is told first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for two channels of one name; [`ErrorKind::Store`] where what is remembered cannot be
    /// read.
    ///
    /// # Cancel safety
    ///
    /// Starts nothing if it is given up.
    pub async fn start(self) -> Result<Notifier, Error> {
        for (place, (name, ..)) in self.channels.iter().enumerate() {
            if self.channels.iter().take(place).any(|(other, ..)| other == name) {
                let message = format!("two channels have the name `{}`", name.escape_debug());
                return Err(Error::new(ErrorKind::InvalidConfig, message));
            }
        }
        let mut store = self.store;
        let (store, records) = crate::driver::blocking(move || {
            let records = store.load();
            (store, records)
        })
        .await?;
        let filters = self
            .channels
            .iter()
            .map(|(name, filter, _)| (name.clone(), filter.clone()));
        let outbox = Outbox::open(filters.collect(), records?);
        let channels = self
            .channels
            .into_iter()
            .map(|(name, _, channel)| (name, channel))
            .collect();
        let (commands, orders) = mpsc::channel(64);
        let task = Driver::new(outbox, store, channels, self.clock).start(orders);
        Ok(Notifier { commands, task })
    }
}
