//! What is said at the end of a run: a line per connector since the spool began, then what this run did, then the sum.

use std::time::Duration;

use bucketline_connector::{ConnectorReport, DrainReport, State};
use bucketline_service::supervise::Totals;
use serde_json::{Value, json};

use crate::clock::ago;
use crate::report::{because, result, thousands};

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Summary<'a> {
    pub(crate) report: &'a DrainReport,
    /// The lines read in this run.
    pub(crate) totals: Totals,
    pub(crate) took: Duration,
}

impl Summary<'_> {
    /// Prints it as one JSON object.
    pub(crate) fn print_json(&self) {
        let Totals {
            accepted,
            duplicate,
            rejected,
            ..
        } = self.totals;
        let connectors: Vec<Value> = self.report.connectors.iter().map(json).collect();
        result(json!({
            "complete": self.report.is_complete(),
            "timed_out": self.report.timed_out,
            "lines": {
                "read": accepted + duplicate + rejected,
                "accepted": accepted,
                "duplicate": duplicate,
                "rejected": rejected,
            },
            "seconds": self.took.as_secs_f64(),
            "connectors": connectors,
        }));
    }

    /// Prints it for people.
    pub(crate) fn print(&self) {
        let width = self
            .report
            .connectors
            .iter()
            .map(|c| c.name.chars().count())
            .max()
            .unwrap_or(0);
        for connector in &self.report.connectors {
            result(format_args!("{}", line(connector, width)));
        }
        let sum = |of: fn(&ConnectorReport) -> u64| self.report.connectors.iter().map(of).sum::<u64>();
        let Totals {
            accepted,
            duplicate,
            rejected,
            ..
        } = self.totals;
        result(format_args!(
            "this run: {} lines read, {} accepted, {} duplicate, {} rejected, in {:.1} s",
            thousands(accepted + duplicate + rejected),
            thousands(accepted),
            thousands(duplicate),
            thousands(rejected),
            self.took.as_secs_f64(),
        ));
        result(format_args!(
            "in all: {} events delivered in {} objects, {} pending",
            thousands(sum(|c| c.delivered)),
            thousands(sum(|c| c.objects)),
            thousands(sum(|c| c.pending)),
        ));
    }
}

/// `name (id): admitted 3, delivered 3, objects 1, pending 0, running`.
fn line(connector: &ConnectorReport, width: usize) -> String {
    let ConnectorReport { name, id, .. } = connector;
    let mut line = format!(
        "{name:width$}  {id}  admitted: {}  delivered: {}  objects: {}  pending: {}",
        thousands(connector.admitted),
        thousands(connector.delivered),
        thousands(connector.objects),
        thousands(connector.pending),
    );
    if connector.dropped > 0 {
        line.push_str(&format!("  dropped: {}", thousands(connector.dropped)));
    }
    if let Some(since) = connector.last_delivered.filter(|_| connector.pending > 0) {
        line.push_str(&format!("  last object: {}", ago(since)));
    }
    if connector.state != State::Running || connector.cause.is_some() {
        line.push_str(&format!("  {}", connector.state));
    }
    if let Some(cause) = &connector.cause {
        line.push_str(&because(cause, &std::io::stdout()));
    }
    line
}

fn json(connector: &ConnectorReport) -> Value {
    let cause = connector.cause.as_ref().map(|cause| {
        json!({
            "what": cause.message,
            "code": cause.code,
            "request_id": cause.request_id,
            "remedy": cause.advice,
            "turn": cause.turn.as_str(),
        })
    });
    json!({
        "id": connector.id,
        "name": connector.name,
        "admitted": connector.admitted,
        "delivered": connector.delivered,
        "dropped": connector.dropped,
        "pending": connector.pending,
        "objects": connector.objects,
        "state": connector.state.to_string(),
        "last_delivered": connector.last_delivered.map(ago),
        "cause": cause,
    })
}
