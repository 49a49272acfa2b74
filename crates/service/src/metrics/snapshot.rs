//! What stands at one moment: states, counts and what is held, asked for at each scrape.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bucketline_connector::{Blockage, ConnectorStatus, EventLedger, Multiplexer, State};
use metrics::{counter, gauge};

use super::names;

/// The words for states, in the order of how much somebody has to look.
const STATES: [&str; 5] = ["running", "degraded", "blocked", "orphaned", "stopped"];

const CAUSES: [Blockage; 6] = [
    Blockage::Auth,
    Blockage::Bucket,
    Blockage::Encryption,
    Blockage::Conflict,
    Blockage::Quota,
    Blockage::Vendor,
];

/// Takes down how things stand.
pub(super) fn take(multiplexer: &Multiplexer, spool: &Path, now: SystemTime) {
    gauge!(names::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let ledger = multiplexer.ledger();
    for status in multiplexer.status() {
        connector(&status, ledger.connector(&status.id), now);
    }
    for (workspace, lines) in ledger.workspaces() {
        for (outcome, count) in [
            ("accepted", lines.accepted),
            ("duplicate", lines.duplicate),
            ("rejected", lines.rejected),
        ] {
            counter!(names::EVENTS_RECEIVED, "workspace" => workspace.to_owned(), "outcome" => outcome)
                .absolute(count);
        }
    }
    gauge!(names::LEDGER_BALANCED).set(if ledger.balances() { 1.0 } else { 0.0 });
    gauge!(names::SPOOL_BYTES).set(float(bytes_below(spool)));
}

fn connector(status: &ConnectorStatus, events: EventLedger, now: SystemTime) {
    let id = || status.id.clone();
    gauge!(names::CONNECTOR_INFO, "connector" => id(), "workspace" => status.workspace.clone()).set(1.0);
    let is = word(status.state);
    for state in STATES {
        gauge!(names::CONNECTOR_STATE, "connector" => id(), "state" => state)
            .set(f64::from(u8::from(state == is)));
    }
    for cause in CAUSES {
        let blocked = status.state == State::Blocked(cause);
        gauge!(names::CONNECTOR_BLOCKED, "connector" => id(), "cause" => cause.as_str())
            .set(f64::from(u8::from(blocked)));
    }
    counter!(names::EVENTS_ADMITTED, "connector" => id()).absolute(events.admitted);
    counter!(names::EVENTS_DELIVERED, "connector" => id()).absolute(events.delivered);
    counter!(names::EVENTS_DROPPED, "connector" => id()).absolute(events.dropped);
    gauge!(names::PENDING_EVENTS, "connector" => id()).set(float(status.events_held));
    gauge!(names::PENDING_BYTES, "connector" => id()).set(float(status.bytes_held));
    gauge!(names::OLDEST_PENDING, "connector" => id()).set(moment(now, status.oldest_held));
    gauge!(names::LAST_DELIVERY, "connector" => id()).set(moment(now, status.last_delivered));
}

fn word(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Degraded => "degraded",
        State::Blocked(_) => "blocked",
        State::Orphaned => "orphaned",
        _ => "stopped",
    }
}

/// The moment so long ago, in seconds since 1970; 0 for none.
fn moment(now: SystemTime, ago: Option<Duration>) -> f64 {
    let since = ago.and_then(|ago| now.checked_sub(ago)?.duration_since(UNIX_EPOCH).ok());
    since.map_or(0.0, |since| since.as_secs_f64())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; counts are exact to 2^53"
)]
fn float(count: u64) -> f64 {
    count as f64
}

/// The size of all files below a folder; what cannot be read counts for nothing.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
