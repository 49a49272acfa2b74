//! What a person sees while a run works: progress, changes of connectors' states, refused lines as they come.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_connector::{ConnectorStatus, Loss, LossFeed, Multiplexer, State, StateChanges};
use bucketline_service::Error;
use bucketline_service::input::Mark;
use bucketline_service::rejects::Projection;
use bucketline_service::supervise::{Observer, Totals};
use bucketline_service::upkeep::{UpkeepEvent, UpkeepObserver};
use bucketline_service::wire::StoreProtection;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::clock::{Stopwatch, ago};
use crate::report::{Progress, because, note, thousands, warning};

const EVERY: Duration = Duration::from_millis(250);

/// Watches one run.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    multiplexer: &'a Multiplexer,
    losses: LossFeed,
    rejects: Projection,
    progress: Progress,
    stopwatch: Stopwatch,
    every: Interval,
    changes: StateChanges,
    /// What was so when the watch began, to be told first.
    at_first: Vec<ConnectorStatus>,
    /// What was told last of each connector: its state, and the code of what refuses it.
    told: HashMap<String, (State, Option<String>)>,
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
        // Before the states are asked for, so that no change falls between.
        let changes = multiplexer.changes();
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            multiplexer,
            losses: multiplexer.losses(),
            rejects,
            progress: Progress::new(),
            stopwatch,
            every,
            changes,
            at_first: multiplexer.status(),
            told: HashMap::new(),
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

    fn changes(&mut self) {
        while let Some(status) = self
            .at_first
            .pop()
            .or_else(|| self.changes.try_next().map(|change| change.now))
        {
            // One that is refused for another cause needs another person, perhaps; whatever passes by itself is told once.
            let code = match status.state {
                State::Blocked(_) => status.cause.as_ref().and_then(|cause| cause.code.clone()),
                _ => None,
            };
            let told = (status.state, code);
            let before = self.told.insert(status.id.clone(), told.clone());
            if before.unwrap_or((State::Running, None)) == told {
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
pub(crate) struct Findings {
    found: UnboundedSender<UpkeepEvent>,
    notices: Option<Arc<dyn UpkeepObserver>>,
}

impl Findings {
    /// And to whoever is told of changes.
    pub(crate) fn new(notices: Option<Arc<dyn UpkeepObserver>>) -> (Self, UnboundedReceiver<UpkeepEvent>) {
        let (found, finding) = unbounded_channel();
        (Self { found, notices }, finding)
    }
}

impl UpkeepObserver for Findings {
    fn found(&self, event: UpkeepEvent) {
        if let Some(notices) = &self.notices {
            notices.found(event.clone());
        }
        // Nobody listens any more: the run is over.
        drop(self.found.send(event));
    }
}

impl Watch<'_> {
    /// What is about to be given up, and what was: that together, since many lanes go at once.
    fn losses(&mut self) {
        let mut given_up: BTreeMap<(String, &str), u64> = BTreeMap::new();
        while let Some(loss) = self.losses.try_next() {
            match loss {
                Loss::Ahead {
                    connector,
                    percent,
                    events_held,
                    left,
                } => {
                    self.clear();
                    warning(format_args!(
                        "connector `{connector}`: {percent} % of the retention are over for the oldest of the {} events that are \
                         held for it; in {} they are given up",
                        thousands(events_held),
                        roughly(left)
                    ));
                }
                Loss::GivenUp {
                    connector,
                    events,
                    reason,
                    ..
                } => *given_up.entry((connector, reason.as_str())).or_default() += events,
                _ => {}
            }
        }
        for ((connector, reason), events) in given_up {
            self.clear();
            warning(format_args!(
                "connector `{connector}`: {} events were given up ({reason}): `bucketline ledger` accounts for them",
                thousands(events)
            ));
        }
    }
}

/// A time as people say it.
fn roughly(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
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
        self.changes();
        let statuses = self.multiplexer.status();
        self.unprotected();
        self.losses();
        let held: u64 = statuses.iter().map(|status| status.events_held).sum();
        let input = if self.input.is_empty() {
            ""
        } else {
            &format!("{}: ", self.input)
        };
        let text = format!(
            "{input}{} lines accepted, {} events to deliver{}",
            thousands(self.totals.accepted),
            thousands(held),
            statuses
                .iter()
                .filter_map(|status| status.last_delivered)
                .min()
                .map_or_else(String::new, |since| format!(", last object at {}", ago(since))),
        );
        self.progress
            .show(self.stopwatch.elapsed(), self.at.offset, self.length, &text);
    }
}
