//! What is told of connectors: decided from how they stand now and how they stood before. Pure: it takes the time, and asks nobody.
//! What was told in an earlier process is the outbox's to know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bucketline_connector::{Cause, ConnectorStatus, Ledger, Party, State};
use bucketline_notify::{AwsAnswer, Dropped, Event, EventData, EventKind, Subject, Timestamp, Turn};

use crate::model::Installation;

/// Trouble that passes by itself is told where it lasts this long.
const LASTING: Duration = Duration::from_secs(60);
/// Of a loss that comes near is told when so many percent of the retention have passed.
const WARNED_AT: [u8; 3] = [50, 75, 90];

/// How the connectors stood when they were last looked at.
#[derive(Debug)]
pub(super) struct Connectors {
    retention: Duration,
    workspaces: BTreeMap<String, String>,
    /// Those whose check passed before they were started.
    checked: BTreeSet<String>,
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    /// What was delivered when it was first looked at: what comes beyond proves that it delivers.
    delivered: u64,
    /// What was given up: events and bytes, by reason.
    dropped: GivenUp,
    proved: bool,
    /// How much of the retention has passed, of the steps that are warned of.
    warned: u8,
    /// What was handed over last of its state, in this process.
    last: Option<(EventKind, String)>,
}

type GivenUp = BTreeMap<&'static str, (u64, u64)>;

impl Connectors {
    /// As they stand before anything was delivered, by the ledger of then.
    pub(super) fn new(installation: &Installation, checked: BTreeSet<String>, ledger: &Ledger) -> Self {
        let workspaces = installation
            .connectors
            .iter()
            .map(|connector| (connector.id.to_string(), connector.workspace.to_string()));
        let mut connectors = Self {
            retention: installation.spool.retention,
            workspaces: workspaces.collect(),
            checked,
            seen: BTreeMap::new(),
        };
        for connector in &installation.connectors {
            connectors.seen(connector.id.as_str(), ledger);
        }
        connectors
    }

    fn seen(&mut self, id: &str, ledger: &Ledger) -> &mut Seen {
        self.seen.entry(id.to_owned()).or_insert_with(|| Seen {
            delivered: ledger.connector(id).delivered,
            dropped: given_up(ledger, id),
            proved: self.checked.contains(id),
            warned: 0,
            last: None,
        })
    }

    /// What is to be told now.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        statuses: &[ConnectorStatus],
        ledger: &Ledger,
    ) -> Vec<Event> {
        statuses
            .iter()
            .flat_map(|status| self.look_at(now, status, ledger))
            .collect()
    }

    fn look_at(&mut self, now: Timestamp, status: &ConnectorStatus, ledger: &Ledger) -> Vec<Event> {
        let percent = passed(status, self.retention);
        let seen = self.seen(&status.id, ledger);
        seen.proved |= ledger.connector(&status.id).delivered > seen.delivered;
        let mut told = dropped(now, status, seen, ledger);
        let warning_changed = std::mem::replace(&mut seen.warned, percent) != percent;
        if warning_changed && percent > 0 {
            told.push((EventKind::ConnectorWarned, data(now, status).percent(percent)));
        }
        let state = state(now, status, seen);
        let saying = state
            .last()
            .map(|(kind, data)| (*kind, data.cause.clone().unwrap_or_default()));
        // The same again would be no news, and is looked at every second.
        if warning_changed || saying != seen.last {
            seen.last = saying;
            told.extend(state);
        }
        if told.is_empty() {
            return Vec::new();
        }
        let home = self.home(&status.id, ledger);
        let events = told.into_iter().map(|(kind, data)| {
            let event = Event::new(kind, Subject::connector(&status.id), now).data(data);
            match &home {
                Some(workspace) => event.workspace(workspace),
                None => event,
            }
        });
        events.collect()
    }

    /// The workspace of a connector; of one that was removed, the log still knows it.
    fn home(&self, id: &str, ledger: &Ledger) -> Option<String> {
        if let Some(home) = self.workspaces.get(id) {
            return Some(home.clone());
        }
        let mut known = ledger.known_connectors();
        let (_, workspace) = known.find(|(known, _)| *known == id)?;
        (!workspace.is_empty()).then(|| workspace.to_owned())
    }
}

