//! The result of a verification, for people and for programs.

use bucketline_connector::ConnectorConfig;
use bucketline_service::printable;
use bucketline_service::verify::{Findings, Verification};
use serde_json::{Value, json};

use super::{result, thousands};

/// A proof, as it is printed.
#[derive(Debug)]
pub(crate) struct Printed<'a>(pub(crate) &'a Verification);

impl Printed<'_> {
    /// Connectors whose objects could be read, with what was found.
    fn read(&self) -> impl Iterator<Item = (&ConnectorConfig, &Findings)> {
        let all = self.0.connectors.iter();
        all.filter_map(|verified| Some((&verified.connector, verified.findings.as_ref().ok()?)))
    }

    fn sum(&self, of: impl Fn(&Findings) -> u64) -> u64 {
        self.0.sum(of)
    }

    /// A table, the first few findings of each kind, and one line that sums up.
    pub(crate) fn text(&self) {
        let names: Vec<&str> = self.read().map(|(config, _)| config.name.as_str()).collect();
        let width = names
            .iter()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or(0)
            .max("connector".len());
        result(format_args!(
            "{:width$}  {:>12}  {:>8}  {:>12}  {:>8}  {:>8}  {:>8}  {:>8}",
            "connector", "events in", "objects", "events out", "lost", "doubled", "foreign", "corrupt"
        ));
        for (name, (config, f)) in names.iter().zip(self.read()) {
            result(format_args!(
                "{name:width$}  {:>12}  {:>8}  {:>12}  {:>8}  {:>8}  {:>8}  {:>8}  {}",
                thousands(f.expected),
                thousands(f.objects),
                thousands(f.found),
                thousands(f.lost),
                thousands(f.doubled),
                thousands(f.foreign),
                thousands(f.corrupt),
                config.destination
            ));
        }
        for (name, (_, findings)) in names.iter().zip(self.read()) {
            for finding in &findings.examples {
                result(format_args!(
                    "{name}: {}: {}: {}",
                    finding.kind.name(),
                    printable(&finding.place),
                    printable(&finding.what)
                ));
            }
        }
        let given_up = match self.sum(|f| f.given_up) {
            0 => String::new(),
            events => format!("  given up: {}", thousands(events)),
        };
        let rejected = match self.0.rejected {
            0 => String::new(),
            lines => format!("  rejected lines: {}", thousands(lines)),
        };
        result(format_args!(
            "events in: {}  objects: {}  events out: {}  duplicates: {}  lost: {}  foreign: {}  corrupt: {}{given_up}{rejected}",
            self.sum(|f| f.expected),
            self.sum(|f| f.objects),
            self.sum(|f| f.found),
            self.sum(|f| f.doubled),
            self.sum(|f| f.lost),
            self.sum(|f| f.foreign),
            self.sum(|f| f.corrupt),
        ));
        let unread = self.sum(|f| f.unread);
        if unread > 0 {
            result(format_args!(
                "not proved: {} objects could not be read; {} events may be in them",
                thousands(unread),
                thousands(self.sum(|f| f.unproved))
            ));
        }
        result(if self.0.holds() && self.sum(|f| f.given_up) > 0 {
            "every accepted event is there exactly once, or was given up: `bucketline ledger` says why"
        } else if self.0.holds() {
            "every accepted event is there exactly once"
        } else if self.0.is_wrong() {
            "NOT every accepted event is there exactly once"
        } else {
            "it is not known whether every accepted event is there exactly once"
        });
    }

    /// One JSON object.
    pub(crate) fn json(&self) {
        let connectors: Vec<Value> = self
            .read()
            .map(|(config, f)| {
                let examples: Vec<Value> = f
                    .examples
                    .iter()
                    .map(|e| json!({"kind": e.kind.name(), "place": e.place, "what": e.what}))
                    .collect();
                json!({
                    "id": config.id.as_str(),
                    "name": config.name,
                    "workspace": config.workspace.as_str(),
                    "destination": config.destination.to_string(),
                    "holds": f.holds(),
                    "events_in": f.expected,
                    "objects": f.objects,
                    "bytes": f.bytes,
                    "events_out": f.found,
                    "lost": f.lost,
                    "given_up": f.given_up,
                    "duplicates": f.doubled,
                    "foreign": f.foreign,
                    "corrupt": f.corrupt,
                    "unread": f.unread,
                    "unproved": f.unproved,
                    "examples": examples,
                })
            })
            .collect();
        result(json!({
            "holds": self.0.holds(),
            "unread": self.0.unread(),
            "lines_accepted": self.0.accepted,
            "lines_rejected": self.0.rejected,
            "events_in": self.sum(|f| f.expected),
            "objects": self.sum(|f| f.objects),
            "events_out": self.sum(|f| f.found),
            "lost": self.sum(|f| f.lost),
            "given_up": self.sum(|f| f.given_up),
            "duplicates": self.sum(|f| f.doubled),
            "foreign": self.sum(|f| f.foreign),
            "corrupt": self.sum(|f| f.corrupt),
            "unread_objects": self.sum(|f| f.unread),
            "connectors": connectors,
        }));
    }
}
