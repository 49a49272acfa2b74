//! What is to be told to whom, and when the next attempt is due: decided without a clock, a disk or a network.
//! State is a fold over its records, so that a new process goes on where the last one was.

mod record;
mod schedule;
mod told;

pub use record::Record;
pub use schedule::{RETRIED_FOR, pause_after};

use std::collections::BTreeMap;

use crate::outbox::told::Told;
use crate::{Error, Event, Filter, Message, Timestamp};

/// At most so many messages wait for one channel: beyond, the oldest is given up.
const MAX_WAITING: usize = 10_000;

/// Messages that wait, and what was told already.
#[derive(Debug)]
pub(crate) struct Outbox {
    channels: Vec<(String, Filter)>,
    told: Told,
    /// In the order in which they were accepted.
    waiting: BTreeMap<u64, Waiting>,
    next_place: u64,
}

#[derive(Debug)]
struct Waiting {
    id: String,
    event: Event,
    channel: String,
    accepted_at: Timestamp,
    attempts: u32,
    due: Timestamp,
    running: bool,
}

/// An attempt to be made now.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) place: u64,
    pub(crate) channel: String,
    pub(crate) message: Message,
}

impl Outbox {
    /// Takes up what `records` tell of, for `channels`; what waits for a channel that is no more is forgotten.
    pub(crate) fn open(channels: Vec<(String, Filter)>, records: Vec<Record>) -> Self {
        let mut outbox = Self {
            channels,
            told: Told::default(),
            waiting: BTreeMap::new(),
            next_place: 0,
        };
        for record in records {
            outbox.fold(record);
        }
        let known: Vec<String> = outbox.channels.iter().map(|(name, _)| name.clone()).collect();
        outbox
            .waiting
            .retain(|_, waiting| known.contains(&waiting.channel));
        outbox
    }

    /// What to write down so that `event` is told; nothing where it tells nothing new.
    pub(crate) fn offer(&self, now: Timestamp, event: &Event) -> Vec<Record> {
        if !self.told.is_news(event) {
            return Vec::new();
        }
        let listening = self.channels.iter().filter(|(_, filter)| filter.takes(event));
        let channels: Vec<String> = listening.map(|(name, _)| name.clone()).collect();
        let mut records = vec![Record::Accepted {
            event: event.clone(),
            at: now,
            channels: channels.clone(),
        }];
        for channel in channels {
            let mut queue = self.waiting.values().filter(|waiting| waiting.channel == channel);
            if queue.clone().count() >= MAX_WAITING
                && let Some(oldest) = queue.find(|waiting| !waiting.running)
            {
                records.push(Record::GivenUp {
                    id: oldest.id.clone(),
                    channel,
                    why: format!("more than {MAX_WAITING} messages wait"),
                });
            }
        }
        records
    }

    /// What a record means, at start and while running.
    pub(crate) fn fold(&mut self, record: Record) {
        match record {
            Record::Accepted { event, at, channels } => {
                self.told.tell(&event);
                for channel in channels {
                    self.wait(event.clone(), channel, at, 0, at);
                }
            }
            Record::Waiting {
                event,
                channel,
                accepted_at,
                attempts,
                due,
            } => {
                self.wait(event, channel, accepted_at, attempts, due);
            }
            Record::Sent { id, channel } | Record::GivenUp { id, channel, .. } => {
                self.waiting
                    .retain(|_, waiting| waiting.id != id || waiting.channel != channel);
            }
            Record::Failed {
                id,
                channel,
                attempts,
                due,
            } => {
                let mut all = self.waiting.values_mut();
                if let Some(waiting) = all.find(|waiting| waiting.id == id && waiting.channel == channel) {
                    waiting.attempts = attempts;
                    waiting.due = due;
                }
            }
            Record::Told { slot, saying } => self.told.remember(slot, saying),
            Record::Known { id } => self.told.know(id),
        }
    }

    fn wait(&mut self, event: Event, channel: String, accepted_at: Timestamp, attempts: u32, due: Timestamp) {
        let waiting = Waiting {
            id: event.id(),
            event,
            channel,
            accepted_at,
            attempts,
            due,
            running: false,
        };
        self.waiting.insert(self.next_place, waiting);
        self.next_place += 1;
    }

    /// The attempts to make now: one at a time for each channel, the oldest message first.
    pub(crate) fn begin(&mut self, now: Timestamp) -> Vec<Attempt> {
        let busy: Vec<String> = self
            .waiting
            .values()
            .filter(|waiting| waiting.running)
            .map(|waiting| waiting.channel.clone())
            .collect();
        let mut attempts: Vec<Attempt> = Vec::new();
        for (place, waiting) in &mut self.waiting {
            let taken =
                busy.contains(&waiting.channel) || attempts.iter().any(|a| a.channel == waiting.channel);
            if taken || waiting.due > now {
                continue;
            }
            waiting.running = true;
            attempts.push(Attempt {
                place: *place,
                channel: waiting.channel.clone(),
                message: Message::new(waiting.event.clone(), now),
            });
        }
        attempts
    }

    /// What to write down of an attempt's end. `draw` in 0..1 spreads what would come back at one moment.
    pub(crate) fn settle(
        &mut self,
        now: Timestamp,
        place: u64,
        outcome: &Result<(), Error>,
        draw: f64,
    ) -> Option<Record> {
        let waiting = self.waiting.get_mut(&place)?;
        waiting.running = false;
        let (id, channel) = (waiting.id.clone(), waiting.channel.clone());
        let error = match outcome {
            Ok(()) => return Some(Record::Sent { id, channel }),
            Err(error) => error,
        };
        let attempts = waiting.attempts.saturating_add(1);
        let pause = pause_after(attempts, error.retry_after(), draw);
        let due = now.after(pause);
        if !error.is_retryable() || due.since(waiting.accepted_at) > RETRIED_FOR {
            return Some(Record::GivenUp {
                id,
                channel,
                why: error.to_string(),
            });
        }
        Some(Record::Failed {
            id,
            channel,
            attempts,
            due,
        })
    }

    /// When there is something to do next; not while only running attempts are waited for.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let running: Vec<&str> = self
            .waiting
            .values()
            .filter(|w| w.running)
            .map(|w| w.channel.as_str())
            .collect();
        let idle = self
            .waiting
            .values()
            .filter(|w| !running.contains(&w.channel.as_str()));
        idle.map(|waiting| waiting.due).min()
    }

    /// How many messages wait, running ones with them.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no attempt is running and none is due.
    pub(crate) fn is_quiet(&self, now: Timestamp) -> bool {
        self.waiting
            .values()
            .all(|waiting| !waiting.running && waiting.due > now)
    }

    /// The records that give the same state again, and no more.
    pub(crate) fn records(&self) -> Vec<Record> {
        let mut records = self.told.records();
        records.extend(self.waiting.values().map(|waiting| Record::Waiting {
            event: waiting.event.clone(),
            channel: waiting.channel.clone(),
            accepted_at: waiting.accepted_at,
            attempts: waiting.attempts,
            due: waiting.due,
        }));
        records
    }
}

#[cfg(test)]
mod tests;
