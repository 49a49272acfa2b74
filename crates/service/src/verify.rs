//! Proves, from the input and the buckets alone, that every accepted event arrived exactly once.
//!
//! `expected` is what the input's lines have to become, `object` checks one object by itself, `folder` reads all objects
//! of a connector against what is expected. Nothing here looks at the spool: what it says does not
//! depend on what the program believes that it delivered.

mod event;
mod expected;
mod folder;
mod object;

pub use folder::{Finding, FindingKind, Findings};

use std::path::PathBuf;
use std::sync::Arc;

use bucketline_connector::{ConnectorConfig, Ledger};
use bucketline_format::SchemaRegistry;
use bucketline_sink::Sink;
use bucketline_sink::layer::{Limit, Retry, RetrySettings};

use crate::Error;
use crate::model::Installation;
use crate::wire::Opened;
use expected::Expected;

/// What was found for every connector.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verification {
    /// Lines of the inputs that become an event.
    pub accepted: u64,
    /// Lines of the inputs that do not.
    pub rejected: u64,
    /// The connectors, in their order.
    pub connectors: Vec<Verified>,
}

/// What was found for one connector.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified {
    /// The connector.
    pub connector: ConnectorConfig,
    /// What was found; or why its objects could not be read, which proves nothing of them.
    pub findings: Result<Findings, bucketline_sink::Error>,
}

/// Compares what the folders of all connectors hold with what the lines of `inputs` have to become.
///
/// # Errors
///
/// [`Input`](crate::ErrorKind::Input) where an input cannot be read. What cannot be read of one connector's objects is no
/// error here: the others can still be proved.
///
/// # Cancel safety
///
/// Safe: it changes nothing.
pub async fn verify(
    installation: &Installation,
    schemas: &Arc<SchemaRegistry>,
    opened: Vec<Opened>,
    inputs: &[PathBuf],
) -> Result<Verification, Error> {
    let patient = |sink| -> Arc<dyn Sink> {
        Arc::new(Retry::new(
            Limit::new(sink, folder::AT_ONCE),
            RetrySettings::default(),
        ))
    };
    let (connectors, sinks): (Vec<_>, Vec<_>) = opened
        .into_iter()
        .map(|opened| (opened.config, patient(opened.sink)))
        .unzip();
    let expected = Expected::new(installation, schemas, &connectors, inputs);
    let counted = expected.count()?;
    let mut all = Vec::new();
    for ((connector, sink), mut events) in connectors.iter().zip(&sinks).zip(counted.events) {
        let mut findings = folder::read(connector, sink, schemas, &mut events).await;
        if let Ok(findings) = &mut findings {
            expected.name_missing(&connector.id, &mut events, findings)?;
        }
        all.push((connector.clone(), findings));
    }
    let verified = |(connector, findings)| Verified { connector, findings };
    Ok(Verification {
        accepted: counted.accepted,
        rejected: counted.rejected,
        connectors: all.into_iter().map(verified).collect(),
    })
}

impl Verification {
    /// Sets off what is missing against what a ledger says was given up, connector by connector. The proof itself does not look at the
    /// spool; whoever believes its ledger asks for this.
    #[must_use]
    pub fn accounted_by(mut self, ledger: &Ledger) -> Self {
        for verified in &mut self.connectors {
            if let Ok(findings) = &mut verified.findings {
                findings.account(ledger.connector(verified.connector.id.as_str()).dropped);
            }
        }
        self
    }

    /// Whether every event is there exactly once, and nothing else.
    #[must_use]
    pub fn holds(&self) -> bool {
        let holds = |verified: &Verified| verified.findings.as_ref().is_ok_and(Findings::holds);
        self.connectors.iter().all(holds)
    }

    /// Whether something was seen that is not as it has to be.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        let wrong = |verified: &Verified| verified.findings.as_ref().is_ok_and(Findings::is_wrong);
        self.connectors.iter().any(wrong)
    }

    /// Connectors whose objects could not be listed.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.connectors
            .iter()
            .filter(|verified| verified.findings.is_err())
            .count()
    }

    /// A sum over all connectors that could be read.
    pub fn sum(&self, of: impl Fn(&Findings) -> u64) -> u64 {
        self.connectors
            .iter()
            .filter_map(|verified| verified.findings.as_ref().ok())
            .map(of)
            .sum()
    }
}
