//! The result of a verification, for people and for programs.

use bucketline_connector::ConnectorConfig;
use serde_json::{Value, json};

use super::folder::Findings;
use crate::report::{result, thousands};

/// What was found for every connector.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) connectors: Vec<(&'a ConnectorConfig, Findings)>,
    /// Connectors whose objects could not be read, which proves nothing of them.
    pub(crate) unread: usize,
}

impl Report<'_> {
    /// Whether every event is there exactly once, and nothing else.
    pub(crate) fn holds(&self) -> bool {
        self.unread == 0 && self.connectors.iter().all(|(_, findings)| findings.holds())
    }

    /// Events that are missing, over all connectors.
    pub(crate) fn lost(&self) -> u64 {
        self.sum(|findings| findings.lost)
    }

    fn sum(&self, of: impl Fn(&Findings) -> u64) -> u64 {
        self.connectors.iter().map(|(_, findings)| of(findings)).sum()
    }

    /// A table, the first few findings of each kind, and one line that sums up.
    pub(crate) fn print_text(&self) {
        let names: Vec<String> = self
            .connectors
            .iter()
            .map(|(config, _)| config.name.clone())
            .collect();
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
        for (name, (config, f)) in names.iter().zip(&self.connectors) {
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
        for (name, (_, findings)) in names.iter().zip(&self.connectors) {
            for finding in &findings.examples {
                result(format_args!(
                    "{name}: {}: {}: {}",
                    finding.kind.name(),
                    finding.place,
                    finding.what
                ));
            }
        }
        let rejected = match self.rejected {
            0 => String::new(),
            lines => format!("  rejected lines: {}", thousands(lines)),
        };
        result(format_args!(
            "events in: {}  objects: {}  events out: {}  duplicates: {}  lost: {}  foreign: {}  corrupt: {}{rejected}",
            self.sum(|f| f.expected),
            self.sum(|f| f.objects),
            self.sum(|f| f.found),
            self.sum(|f| f.doubled),
            self.sum(|f| f.lost),
            self.sum(|f| f.foreign),
            self.sum(|f| f.corrupt),
        ));
        result(if self.holds() {
            "every accepted event is there exactly once"
        } else {
            "NOT every accepted event is there exactly once"
        });
    }

    /// One JSON object.
    pub(crate) fn print_json(&self) {
        let connectors: Vec<Value> = self
            .connectors
            .iter()
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
                    "duplicates": f.doubled,
                    "foreign": f.foreign,
                    "corrupt": f.corrupt,
                    "examples": examples,
                })
            })
            .collect();
        result(json!({
            "holds": self.holds(),
            "unread": self.unread,
            "lines_accepted": self.accepted,
            "lines_rejected": self.rejected,
            "events_in": self.sum(|f| f.expected),
            "objects": self.sum(|f| f.objects),
            "events_out": self.sum(|f| f.found),
            "lost": self.sum(|f| f.lost),
            "duplicates": self.sum(|f| f.doubled),
            "foreign": self.sum(|f| f.foreign),
            "corrupt": self.sum(|f| f.corrupt),
            "connectors": connectors,
        }));
    }
}
