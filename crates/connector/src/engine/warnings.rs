//! Warnings before anything is given up: how much of the retention is over for what a connector holds.

use std::collections::HashMap;
use std::time::Duration;

use bucketline_spool::SpoolTime;

use super::{Command, Engine};
use crate::loss::Loss;

/// Parts of the retention, in hundredths, at which it is told that they are over.
const TOLD_AT: [u8; 3] = [50, 75, 90];

impl Engine {
    /// Tells which connectors are about to lose something, each part of the retention once.
    pub(super) fn warn_of_losses(&mut self, now: SpoolTime) {
        let retention = self.settings.retention;
        let mut oldest: HashMap<usize, (SpoolTime, u64)> = HashMap::new();
        for run in self.shards.values().filter(|run| run.failed.is_none()) {
            for (book, connector) in run.fold.connectors.iter().zip(&run.connectors) {
                let lanes = book.lanes.iter().filter_map(|lane| run.state(*lane)?.oldest);
                let Some(first) = lanes.map(|oldest| run.moment(oldest)).min() else {
                    continue;
                };
                let (known, events) = oldest.entry(*connector).or_insert((first, 0));
                *known = first.min(*known);
                *events += book.events_held;
            }
        }
        self.warned.retain(|connector, _| oldest.contains_key(connector));
        for (connector, (first, events_held)) in oldest {
            let held = now.since(first);
            let over = TOLD_AT
                .into_iter()
                .rev()
                .find(|percent| held >= part_of(retention, *percent));
            let before = match over {
                Some(percent) => self.warned.insert(connector, percent),
                None => self.warned.remove(&connector),
            };
            if let Some(percent) = over.filter(|percent| before.is_none_or(|before| before < *percent))
                && let Some(standing) = self.dispatcher.get(connector)
            {
                let loss = Loss::Ahead {
                    connector: standing.id.to_string(),
                    percent,
                    events_held,
                    left: retention.saturating_sub(held),
                };
                self.commands.push(Command::Loss(Box::new(loss)));
            }
        }
    }

    /// When the next part of the retention is over for something that was admitted at a moment.
    pub(super) fn next_warning(&self, now: SpoolTime, admitted: SpoolTime) -> SpoolTime {
        let retention = self.settings.retention;
        let parts = TOLD_AT.into_iter().chain([100]);
        let mut moments = parts.map(|percent| admitted.plus(part_of(retention, percent)));
        moments.find(|moment| *moment > now).unwrap_or(now)
    }
}

fn part_of(retention: Duration, percent: u8) -> Duration {
    retention / 100 * u32::from(percent)
}
