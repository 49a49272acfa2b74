//! The steps, taken in order. What each asks is in the files below; this one keeps the order and the time.

mod access;
mod offline;
mod owner;
mod store;

use std::sync::Arc;
use std::time::Duration;

use bucketline_auth::{AccountId, Clock, Jitter, SystemClock, SystemJitter};

use crate::report::{Report, Step, StepName, Verdict};
use crate::target::Target;

/// How a check is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Whether to ask for the role without its external ID, and with a random one. At create, at a change of role and on
    /// demand, never on a timer: it leaves lines in the customer's trail.
    pub negative_probe: bool,
    /// How long a role that was just made may take to be seen everywhere: refusals are asked again for so long.
    pub propagation: Duration,
    /// By which steps are timed.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub jitter: Arc<dyn Jitter>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            negative_probe: true,
            propagation: Duration::ZERO,
            clock: Arc::new(SystemClock::default()),
            jitter: Arc::new(SystemJitter::default()),
        }
    }
}

impl Settings {
    /// Leaves the negative probe out.
    #[must_use]
    pub fn without_negative_probe(mut self) -> Self {
        self.negative_probe = false;
        self
    }

    /// Waits for a new role to be seen everywhere: AWS gives no bound; 120 s is usual.
    #[must_use]
    pub fn propagation(mut self, limit: Duration) -> Self {
        self.propagation = limit;
        self
    }
}

/// Checks a target, step by step, with production's own sink. Nothing is left in its folder.
///
/// # Cancel safety
///
/// Safe: a test object may be left under `_bucketline/check`, where the next check replaces it.
pub async fn check(target: &Target, settings: &Settings) -> Report {
    let mut run = Run {
        target,
        settings,
        report: Report::new(target.kind, target.id.clone()),
        caller: None,
    };
    let sound = run.step(StepName::Offline, async { offline::look(target) }).await;
    let known = sound && access::identity(&mut run).await;
    access::external_id_required(&mut run, known).await;
    if let Some(place) = &target.place {
        store::look(&mut run, place, known).await;
    }
    run.report.steps.sort_by_key(|step| step.step);
    run.report
}

/// A check under way.
#[derive(Debug)]
struct Run<'a> {
    target: &'a Target,
    settings: &'a Settings,
    report: Report,
    /// The account of the key, once it is known.
    caller: Option<AccountId>,
}

impl Run<'_> {
    /// Takes a step and writes it down; whether what follows makes sense.
    async fn step(&mut self, name: StepName, taken: impl Future<Output = Step>) -> bool {
        let before = self.settings.clock.now();
        let mut step = taken.await;
        step.elapsed = self
            .settings
            .clock
            .now()
            .duration_since(before)
            .unwrap_or_default();
        step.step = name;
        let goes_on = !matches!(step.verdict, Verdict::Fail | Verdict::Inconclusive);
        self.report.steps.push(step);
        goes_on
    }

    fn skip(&mut self, name: StepName, why: &str) {
        self.report.steps.push(Step::new(name, Verdict::Skipped, why));
    }
}
