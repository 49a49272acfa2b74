//! When a connector is checked that has nothing to deliver. Takes the time, and asks nobody.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, SystemTime};

/// A check is not the first thing that a run does: most short ones end before.
const SETTLING: Duration = Duration::from_secs(10 * 60);

/// Which connector is to be checked when. One that delivers shows by that that it can.
#[derive(Clone, Debug)]
pub struct Schedule {
    every: Duration,
    connectors: BTreeMap<String, Quiet>,
}

#[derive(Clone, Copy, Debug)]
struct Quiet {
    /// When it was last seen to work; shifted where the next check is to be earlier.
    since: SystemTime,
    delivered: u64,
    /// By how much its checks come before the others', so that they do not all come at once.
    early: Duration,
    failed: bool,
}

impl Schedule {
    /// Every connector at least so often. `connectors` are their ids, with when each was last checked.
    #[must_use]
    pub fn new(
        every: Duration,
        now: SystemTime,
        connectors: impl IntoIterator<Item = (String, Option<SystemTime>)>,
    ) -> Self {
        // What is overdue comes soon, and not at once.
        let settling = SETTLING.min(every);
        let connectors = connectors.into_iter().map(|(id, checked)| {
            let early = spread(&id, every / 24);
            let overdue = before(now, every.saturating_sub(early + settling));
            let since = match checked {
                Some(at) if at > now => now,
                Some(at) => at.max(overdue),
                None => overdue,
            };
            let quiet = Quiet {
                since,
                delivered: 0,
                early,
                failed: false,
            };
            (id, quiet)
        });
        Self {
            every,
            connectors: connectors.collect(),
        }
    }

    /// Notes how many events a connector has delivered by now.
    pub fn delivered(&mut self, connector: &str, events: u64, now: SystemTime) {
        if let Some(quiet) = self.connectors.get_mut(connector)
            && quiet.delivered != events
        {
            // What an earlier run delivered says nothing of today.
            if quiet.delivered != 0 {
                quiet.since = now;
            }
            quiet.delivered = events;
        }
    }

    /// The connector that has to be checked now, if one has: that which has been quiet for the longest.
    #[must_use]
    pub fn due(&self, now: SystemTime) -> Option<&str> {
        let due = self.connectors.iter().filter(|(_, quiet)| {
            let quiet_for = now.duration_since(quiet.since).unwrap_or_default();
            quiet_for >= self.every.saturating_sub(quiet.early)
        });
        due.min_by_key(|(_, quiet)| quiet.since)
            .map(|(id, _)| id.as_str())
    }

    /// Notes how a check ended; whether that is news. One that failed is made again sooner, so that it shows when it is mended.
    pub fn checked(&mut self, connector: &str, ok: bool, now: SystemTime) -> bool {
        let every = self.every;
        let Some(quiet) = self.connectors.get_mut(connector) else {
            return false;
        };
        quiet.since = match ok {
            true => now,
            false => before(now, every.saturating_sub(quiet.early + every / 24)),
        };
        std::mem::replace(&mut quiet.failed, !ok) == ok
    }
}

fn before(now: SystemTime, by: Duration) -> SystemTime {
    now.checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A part of `most` that is always the same for one connector.
fn spread(id: &str, most: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let part = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
    most * part / 1000
}
