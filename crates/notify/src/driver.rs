//! The one module that reads the clock, waits and starts tasks. It carries out what the outbox decides.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::outbox::{Attempt, Outbox, Record};
use crate::{Channel, Error, ErrorKind, Event, Store, Timestamp, Told};

/// So many records are added before the file is made shorter, if it can be.
const SHORTENED_EVERY: usize = 1_000;

/// The machine's clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver that reads the clock"
    )]
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver that draws randomness"
    )]
    fn draw(&self) -> f64 {
        let mut bytes = [0; 4];
        // A machine without randomness still tells, only without a spread.
        if getrandom::fill(&mut bytes).is_err() {
            return 0.5;
        }
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

pub(crate) enum Command {
    Offer {
        event: Box<Event>,
        answer: oneshot::Sender<Result<Told, Error>>,
    },
    Settle {
        at_most: Duration,
        answer: oneshot::Sender<usize>,
    },
}

type Finished = (u64, Result<(), Error>);

pub(crate) struct Driver {
    outbox: Outbox,
    /// Away while a call is made off the task.
    store: Option<Box<dyn Store>>,
    channels: BTreeMap<String, Arc<dyn Channel>>,
    clock: Arc<dyn Clock>,
    attempts: JoinSet<Finished>,
    settling: Vec<(Instant, oneshot::Sender<usize>)>,
    added: usize,
}

/// Runs `work` where it may block.
#[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Store, "the store's thread ended").with_source(error))
}

impl Driver {
    pub(crate) fn new(
        outbox: Outbox,
        store: Box<dyn Store>,
        channels: BTreeMap<String, Arc<dyn Channel>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            outbox,
            store: Some(store),
            channels,
            clock,
            attempts: JoinSet::new(),
            settling: Vec::new(),
            added: 0,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
    pub(crate) fn start(self, orders: mpsc::Receiver<Command>) -> JoinHandle<()> {
        tokio::spawn(self.run(orders))
    }

    async fn run(mut self, mut orders: mpsc::Receiver<Command>) {
        loop {
            self.begin();
            self.answer_settled();
            let wake = self.wake();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.carry_out(order).await,
                    None => return,
                },
                Some(finished) = self.attempts.join_next() => {
                    if let Ok(finished) = finished {
                        self.finish(finished).await;
                    }
                }
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Offer { event, answer } => {
                let records = self.outbox.offer(self.clock.now(), &event);
                let told = if records.is_empty() {
                    Told::Repeated
                } else {
                    Told::New
                };
                let outcome = self.write(records).await.map(|()| told);
                // Whoever asked may have gone; the event is told all the same.
                let _ = answer.send(outcome);
            }
            Command::Settle { at_most, answer } => self.settling.push((Instant::now() + at_most, answer)),
        }
    }

    /// Writes `records` down and takes them in; neither where it fails.
    async fn write(&mut self, records: Vec<Record>) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let written = records.clone();
        self.with_store(move |store| store.append(&written)).await?;
        self.added += records.len();
        records.into_iter().for_each(|record| self.outbox.fold(record));
        self.shorten().await;
        Ok(())
    }

    async fn shorten(&mut self) {
        if self.added < SHORTENED_EVERY.max(2 * self.outbox.len()) {
            return;
        }
        let records = self.outbox.records();
        self.added = 0;
        if let Err(error) = self.with_store(move |store| store.replace(&records)).await {
            tracing::warn!(%error, "the list of messages could not be made shorter");
        }
    }

    async fn with_store(
        &mut self,
        call: impl FnOnce(&mut dyn Store) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let Some(mut store) = self.store.take() else {
            return Err(Error::new(
                ErrorKind::Store,
                "the store is gone: a call to it panicked",
            ));
        };
        let (store, outcome) = blocking(move || {
            let outcome = call(store.as_mut());
            (store, outcome)
        })
        .await?;
        self.store = Some(store);
        outcome
    }

    fn begin(&mut self) {
        for attempt in self.outbox.begin(self.clock.now()) {
            let Attempt {
                place,
                channel,
                message,
            } = attempt;
            let channel = self.channels.get(&channel).cloned();
            self.attempts.spawn(async move {
                let outcome = match channel {
                    Some(channel) => channel.send(&message).await,
                    None => Err(Error::new(ErrorKind::Refused, "there is no such channel")),
                };
                (place, outcome)
            });
        }
    }

    async fn finish(&mut self, (place, outcome): Finished) {
        let Some(record) = self
            .outbox
            .settle(self.clock.now(), place, &outcome, self.clock.draw())
        else {
            return;
        };
        match (&record, &outcome) {
            (Record::GivenUp { id, channel, why }, _) => {
                tracing::error!(id, channel, why, "a message was given up");
            }
            (
                Record::Failed {
                    id,
                    channel,
                    attempts,
                    due,
                },
                Err(error),
            ) => {
                tracing::warn!(id, channel, attempts, %due, %error, "a message was not taken, and is tried again");
            }
            _ => {}
        }
        if let Err(error) = self.write(vec![record.clone()]).await {
            // Known in memory alone: after a restart the message may come twice, under one id.
            tracing::warn!(%error, "what became of a message could not be written down");
            self.outbox.fold(record);
        }
    }

    fn answer_settled(&mut self) {
        let (now, quiet) = (Instant::now(), self.outbox.is_quiet(self.clock.now()));
        let waiting = self.outbox.len();
        for (until, answer) in std::mem::take(&mut self.settling) {
            if quiet || until <= now {
                let _ = answer.send(waiting);
            } else {
                self.settling.push((until, answer));
            }
        }
    }

    /// When to look again: the next attempt, or the end of somebody's patience; at the latest in a minute, since the
    /// clock of messages may be set while the one of waits is not.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let due = self
            .outbox
            .next_due()
            .map(|due| now + due.since(self.clock.now()));
        let settled = self.settling.iter().map(|(until, _)| *until);
        let latest = now + Duration::from_secs(60);
        settled.chain(due).fold(latest, Instant::min)
    }
}
