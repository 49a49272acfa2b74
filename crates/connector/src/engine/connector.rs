//! The health of one connector: whether it is tried like the others, tried alone, or only probed.

use std::collections::VecDeque;
use std::sync::Arc;

use bucketline_spool::SpoolTime;

use super::{Engine, Opening, Timer};
use crate::ConnectorId;
use crate::shard::LaneId;
use crate::state::{Blockage, Cause};

/// How many failures in a row make a connector one in trouble.
const TROUBLE: u32 = 3;

/// What is not in the log of a connector.
#[derive(Debug)]
pub(super) struct ConnectorRun {
    /// Nothing if the configuration has no such connector.
    pub(super) configured: Option<(ConnectorId, String)>,
    pub(super) health: Health,
    pub(super) since: SpoolTime,
    pub(super) last_error: Option<Cause>,
    /// Failures in a row that pass by themselves.
    pub(super) failures: u32,
    /// Slots it holds among those for all.
    pub(super) slots: usize,
    /// Whether it holds one of those for connectors in trouble.
    pub(super) trying: bool,
    /// Whether it stands in the queue for one.
    pub(super) in_line: bool,
    /// Lanes that are due, while it is in trouble.
    pub(super) waiting: VecDeque<LaneId>,
    /// Lanes in conflict.
    pub(super) conflicts: usize,
    /// Whether it was blocked again since the drain began.
    pub(super) tried: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// Tried like all others.
    Well,
    /// One object at a time, apart from the others.
    Trouble,
    /// Nothing but probes.
    Blocked {
        blockage: Blockage,
        cause: Cause,
        probes: u32,
        next_probe: SpoolTime,
    },
}

impl ConnectorRun {
    pub(super) fn new(opening: &Opening, id: &Arc<str>, now: SpoolTime) -> Self {
        let configured = opening.configured.get(&**id).cloned();
        Self {
            configured,
            health: Health::Well,
            since: now,
            last_error: None,
            failures: 0,
            slots: 0,
            trying: false,
            in_line: false,
            waiting: VecDeque::new(),
            conflicts: 0,
            tried: false,
        }
    }

    pub(super) fn is_well(&self) -> bool {
        self.health == Health::Well
    }
}

impl Engine {
    /// The store answered as it should.
    pub(super) fn store_works(&mut self, now: SpoolTime, connector: usize) {
        let Some(run) = self.connectors.get_mut(connector) else {
            return;
        };
        if run.failures > 0 || !run.is_well() {
            run.since = now;
        }
        run.failures = 0;
        if !run.is_well() {
            run.health = Health::Well;
            for lane in std::mem::take(&mut run.waiting) {
                self.turns.push(connector, lane);
            }
        }
    }

    /// The store failed in a way that passes.
    pub(super) fn store_failed(&mut self, now: SpoolTime, connector: usize, cause: Cause) {
        let delay = self.settings.probe;
        let Some(run) = self.connectors.get_mut(connector) else {
            return;
        };
        run.last_error = Some(cause);
        run.failures += 1;
        match &mut run.health {
            Health::Well => {
                if run.failures == 1 {
                    run.since = now;
                }
                if run.failures >= TROUBLE {
                    run.health = Health::Trouble;
                    run.waiting.extend(self.turns.take(connector));
                }
            }
            Health::Trouble => {}
            Health::Blocked {
                probes, next_probe, ..
            } => {
                *probes += 1;
                *next_probe = now.plus(delay.delay(*probes, connector as u64));
            }
        }
        self.stand_in_line(now, connector);
    }

    /// The store refused.
    pub(super) fn store_refused(
        &mut self,
        now: SpoolTime,
        connector: usize,
        blockage: Blockage,
        cause: Cause,
    ) {
        let delay = self.settings.probe;
        let Some(run) = self.connectors.get_mut(connector) else {
            return;
        };
        run.last_error = Some(cause.clone());
        run.tried = true;
        let probes = match run.health {
            Health::Blocked { probes, .. } => probes + 1,
            _ => {
                run.since = now;
                run.waiting.extend(self.turns.take(connector));
                1
            }
        };
        let next_probe = now.plus(delay.delay(probes, connector as u64));
        run.health = Health::Blocked {
            blockage,
            cause,
            probes,
            next_probe,
        };
        self.stand_in_line(now, connector);
    }

    /// Puts a connector in trouble in line to be tried, if something waits for it and it may be tried now; else sets a timer.
    pub(super) fn stand_in_line(&mut self, now: SpoolTime, connector: usize) {
        let Some(run) = self.connectors.get_mut(connector) else {
            return;
        };
        if run.in_line || run.trying || run.waiting.is_empty() {
            return;
        }
        match run.health {
            Health::Well => {}
            Health::Blocked { next_probe, .. } if next_probe > now => {
                self.timers.insert((next_probe, Timer::Probe(connector)));
            }
            Health::Blocked { .. } | Health::Trouble => {
                run.in_line = true;
                self.trouble.push_back(connector);
            }
        }
    }

    /// Someone says that a connector may work again.
    pub(super) fn wake(&mut self, now: SpoolTime, id: Option<&ConnectorId>) {
        let wanted = |run: &ConnectorRun| match (&run.configured, id) {
            (Some((known, _)), Some(id)) => known == id,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let woken: Vec<usize> = self
            .connectors
            .iter()
            .enumerate()
            .filter(|(_, run)| wanted(run))
            .map(|(place, _)| place)
            .collect();
        for connector in woken {
            self.wake_connector(now, connector);
        }
    }

    pub(super) fn wake_connector(&mut self, now: SpoolTime, connector: usize) {
        if let Some(Health::Blocked { next_probe, .. }) =
            self.connectors.get_mut(connector).map(|run| &mut run.health)
        {
            *next_probe = now;
        }
        let lanes = self.fold.connectors.get(connector).map(|book| book.lanes.clone());
        for lane in lanes.into_iter().flatten() {
            self.stop_waiting(now, lane);
        }
        self.stand_in_line(now, connector);
    }
}
