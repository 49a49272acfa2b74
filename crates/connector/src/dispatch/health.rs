//! The health of one connector's store: whether it is tried like the others, tried alone, or only probed. Knows no lanes and no slots.

use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use bucketline_spool::SpoolTime;

use crate::Backoff;
use crate::state::{Blockage, Cause};

/// How many failures in a row make a connector one in trouble.
const TROUBLE: u32 = 3;

/// How one connector's store behaves.
#[derive(Debug)]
pub(crate) struct Health {
    condition: Condition,
    last_error: Option<Cause>,
    /// Failures in a row that pass by themselves.
    failures: u32,
    /// Successes in a row.
    successes: u32,
    /// What spreads its delays among those of others.
    seed: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// Tried like all others.
    Well,
    /// One object at a time, apart from the others, and not before a moment.
    Trouble { next_try: SpoolTime },
    /// Nothing but probes.
    Blocked {
        blockage: Blockage,
        cause: Cause,
        /// When the last probe was refused. What began earlier and is refused later is no probe.
        at: SpoolTime,
        probes: u32,
        next_probe: SpoolTime,
    },
    /// It stores what it is given, but not as asked: nothing more until somebody says that this was changed.
    Barred { blockage: Blockage, cause: Cause },
}

/// What of a connector's health decides its state: as long as it is the same, so is the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    blockage: Option<Blockage>,
    degraded: bool,
    cause: u64,
}

/// When a connector may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Like all others, with so many objects at a time.
    Common { at_a_time: usize },
    /// Apart from the others, one object at a time, from this moment on.
    Apart { from: SpoolTime },
    /// Not at all.
    Never,
}

