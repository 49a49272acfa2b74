//! Changes of connectors' states, for whoever wants to be told of them. Knows nothing of how a state is reached.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use crate::state::{ConnectorStatus, State};

/// A connector has come into another state, or is in the same one for another cause.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateChange {
    /// What it was doing before.
    pub before: State,
    /// What it is doing now, and why.
    pub now: ConnectorStatus,
}

/// Changes of states as they happen: see [`Multiplexer::changes`](crate::Multiplexer::changes).
///
/// A reader that is slow misses no connector's present state, and takes no more memory than one entry for each: what has not been read
/// yet of one connector is told as one change, from what was read last to what is now; and not at all where it is in the same state without a cause.
#[derive(Debug)]
pub struct StateChanges {
    queue: Arc<Queue>,
}

/// Those who are told.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    queues: Mutex<Vec<Weak<Queue>>>,
}

#[derive(Debug, Default)]
struct Queue {
    unread: Mutex<Unread>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Unread {
    changes: BTreeMap<String, StateChange>,
    order: VecDeque<String>,
    ended: bool,
}

impl StateChanges {
    /// The next change; `None` once the multiplexer has ended and all was read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn next(&mut self) -> Option<StateChange> {
        loop {
            let news = self.queue.news.notified();
            {
                let mut unread = self.queue.lock();
                if let Some(change) = unread.take() {
                    return Some(change);
                }
                if unread.ended {
                    return None;
                }
            }
            news.await;
        }
    }

    /// The next change, if it is here already.
    pub fn try_next(&mut self) -> Option<StateChange> {
        self.queue.lock().take()
    }
}

impl Subscribers {
    pub(crate) fn subscribe(&self) -> StateChanges {
        let queue = Arc::new(Queue::default());
        let mut queues = self.lock();
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Arc::downgrade(&queue));
        StateChanges { queue }
    }

    pub(crate) fn tell(&self, change: &StateChange) {
        for queue in self.lock().iter().filter_map(Weak::upgrade) {
            queue.lock().put(change.clone());
            queue.news.notify_one();
        }
    }

    /// Nothing more will be told.
    pub(crate) fn end(&self) {
        for queue in std::mem::take(&mut *self.lock()).iter().filter_map(Weak::upgrade) {
            queue.lock().ended = true;
            queue.news.notify_one();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Queue>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn lock(&self) -> std::sync::MutexGuard<'_, Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unread {
    fn put(&mut self, mut change: StateChange) {
        let id = change.now.id.clone();
        if let Some(earlier) = self.changes.remove(&id) {
            self.order.retain(|waiting| *waiting != id);
            change.before = earlier.before;
            // It came and went before anybody looked.
            if change.before == change.now.state && change.now.cause.is_none() {
                return;
            }
        }
        self.order.push_back(id.clone());
        self.changes.insert(id, change);
    }

    fn take(&mut self) -> Option<StateChange> {
        let id = self.order.pop_front()?;
        self.changes.remove(&id)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Blockage, Cause, Party};

    fn change(id: &str, before: State, now: State) -> StateChange {
        let now = ConnectorStatus {
            id: id.to_owned(),
            name: id.to_owned(),
            workspace: "acme".to_owned(),
            state: now,
            since: Duration::ZERO,
            cause: None,
            last_error: None,
            next_probe: None,
            conflicts: Vec::new(),
            events_held: 0,
            bytes_held: 0,
            oldest_held: None,
            loss_in: None,
            last_delivered: None,
        };
        StateChange { before, now }
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_of_each_connector_once_and_of_what_passed_not_at_all() {
        let subscribers = Subscribers::default();
        let mut changes = subscribers.subscribe();
        for round in 0..1_000 {
            let (from, to) = match round % 2 {
                0 => (State::Running, State::Degraded),
                _ => (State::Degraded, State::Running),
            };
            subscribers.tell(&change("came and went", from, to));
        }
        subscribers.tell(&change("a", State::Running, State::Degraded));
        subscribers.tell(&change("b", State::Running, State::Degraded));
        subscribers.tell(&change("a", State::Degraded, State::Stopped));
        subscribers.end();
        let mut told = Vec::new();
        while let Some(change) = changes.next().await {
            told.push((change.now.id, change.before, change.now.state));
        }
        let expected = [
            ("b".to_owned(), State::Running, State::Degraded),
            ("a".to_owned(), State::Running, State::Stopped),
        ];
        assert_eq!(told, expected);
    }

    #[tokio::test]
    async fn another_cause_of_the_same_state_is_told_however_slow_the_reader() {
        let subscribers = Subscribers::default();
        let mut changes = subscribers.subscribe();
        let blocked = State::Blocked(Blockage::Auth);
        for (before, now, code) in [
            (blocked, State::Running, None),
            (State::Running, blocked, Some("InvalidAccessKeyId")),
        ] {
            let mut change = change("a", before, now);
            change.now.cause = code.map(|code| Cause::plain(Party::Customer, code, ""));
            subscribers.tell(&change);
        }
        subscribers.end();
        let told = changes.next().await.unwrap();
        assert_eq!(told.now.cause.unwrap().message, "InvalidAccessKeyId");
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_by_a_change_and_by_the_end() {
        let subscribers = Arc::new(Subscribers::default());
        let mut changes = subscribers.subscribe();
        let told = async {
            tokio::task::yield_now().await;
            subscribers.tell(&change("a", State::Running, State::Degraded));
            tokio::task::yield_now().await;
            subscribers.end();
        };
        let heard = async { (changes.next().await.is_some(), changes.next().await.is_none()) };
        let ((), heard) = tokio::join!(told, heard);
        assert_eq!(heard, (true, true));
    }
}
