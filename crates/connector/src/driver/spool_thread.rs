//! The one thread that owns the log. It appends all that is queued with one fsync, and reads back what builds need in between.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};

use bucketline_spool::{Log, Lsn, MovedRange, Record};
use tokio::sync::{mpsc, oneshot};

use super::clock::SpoolClock;
use super::run_loop::Message;
use crate::build::BuildJob;
use crate::engine::{HeldBatch, Input};
use crate::error::{Error, ErrorKind};
use crate::journal::{Appender, Journal, Landed, Order, Request, make_room, relocate};
use crate::meter::Meter;
use crate::rejects::RejectEntry;
use crate::tickets::{ShardId, Ticket};

/// How many jobs are read back before appends are looked at again.
const READS_AT_A_TIME: usize = 32;

/// What the thread is asked.
#[derive(Debug)]
enum Asked {
    Order(Order),
    Rejects(Vec<Lsn>, oneshot::Sender<Result<Vec<RejectEntry>, Error>>),
    /// Close the log, after what was ordered before.
    Close(oneshot::Sender<()>),
}

/// The way to the thread, which ends when it is told to close, or when all of these are gone.
#[derive(Debug, Clone)]
pub(super) struct SpoolThread {
    orders: Sender<Asked>,
    watchers: Arc<Mutex<Vec<mpsc::UnboundedSender<RejectEntry>>>>,
}

impl SpoolThread {
    pub(super) fn start(
        shard: ShardId,
        log: Box<dyn Log>,
        clock: SpoolClock,
        messages: mpsc::UnboundedSender<Message>,
        meter: Option<Arc<dyn Meter>>,
    ) -> Result<Self, Error> {
        let (orders, inbox) = channel();
        let watchers = Arc::default();
        let worker = Worker {
            shard,
            log,
            clock,
            appender: Appender::default(),
            messages: messages.downgrade(),
            watchers: Arc::clone(&watchers),
            meter,
        };
        let named = std::thread::Builder::new().name("bucketline-spool".to_owned());
        named
            .spawn(move || worker.run(&inbox))
            .map_err(|error| Error::new(ErrorKind::Stopped, format!("no thread for the log: {error}")))?;
        Ok(Self { orders, watchers })
    }

    /// Reads the refused lines.
    pub(super) fn rejects(&self, frames: Vec<Lsn>, reply: oneshot::Sender<Result<Vec<RejectEntry>, Error>>) {
        self.ask(Asked::Rejects(frames, reply));
    }

    fn ask(&self, asked: Asked) {
        // A thread that has ended has ended with its log: there is nothing to be told.
        let _ = self.orders.send(asked);
    }

    /// Closes the log; over when it is closed.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        self.ask(Asked::Close(done));
        // An error is the end of a thread that was closed before.
        let _ = closed.await;
    }

    pub(super) fn watch(&self) -> mpsc::UnboundedReceiver<RejectEntry> {
        let (watcher, entries) = mpsc::unbounded_channel();
        self.watchers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(watcher);
        entries
    }
}

impl Journal for SpoolThread {
    /// The one shard that it is for: no other is ever given to it.
    fn order(&self, _: ShardId, order: Order) {
        self.ask(Asked::Order(order));
    }
}

struct Worker {
    shard: ShardId,
    log: Box<dyn Log>,
    clock: SpoolClock,
    appender: Appender,
    messages: mpsc::WeakUnboundedSender<Message>,
    watchers: Arc<Mutex<Vec<mpsc::UnboundedSender<RejectEntry>>>>,
    meter: Option<Arc<dyn Meter>>,
}

