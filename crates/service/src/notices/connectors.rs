//! What is told of connectors: decided from how they stand now and how they stood before. Pure: it takes the time, and asks nobody.
//! What was told in an earlier process is the outbox's to know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bucketline_connector::{Blockage, Cause, ConnectorStatus, Ledger, State};
use bucketline_notify::{AwsAnswer, Dropped, Event, EventData, EventKind, Subject, Timestamp, Turn};

use crate::model::Installation;

/// Trouble that passes by itself is told where it lasts this long.
const LASTING: Duration = Duration::from_secs(60);

/// How the connectors stood when they were last looked at.
#[derive(Debug)]
pub(super) struct Connectors {
    workspaces: BTreeMap<String, String>,
    /// Those whose check passed before they were started.
    checked: BTreeSet<String>,
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    /// What was delivered when it was first looked at: what comes beyond proves that it delivers.
    delivered: u64,
    dropped: u64,
    proved: bool,
    /// What was handed over last, in this process.
    last: Option<(EventKind, String)>,
}

impl Connectors {
    /// As they stand before anything was delivered, by the ledger of then.
    pub(super) fn new(installation: &Installation, checked: BTreeSet<String>, ledger: &Ledger) -> Self {
        let workspaces = installation
            .connectors
            .iter()
            .map(|connector| (connector.id.to_string(), connector.workspace.to_string()));
        let mut connectors = Self {
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
        let counts = ledger.connector(id);
        self.seen.entry(id.to_owned()).or_insert_with(|| Seen {
            delivered: counts.delivered,
            dropped: counts.dropped,
            proved: self.checked.contains(id),
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
        let counts = ledger.connector(&status.id);
        let seen = self.seen(&status.id, ledger);
        seen.proved |= counts.delivered > seen.delivered;
        let mut told = Vec::new();
        if counts.dropped > seen.dropped {
            let dropped = Dropped::new(counts.dropped - seen.dropped, 0, "retention");
            told.push((EventKind::ConnectorDropped, data(now, status).dropped(dropped)));
            seen.dropped = counts.dropped;
        }
        let data = data(now, status);
        match status.state {
            // Before it has delivered anything nobody knows; of the two, the outbox tells what is news.
            State::Running if seen.proved => {
                let data = EventData::default()
                    .name(&status.name)
                    .pending(status.events_held);
                told.push((EventKind::ConnectorLaunched, data.clone()));
                told.push((EventKind::ConnectorRecovered, data));
            }
            State::Degraded if status.since >= LASTING => {
                told.push((EventKind::ConnectorDegraded, data));
            }
            State::Blocked(blockage) => {
                let data = data.cause(blockage.as_str()).turn(turn(blockage));
                told.push((EventKind::ConnectorBlocked, data));
            }
            State::Orphaned if status.events_held > 0 => {
                told.push((EventKind::ConnectorStopped, data.cause("removed")));
            }
            State::Stopped => {
                told.push((EventKind::ConnectorStopped, data.cause("spool").turn(Turn::Us)));
            }
            _ => {}
        }
        self.news(now, status, ledger, told)
    }

    /// Only what differs from what was handed over last: it would be no news, and is looked at every second.
    fn news(
        &mut self,
        now: Timestamp,
        status: &ConnectorStatus,
        ledger: &Ledger,
        told: Vec<(EventKind, EventData)>,
    ) -> Vec<Event> {
        let Some((kind, data)) = told.last() else {
            return Vec::new();
        };
        let saying = (*kind, data.cause.clone().unwrap_or_default());
        let Some(seen) = self.seen.get_mut(&status.id) else {
            return Vec::new();
        };
        if seen.last.as_ref() == Some(&saying) && *kind != EventKind::ConnectorDropped {
            return Vec::new();
        }
        seen.last = Some(saying);
        let home = self.workspaces.get(&status.id).cloned();
        // Of one that was removed, the log still knows whose it was.
        let mut known = ledger.known_connectors();
        let home = home.or_else(|| {
            let (_, workspace) = known.find(|(id, _)| *id == status.id)?;
            (!workspace.is_empty()).then(|| workspace.to_owned())
        });
        let events = told.into_iter().map(|(kind, data)| {
            let event = Event::new(kind, Subject::connector(&status.id), now).data(data);
            match &home {
                Some(workspace) => event.workspace(workspace),
                None => event,
            }
        });
        events.collect()
    }
}

/// What is told of every trouble.
fn data(now: Timestamp, status: &ConnectorStatus) -> EventData {
    let since = now.as_millis().saturating_sub(millis(status.since));
    let data = EventData::default()
        .name(&status.name)
        .pending(status.events_held)
        .since(Timestamp::from_millis(since));
    match &status.cause {
        Some(cause) => because(data, cause),
        None => data,
    }
}

fn because(mut data: EventData, cause: &Cause) -> EventData {
    data = data.what(&cause.message);
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

/// Whose turn it is where a connector is blocked.
fn turn(blockage: Blockage) -> Turn {
    match blockage {
        Blockage::Conflict => Turn::Us,
        _ => Turn::Customer,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
