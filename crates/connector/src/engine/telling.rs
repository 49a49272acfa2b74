//! Telling changes of states as they happen. What a state is, is worked out elsewhere.

use bucketline_spool::SpoolTime;

use super::{Command, Engine};
use crate::changes::StateChange;
use crate::state::{Cause, State};

/// What was told of a connector last.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) state: State,
    cause: Option<Cause>,
    /// When it came into that state.
    pub(super) since: SpoolTime,
}

impl Told {
    /// A connector runs until something else is told of it.
    fn at_first(now: SpoolTime) -> Self {
        Self {
            state: State::Running,
            cause: None,
            since: now,
        }
    }
}

impl Engine {
    /// Tells of the connectors that are in another state than was told last, or in it for another cause.
    pub(super) fn tell_changes(&mut self, now: SpoolTime) {
        for place in self.dispatcher.take_changed() {
            while self.told.len() <= place {
                self.told.push(Told::at_first(now));
            }
            let Some(status) = self.status_at(now, place) else {
                continue;
            };
            let Some(told) = self.told.get_mut(place) else {
                continue;
            };
            let same_cause = match (&told.cause, &status.cause) {
                (Some(told), Some(cause)) => told.is_like(cause),
                (told, cause) => told.is_none() == cause.is_none(),
            };
            if told.state == status.state && same_cause {
                continue;
            }
            let before = told.state;
            if before != status.state {
                told.since = now;
            }
            (told.state, told.cause) = (status.state, status.cause.clone());
            let change = StateChange {
                before,
                now: self.status_at(now, place).unwrap_or(status),
            };
            self.commands.push(Command::Changed(Box::new(change)));
        }
    }
}