impl Drop for Worker {
    /// Whoever watches is told that nothing more will come, and whoever waits is not left waiting for a log that broke.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell(Message::Input(Input::ShardFailed {
                shard: self.shard,
                error: Error::broken_log(),
            }));
        }
        self.watchers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Asked>) {
        let mut reads: Vec<BuildJob> = Vec::new();
        loop {
            let (mut appends, mut close) = (Vec::new(), None);
            let mut order = if reads.is_empty() {
                match inbox.recv() {
                    Ok(order) => Some(order),
                    Err(_) => return,
                }
            } else {
                None
            };
            loop {
                match order {
                    Some(Asked::Order(Order::Append(request))) => appends.push(request),
                    Some(Asked::Order(Order::ReadBack(job))) => reads.push(*job),
                    Some(Asked::Order(Order::Move(ticket, ranges))) => {
                        // What it moves may have been appended by what waits.
                        self.append(std::mem::take(&mut appends));
                        self.relocate(ticket, ranges);
                    }
                    Some(Asked::Order(Order::MakeRoom { carry, free, cold })) => {
                        // What was ordered before may need what is freed.
                        self.append(std::mem::take(&mut appends));
                        self.read_back(std::mem::take(&mut reads));
                        make_room(&mut *self.log, &carry, free, cold.as_deref());
                    }
                    Some(Asked::Rejects(frames, reply)) => drop(reply.send(self.rejects(frames))),
                    Some(Asked::Close(done)) => {
                        close = Some(done);
                        break;
                    }
                    None => {}
                }
                order = match inbox.try_recv() {
                    Ok(order) => Some(order),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                };
            }
            self.append(appends);
            if let Some(done) = close {
                drop(self);
                let _ = done.send(());
                return;
            }
            let rest = reads.split_off(reads.len().min(READS_AT_A_TIME));
            self.read_back(std::mem::replace(&mut reads, rest));
        }
    }

    fn append(&mut self, requests: Vec<Request>) {
        if requests.is_empty() {
            return;
        }
        let (now, begun) = (self.clock.now(), self.clock.elapsed());
        let results = self.appender.append(&mut *self.log, requests, now);
        if let Some(meter) = &self.meter {
            meter.flushed(self.clock.elapsed().saturating_sub(begun));
        }
        for (ticket, result) in results {
            if let Ok(landed) = &result {
                self.publish_rejects(landed);
            }
            self.tell(Message::Input(Input::Appended { ticket, result }));
        }
    }

    fn relocate(&mut self, ticket: Ticket, ranges: Vec<MovedRange>) {
        match relocate(&mut *self.log, ranges) {
            Ok(moved) => {
                let records = vec![Record::from(moved)];
                self.append(vec![Request { ticket, records }]);
            }
            Err(error) => {
                let result = Err(error);
                self.tell(Message::Input(Input::Appended { ticket, result }));
            }
        }
    }

    /// Reads what these jobs lack, in the order of the log, each frame once for all of them. A frame that cannot be read fails those
    /// that need it, and no others.
    fn read_back(&mut self, mut jobs: Vec<BuildJob>) {
        let mut frames: Vec<Lsn> = jobs.iter().flat_map(BuildJob::missing).collect();
        frames.sort_unstable();
        frames.dedup();
        for lsn in frames {
            if let Err(error) = self.supply(lsn, &mut jobs) {
                let (failed, rest): (Vec<_>, Vec<_>) =
                    jobs.into_iter().partition(|job| job.missing().contains(&lsn));
                jobs = rest;
                for job in failed {
                    let (attempt, result) = (job.attempt(), Err(error.clone()));
                    self.tell(Message::Input(Input::Built { attempt, result }));
                }
            }
        }
        for job in jobs {
            self.tell(Message::Supplied(Box::new(job)));
        }
    }

    fn supply(&mut self, lsn: Lsn, jobs: &mut [BuildJob]) -> Result<(), Error> {
        let Record::Events(events) = self.log.read_at(lsn)?.record else {
            let what = format!(
                "the frame at byte {lsn} of the log is no longer a batch; keep the spool and report this"
            );
            return Err(Error::new(ErrorKind::Contradiction, what));
        };
        let batch = HeldBatch::new(events);
        jobs.iter_mut().try_for_each(|job| job.supply(lsn, &batch))
    }

    fn rejects(&mut self, frames: Vec<Lsn>) -> Result<Vec<RejectEntry>, Error> {
        let mut entries = Vec::with_capacity(frames.len());
        for lsn in frames {
            if let Record::Rejects(rejects) = self.log.read_at(lsn)?.record {
                entries.push(RejectEntry::new(lsn, rejects));
            }
        }
        Ok(entries)
    }

    fn publish_rejects(&self, landed: &Landed) {
        for record in &landed.records {
            if let Record::Rejects(rejects) = record {
                if let Some(meter) = &self.meter {
                    meter.refused(rejects);
                }
                let entry = RejectEntry::new(landed.last, rejects.clone());
                let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
                watchers.retain(|watcher| watcher.send(entry.clone()).is_ok());
            }
        }
    }

    fn tell(&self, message: Message) {
        if let Some(messages) = self.messages.upgrade() {
            let _ = messages.send(message);
        }
    }
}
