//! What a person sees while a run works: progress, changes of connectors' states, refused lines as they come.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_connector::{ConnectorStatus, Multiplexer, State};
use bucketline_service::Error;
use bucketline_service::input::Mark;
use bucketline_service::rejects::Projection;
use bucketline_service::supervise::{Observer, Totals};
use bucketline_service::upkeep::{UpkeepEvent, UpkeepObserver};
use bucketline_service::wire::StoreProtection;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::clock::Stopwatch;
use crate::report::{Progress, because, note, thousands, warning};

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
    found: UnboundedReceiver<UpkeepEvent>,
    protections: Vec<StoreProtection>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        multiplexer: &'a Multiplexer,
        rejects: Projection,
        stopwatch: Stopwatch,
        found: UnboundedReceiver<UpkeepEvent>,
    ) -> Self {
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
            found,
            protections: Vec::new(),
        }
    }

    /// Watches as well whether these stores keep a second writer away.
    pub(crate) fn protections(self, protections: Vec<StoreProtection>) -> Self {
        Self { protections, ..self }
    }

    /// Says which stores were seen to overwrite, each once.
    pub(crate) fn unprotected(&mut self) {
        for protection in &self.protections {
            if let Some(text) = protection.warning() {
                self.progress.clear();
                warning(text);
            }
        }
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

    /// What was found beside deliveries since the last look.
    fn findings(&mut self) {
        while let Ok(event) = self.found.try_recv() {
            self.progress.clear();
            if event.is_trouble() {
                warning(event);
            } else {
                note(event);
            }
        }
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
            let span = tracing::error_span!("connector", connector = %status.id);
            let _entered = span.enter();
            let who = format!("connector `{}` ({})", status.id, status.name);
            match (&status.cause, status.state) {
                (_, State::Running) => note(format_args!("{who} delivers again")),
                (None, State::Orphaned) => {} // Removed, with nothing left to deliver.
                (_, state) if self.draining => note(format_args!("{who} is {state}")),
                (Some(cause), state) => {
                    let why = because(cause, &std::io::stderr());
                    warning(format_args!("{who} is {state}{why}"));
                }
                (None, state) => warning(format_args!("{who} is {state}")),
            }
        }
    }
}

/// Hands on what is found beside deliveries, to be told when it fits.
#[derive(Debug)]
pub(crate) struct Findings(UnboundedSender<UpkeepEvent>);

impl Findings {
    pub(crate) fn new() -> (Self, UnboundedReceiver<UpkeepEvent>) {
        let (found, finding) = unbounded_channel();
        (Self(found), finding)
    }
}

impl UpkeepObserver for Findings {
    fn found(&self, event: UpkeepEvent) {
        // Nobody listens any more: the run is over.
        drop(self.0.send(event));
    }
}

#[async_trait]
impl Observer for Watch<'_> {
    fn reading(&mut self, input: &str, length: Option<u64>) {
        input.clone_into(&mut self.input);
        self.length = length;
    }

    fn read(&mut self, at: Mark) {
        self.at = at;
    }

    fn totals(&mut self, totals: Totals) -> Result<(), Error> {
        let refused = totals.rejected != self.totals.rejected;
        self.totals = totals;
        if refused { self.rejects.catch_up() } else { Ok(()) }
    }

    fn note(&mut self, text: &str) {
        self.clear();
        note(text);
    }

    fn warning(&mut self, text: &str) {
        self.clear();
        warning(text);
    }

    async fn tick(&mut self) {
        self.every.tick().await;
        self.findings();
        let statuses = self.multiplexer.status();
        self.changes(&statuses);
        self.unprotected();
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
}
