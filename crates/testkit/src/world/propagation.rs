//! IAM's changes are seen by those who authorize requests a while after they were made: how long is scripted, nothing at all
//! unless a test says otherwise. IAM itself, and sessions that were given out, are not behind.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Identities;

/// What was, until when.
#[derive(Debug, Default)]
pub(super) struct Propagation {
    delay: Duration,
    /// With the time at which each was changed, the oldest first.
    past: VecDeque<(SystemTime, Arc<Identities>)>,
}

impl Propagation {
    /// Changes are seen so long after they are made; those made before count at once.
    pub(super) fn set(&mut self, delay: Duration) {
        self.delay = delay;
        self.past.clear();
    }

    /// Remembers what is about to be changed.
    pub(super) fn changing(&mut self, now: SystemTime, identities: &Identities) {
        if self.delay.is_zero() {
            return;
        }
        let delay = self.delay;
        self.past
            .retain(|(until, _)| now.duration_since(*until).unwrap_or_default() < delay);
        self.past.push_back((now, Arc::new(identities.clone())));
    }

    /// What is still seen in place of what is; nothing where all has been heard of.
    pub(super) fn seen(&self, now: SystemTime) -> Option<Arc<Identities>> {
        let mut past = self.past.iter();
        past.find(|(until, _)| now.duration_since(*until).unwrap_or_default() < self.delay)
            .map(|(_, identities)| Arc::clone(identities))
    }
}