impl Health {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            condition: Condition::Well,
            last_error: None,
            failures: 0,
            successes: 0,
            seed,
        }
    }

    /// When it may be tried next. A store that has not proved itself gets one object first; then one more at a time for each success.
    pub(crate) fn turn(&self, most: usize) -> Turn {
        match &self.condition {
            Condition::Well => Turn::Common {
                at_a_time: usize::try_from(self.successes)
                    .unwrap_or(most)
                    .saturating_add(1)
                    .min(most),
            },
            Condition::Trouble { next_try } => Turn::Apart { from: *next_try },
            Condition::Blocked { next_probe, .. } => Turn::Apart { from: *next_probe },
            Condition::Barred { .. } => Turn::Never,
        }
    }

    /// The store answered as it should.
    pub(crate) fn worked(&mut self) {
        self.failures = 0;
        self.successes = self.successes.saturating_add(1);
        self.condition = Condition::Well;
    }

    /// The store failed in a way that passes.
    pub(crate) fn failed(&mut self, now: SpoolTime, cause: Cause, retry: Backoff, probe: Backoff) {
        self.last_error = Some(cause);
        self.failures = self.failures.saturating_add(1);
        self.successes = 0;
        match &mut self.condition {
            Condition::Well | Condition::Trouble { .. } => {
                if self.failures >= TROUBLE || matches!(self.condition, Condition::Trouble { .. }) {
                    let next_try = now.plus(retry.delay(self.failures, self.seed));
                    self.condition = Condition::Trouble { next_try };
                }
            }
            Condition::Blocked {
                at,
                probes,
                next_probe,
                ..
            } => {
                *at = now;
                *probes = probes.saturating_add(1);
                *next_probe = now.plus(probe.delay(*probes, self.seed));
            }
            Condition::Barred { .. } => {}
        }
    }

    /// The store takes long to answer.
    pub(crate) fn slow(&mut self, now: SpoolTime, cause: Cause) {
        if self.condition == Condition::Well {
            self.condition = Condition::Trouble { next_try: now };
        }
        self.last_error = Some(cause);
        self.successes = 0;
    }

    /// The store refused something that was `begun` at a moment.
    pub(crate) fn refused(
        &mut self,
        now: SpoolTime,
        begun: SpoolTime,
        blockage: Blockage,
        cause: Cause,
        probe: Backoff,
    ) {
        self.last_error = Some(cause.clone());
        self.successes = 0;
        let (at, probes, next_probe) = match &self.condition {
            Condition::Barred { .. } => return,
            // Of several that were under way when it was refused, one is told first; the others tell nothing new.
            Condition::Blocked {
                at,
                probes,
                next_probe,
                ..
            } if begun < *at => (*at, *probes, *next_probe),
            Condition::Blocked { probes, .. } => {
                let probes = probes.saturating_add(1);
                (now, probes, now.plus(probe.delay(probes, self.seed)))
            }
            Condition::Well | Condition::Trouble { .. } => (now, 1, now.plus(probe.delay(1, self.seed))),
        };
        self.condition = Condition::Blocked {
            blockage,
            cause,
            at,
            probes,
            next_probe,
        };
    }

    /// The store does what must not go on, and would do it again.
    pub(crate) fn bar(&mut self, blockage: Blockage, cause: Cause) {
        self.last_error = Some(cause.clone());
        self.successes = 0;
        self.condition = Condition::Barred { blockage, cause };
    }

    /// Somebody says that what barred it was changed: it is tried, one object at a time.
    pub(crate) fn unbar(&mut self, now: SpoolTime) {
        if matches!(self.condition, Condition::Barred { .. }) {
            self.condition = Condition::Trouble { next_try: now };
        }
    }

    /// It may work again: it is tried at once, where it is tried at all.
    pub(crate) fn hasten(&mut self, now: SpoolTime) {
        match &mut self.condition {
            Condition::Trouble { next_try } => *next_try = now,
            Condition::Blocked { next_probe, .. } => *next_probe = now,
            Condition::Well | Condition::Barred { .. } => {}
        }
    }

    /// What stands in its way, if it is refused.
    pub(crate) fn blockage(&self) -> Option<(Blockage, &Cause)> {
        match &self.condition {
            Condition::Blocked { blockage, cause, .. } | Condition::Barred { blockage, cause } => {
                Some((*blockage, cause))
            }
            Condition::Well | Condition::Trouble { .. } => None,
        }
    }

    /// What of it decides the connector's state.
    pub(crate) fn look(&self) -> Look {
        let blocked = self.blockage();
        let degraded = self.is_degraded();
        let cause = match blocked {
            Some((_, cause)) => Some(cause),
            None => self.last_error.as_ref().filter(|_| degraded),
        };
        let mut hash = std::hash::DefaultHasher::new();
        cause.map(|cause| (cause.turn, &cause.code)).hash(&mut hash);
        Look {
            blockage: blocked.map(|(blockage, _)| blockage),
            degraded,
            cause: hash.finish(),
        }
    }

    /// Whether it is not even probed.
    pub(crate) fn is_barred(&self) -> bool {
        matches!(self.condition, Condition::Barred { .. })
    }

    /// Whether its last answer was the right one.
    pub(crate) fn is_proved(&self) -> bool {
        self.successes > 0
    }

    /// Whether it fails now and then, or takes long.
    pub(crate) fn is_degraded(&self) -> bool {
        self.failures > 0 || matches!(self.condition, Condition::Trouble { .. })
    }

    /// How long until it is tried, where it is not tried like the others.
    pub(crate) fn next_try(&self, now: SpoolTime) -> Option<Duration> {
        match self.turn(1) {
            Turn::Apart { from } => Some(from.since(now)),
            Turn::Common { .. } | Turn::Never => None,
        }
    }

    pub(crate) fn last_error(&self) -> Option<&Cause> {
        self.last_error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
    const PROBE: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(600));

    fn cause() -> Cause {
        Cause::plain(crate::state::Party::Customer, "no", "")
    }

    fn at(seconds: u64) -> SpoolTime {
        SpoolTime::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_store_is_given_more_at_a_time_as_it_proves_itself() {
        let mut health = Health::new(1);
        for at_a_time in [1, 2, 3, 4, 4] {
            assert_eq!(health.turn(4), Turn::Common { at_a_time });
            health.worked();
        }
        health.failed(at(2), cause(), RETRY, PROBE);
        assert_eq!(health.turn(4), Turn::Common { at_a_time: 1 });
    }

    #[test]
    fn a_store_that_keeps_failing_is_tried_alone_and_ever_more_seldom() {
        let mut health = Health::new(1);
        let mut before = Duration::ZERO;
        for failure in 1..20 {
            health.failed(at(100), cause(), RETRY, PROBE);
            let Turn::Apart { from } = health.turn(4) else {
                assert!(failure < TROUBLE, "{failure}");
                continue;
            };
            let delay = from.since(at(100));
            assert!(
                delay >= before / 4 && delay <= Duration::from_secs(60),
                "{failure}: {delay:?}"
            );
            before = delay;
        }
        assert!(before >= Duration::from_secs(30));
        health.worked();
        assert_eq!(health.turn(4), Turn::Common { at_a_time: 2 });
    }

    #[test]
    fn refusals_of_what_was_under_way_together_are_one_probe() {
        let mut health = Health::new(1);
        for _ in 0..4 {
            health.refused(at(9), at(8), Blockage::Auth, cause(), PROBE);
        }
        let wait = health.next_try(at(9)).unwrap();
        assert!(wait <= Duration::from_secs(10), "{wait:?}");
        health.refused(at(20), at(19), Blockage::Auth, cause(), PROBE);
        assert!(
            health.next_try(at(20)).unwrap() >= Duration::from_secs(10),
            "the second probe"
        );
    }

    #[test]
    fn what_is_barred_is_not_probed_until_somebody_says_so() {
        let mut health = Health::new(1);
        health.bar(Blockage::Encryption, cause());
        health.hasten(at(2));
        health.refused(at(2), at(1), Blockage::Auth, cause(), PROBE);
        assert_eq!(
            (health.turn(4), health.blockage().unwrap().0),
            (Turn::Never, Blockage::Encryption)
        );
        health.unbar(at(3));
        assert_eq!(health.turn(4), Turn::Apart { from: at(3) });
    }
}
