//! The loop between the engine and the world: takes inputs one by one, carries out the commands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot, watch};

use super::clock::SpoolClock;
use super::stores::Stores;
use crate::admit::Prepared;
use crate::batch::Accepted;
use crate::build::BuildJob;
use crate::changes::Subscribers;
use crate::engine::{Command, DrainReport, Engine, Input, RequestId, ShardId};
use crate::error::Error;
use crate::journal::{Journal, Order, Request};
use crate::loss::LossTeller;
use crate::meter::Meter;

/// The answer to a submission.
pub(super) type Reply = oneshot::Sender<Result<Accepted, Error>>;

/// What the loop is told.
#[derive(Debug)]
pub(super) enum Message {
    Input(Input),
    Submit(Prepared, Reply),
    Drain(RequestId, oneshot::Sender<DrainReport>),
    /// What was missing of a build has been read.
    Supplied(Box<BuildJob>),
    Shutdown,
}

pub(super) struct RunLoop {
    pub(super) engine: Arc<Mutex<Engine>>,
    pub(super) clock: SpoolClock,
    /// The one shard that batches are given to.
    pub(super) shard: ShardId,
    pub(super) journal: Box<dyn Journal>,
    pub(super) stores: Stores,
    pub(super) changes: Arc<Subscribers>,
    pub(super) meter: Option<Arc<dyn Meter>>,
    pub(super) losses: LossTeller,
    pub(super) messages: mpsc::WeakUnboundedSender<Message>,
}

/// Callers that wait.
#[derive(Default)]
struct Waiting {
    submissions: HashMap<RequestId, Reply>,
    drains: HashMap<RequestId, oneshot::Sender<DrainReport>>,
    last: u64,
}

impl RunLoop {
    /// Runs until a shutdown, or until nobody holds a handle. The receiver sees the end.
    pub(super) fn start(mut self, mut inbox: mpsc::UnboundedReceiver<Message>) -> watch::Receiver<()> {
        let (running, ended) = watch::channel(());
        #[expect(clippy::disallowed_methods, reason = "a driver module")]
        drop(tokio::spawn(async move {
            let mut waiting = Waiting::default();
            while let Some(message) = self.next(&mut inbox).await {
                let input = match message {
                    Message::Shutdown => break,
                    Message::Input(input) => input,
                    Message::Submit(batch, reply) => {
                        // Even, so that these and the drains, whose names callers draw, never meet.
                        waiting.last += 2;
                        let id = RequestId(waiting.last);
                        waiting.submissions.insert(id, reply);
                        Input::Submit {
                            shard: self.shard,
                            id,
                            batch,
                        }
                    }
                    Message::Drain(id, reply) => {
                        waiting.drains.insert(id, reply);
                        Input::Drain { id }
                    }
                    Message::Supplied(job) => {
                        self.build(job);
                        continue;
                    }
                };
                let commands = {
                    let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
                    engine.handle(self.clock.now(), input)
                };
                for command in commands {
                    self.carry_out(command, &mut waiting);
                }
            }
            self.changes.end();
            drop(self);
            drop(running);
        }));
        ended
    }

    /// The next message, or the tick of the engine's next timer.
    async fn next(&self, inbox: &mut mpsc::UnboundedReceiver<Message>) -> Option<Message> {
        let timeout = self
            .engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next_timeout();
        match timeout {
            Some(time) => match tokio::time::timeout_at(self.clock.instant(time), inbox.recv()).await {
                Ok(message) => message,
                Err(_) => Some(Message::Input(Input::Tick)),
            },
            None => inbox.recv().await,
        }
    }

    fn carry_out(&mut self, command: Command, waiting: &mut Waiting) {
        match command {
            Command::Append {
                shard,
                ticket,
                records,
            } => self
                .journal
                .order(shard, Order::Append(Request { ticket, records })),
            Command::Move {
                shard,
                ticket,
                ranges,
            } => self.journal.order(shard, Order::Move(ticket, ranges)),
            Command::Checkpoint {
                shard,
                carry,
                free,
                cold,
            } => self.journal.order(shard, Order::MakeRoom { carry, free, cold }),
            Command::Accepted { id, result } => {
                if let Some(reply) = waiting.submissions.remove(&id) {
                    // A caller that no longer waits has its batch accepted all the same.
                    let _ = reply.send(result);
                }
            }
            Command::Drained { id, report } => {
                if let Some(reply) = waiting.drains.remove(&id) {
                    let _ = reply.send(*report);
                }
            }
            Command::Delivered(delivery) => {
                if let Some(meter) = &self.meter {
                    meter.delivered(&delivery);
                }
            }
            Command::Changed(change) => self.changes.tell(&change),
            Command::Build(job) if job.missing().is_empty() => self.build(job),
            Command::Build(job) => self.journal.order(job.shard(), Order::ReadBack(job)),
            Command::Put(job) => self.stores.put(*job),
            Command::Look(job) => self.stores.look(*job),
            Command::Compare(job) => self.stores.compare(*job),
            Command::BreakOff { attempt } => self.stores.break_off(attempt),
            Command::Loss(loss) => {
                tracing::warn!(
                    connector = loss.connector(),
                    ?loss,
                    "events are lost, or about to be"
                );
                self.losses.tell(*loss);
            }
            Command::Failed { shard } => self.stores.break_off_shard(shard),
        }
    }

    fn build(&self, job: Box<BuildJob>) {
        let messages = self.messages.clone();
        let attempt = job.attempt();
        let work = async move {
            // A build that panics is told as a failure: nothing is delivered past what cannot be built.
            let result = super::blocking(move || job.run()).await.and_then(|built| built);
            if let Some(messages) = messages.upgrade() {
                let _ = messages.send(Message::Input(Input::Built { attempt, result }));
            }
        };
        #[expect(clippy::disallowed_methods, reason = "a driver module")]
        drop(tokio::spawn(work));
    }
}
