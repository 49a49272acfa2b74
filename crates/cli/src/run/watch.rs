//! What a person sees while a run works: progress, changes of connectors' states, refused lines as they come.

use std::collections::HashMap;
use std::time::Duration;

use bucketline_connector::{ConnectorStatus, Multiplexer, State};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Totals;
use crate::clock::Stopwatch;
use crate::failure::Outcome;
use crate::input::Mark;
use crate::rejects::Projection;
use crate::report::{Progress, note, thousands, warning};

const EVERY: Duration = Duration::from_millis(250);

/// Watches one run.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    multiplexer: &'a Multiplexer,
    rejects: Projection,
    progress: Progress,
    stopwatch: Stopwatch,
    every: Interval,
    states: HashMap<String, State>,
    input: String,
    length: Option<u64>,
    at: Mark,
    totals: Totals,
    draining: bool,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(multiplexer: &'a Multiplexer, rejects: Projection, stopwatch: Stopwatch) -> Self {
        let mut every = interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            multiplexer,
            rejects,
            progress: Progress::new(),
            stopwatch,
            every,
            states: HashMap::new(),
            input: String::new(),
            length: None,
            at: Mark::default(),
            totals: Totals::default(),
            draining: false,
        }
    }

    /// An input begins.
    pub(crate) fn reading(&mut self, input: &str, length: Option<u64>) {
        input.clone_into(&mut self.input);
        self.length = length;
    }

    /// The input was accepted to here.
    pub(crate) const fn read(&mut self, at: Mark) {
        self.at = at;
    }

    /// The counts of this run so far.
    ///
    /// # Errors
    /// Refused lines cannot be listed: exit code 4.
    pub(crate) fn totals(&mut self, totals: Totals) -> Outcome<()> {
        let refused = totals.rejected != self.totals.rejected;
        self.totals = totals;
        if refused { self.rejects.catch_up() } else { Ok(()) }
    }

    /// Waits for the next moment to look, then looks. Cancel safe.
    pub(crate) async fn tick(&mut self) {
        self.every.tick().await;
        let statuses = self.multiplexer.status();
        self.changes(&statuses);
        let held: u64 = statuses.iter().map(|status| status.events_held).sum();
        let input = if self.input.is_empty() {
            ""
        } else {
            &format!("{}: ", self.input)
        };
        let text = format!(
            "{input}{} lines accepted, {} events to deliver",
            thousands(self.totals.accepted),
            thousands(held)
        );
        self.progress
            .show(self.stopwatch.elapsed(), self.at.offset, self.length, &text);
    }

    /// Waits and looks for as long as it is let. Cancel safe.
    pub(crate) async fn until_cancelled(&mut self) {
        loop {
            self.tick().await;
        }
    }

    /// The end is near, and will say in full what is in the way.
    pub(crate) const fn draining(&mut self) {
        self.draining = true;
    }

    /// Takes the progress away, so that what follows stands alone.
    pub(crate) fn clear(&mut self) {
        self.progress.clear();
    }

    fn changes(&mut self, statuses: &[ConnectorStatus]) {
        for status in statuses {
            let before = self
                .states
                .insert(status.id.clone(), status.state)
                .unwrap_or(State::Running);
            if before == status.state {
                continue;
            }
            self.progress.clear();
            let who = format!("connector `{}` ({})", status.id, status.name);
            match (&status.cause, status.state) {
                (_, State::Running) => note(format_args!("{who} delivers again")),
                (None, State::Orphaned) => {} // Removed, with nothing left to deliver.
                (_, state) if self.draining => note(format_args!("{who} is {state}")),
                (Some(cause), state) => warning(format_args!("{who} is {state}: {cause}")),
                (None, state) => warning(format_args!("{who} is {state}")),
            }
        }
    }
}