type Told = Vec<(EventKind, EventData)>;

/// What is told of a connector's state.
fn state(now: Timestamp, status: &ConnectorStatus, seen: &Seen) -> Told {
    let data = data(now, status);
    match status.state {
        // Before it has delivered anything nobody knows; of the two, the outbox tells what is news.
        State::Running if seen.proved => {
            let data = EventData::default()
                .name(&status.name)
                .pending(status.events_held);
            let mut told = vec![(EventKind::ConnectorLaunched, data.clone())];
            if seen.warned == 0 {
                told.push((EventKind::ConnectorRecovered, data));
            }
            told
        }
        State::Degraded if status.since >= LASTING => vec![(EventKind::ConnectorDegraded, data)],
        State::Blocked(blockage) => {
            vec![(EventKind::ConnectorBlocked, data.cause(blockage.as_str()))]
        }
        State::Orphaned if status.events_held > 0 => {
            vec![(EventKind::ConnectorStopped, data.cause("removed"))]
        }
        State::Stopped => vec![(EventKind::ConnectorStopped, data.cause("spool").turn(Turn::Us))],
        _ => Vec::new(),
    }
}

/// What was given up since it was looked at last, by reason.
fn dropped(now: Timestamp, status: &ConnectorStatus, seen: &mut Seen, ledger: &Ledger) -> Told {
    let given_up = given_up(ledger, &status.id);
    let before = std::mem::replace(&mut seen.dropped, given_up.clone());
    let mut told = Vec::new();
    for (reason, (events, bytes)) in given_up {
        let (events_before, bytes_before) = before.get(reason).copied().unwrap_or_default();
        if events > events_before {
            let dropped = Dropped::new(events - events_before, bytes.saturating_sub(bytes_before), reason);
            told.push((EventKind::ConnectorDropped, data(now, status).dropped(dropped)));
        }
    }
    told
}

/// All that was given up of a connector's events.
fn given_up(ledger: &Ledger, id: &str) -> GivenUp {
    let mut sums = GivenUp::new();
    if ledger.connector(id).dropped == 0 {
        return sums;
    }
    for (_, event_type, _) in ledger.connectors().filter(|(connector, ..)| *connector == id) {
        for part in ledger.given_up(id, event_type) {
            let (events, bytes) = sums.entry(part.reason.as_str()).or_default();
            *events += part.count;
            *bytes += part.bytes;
        }
    }
    sums
}

/// How much of the retention has passed for the oldest of what waits, of the steps that are warned of; 0 before the first.
fn passed(status: &ConnectorStatus, retention: Duration) -> u8 {
    let Some(left) = status.loss_in else { return 0 };
    let passed = retention.saturating_sub(left).as_millis() * 100 / retention.as_millis().max(1);
    let steps = WARNED_AT.iter().rev();
    steps
        .copied()
        .find(|step| passed >= u128::from(*step))
        .unwrap_or_default()
}

/// What is told of every trouble.
fn data(now: Timestamp, status: &ConnectorStatus) -> EventData {
    let since = now.as_millis().saturating_sub(millis(status.since));
    let data = EventData::default()
        .name(&status.name)
        .pending(status.events_held)
        .since(Timestamp::from_millis(since));
    let data = match status.loss_in {
        Some(left) => data.loss_at(now.after(left)),
        None => data,
    };
    match &status.cause {
        Some(cause) => because(data, cause),
        None => data,
    }
}

fn because(mut data: EventData, cause: &Cause) -> EventData {
    data = data.what(&cause.message).turn(match cause.turn {
        Party::Customer => Turn::Customer,
        Party::Us => Turn::Us,
        Party::Store => Turn::Aws,
    });
    if !cause.advice.is_empty() {
        data = data.remedy(&cause.advice);
    }
    let Some(code) = &cause.code else {
        return data;
    };
    let answer = AwsAnswer::new(code);
    data.aws(match &cause.request_id {
        Some(id) => answer.request_id(id),
        None => answer,
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
