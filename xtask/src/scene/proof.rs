//! What `bucketline verify --format json` found, and the one line that sums it up.

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;

/// The counts over all connectors.
#[derive(Debug)]
pub(crate) struct Proof {
    report: Value,
    holds: bool,
}

impl Proof {
    pub(super) fn read(text: &str, holds: bool) -> Result<Self, Error> {
        let report = serde_json::from_str(text)
            .map_err(|e| Error::failed(format!("bucketline verify: {e}: `{text}`")))?;
        Ok(Self { report, holds })
    }

    fn count(&self, field: &str) -> u64 {
        self.report.get(field).and_then(Value::as_u64).unwrap_or(u64::MAX)
    }

    /// The counts in one plain line.
    pub(crate) fn line(&self) -> String {
        format!(
            "events in: {}  objects: {}  events out: {}  duplicates: {}  lost: {}",
            self.count("events_in"),
            self.count("objects"),
            self.count("events_out"),
            self.count("duplicates"),
            self.count("lost"),
        )
    }

    /// A line for each connector: what it had to take, and what its folder holds.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "   {:<18} {:>10} {:>9} {:>11} {:>9} {:>6}\n",
            "connector", "events in", "objects", "events out", "doubled", "lost"
        );
        let connectors = self
            .report
            .get("connectors")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for connector in connectors {
            let word = |field| connector.get(field).and_then(Value::as_str).unwrap_or_default();
            let count = |field| connector.get(field).map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!(
                "   {:<18} {:>10} {:>9} {:>11} {:>9} {:>6}  {}\n",
                word("name"),
                count("events_in"),
                count("objects"),
                count("events_out"),
                count("duplicates"),
                count("lost"),
                word("destination")
            ));
        }
        text
    }

    /// The same, with how long it took.
    pub(crate) fn timed_line(&self, took: Duration) -> String {
        let seconds = took.as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate for people, of a count far below 2^52"
        )]
        let rate = self.count("events_out") as f64 / seconds;
        format!("{}  seconds: {seconds:.1}  events/s: {rate:.0}", self.line())
    }

    /// Fails unless the program said that everything is there exactly once, and the counts say so too.
    pub(crate) fn require(&self) -> Result<(), Error> {
        let sound = self.holds
            && self.count("duplicates") == 0
            && self.count("lost") == 0
            && self.count("events_in") > 0;
        if sound {
            Ok(())
        } else {
            Err(Error::failed(format!(
                "not every event is there exactly once: {}",
                self.line()
            )))
        }
    }
}
