//! From an installation to a running multiplexer, and what feeds it.

mod feeder;
mod stop;

pub use feeder::{Feeder, Observer, Totals};
pub use stop::{Stop, Stopper};

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Ledger, Multiplexer, Settings, Unreadable};
use bucketline_format::SchemaRegistry;

use crate::metrics::Recording;
use crate::model::Installation;
use crate::wire::Opened;
use crate::{Error, chain, thousands};

/// Opens the spool and starts to deliver what it holds.
///
/// # Errors
///
/// The configuration does not fit the spool, or the spool cannot be used.
///
/// # Cancel safety
///
/// Given up, the spool may have been opened, which changes nothing that was accepted.
pub async fn start(
    installation: &Installation,
    schemas: Arc<SchemaRegistry>,
    connectors: Vec<Opened>,
) -> Result<Multiplexer, Error> {
    let settings = Settings::default()
        .seal_count(installation.delivery.events)
        .seal_age(installation.delivery.age)
        .retention(installation.spool.retention)
        .memory(installation.spool.memory);
    let mut builder = Multiplexer::builder()
        .spool_dir(&installation.spool.dir)
        .schemas(schemas)
        .meter(Recording::default())
        .settings(settings);
    for workspace in &installation.workspaces {
        builder = builder.workspace(workspace.id.clone());
    }
    for opened in connectors {
        builder = builder.connector(opened.config, opened.sink);
    }
    let multiplexer = builder.start().await.map_err(|error| failed(&error))?;
    tracing::info!(
        connectors = installation.connectors.len(),
        spool = %installation.spool.dir.display(),
        "what the spool holds is delivered from now on"
    );
    Ok(multiplexer)
}

/// What the spool's disk has lost of it, if anything: said at every start, since nothing else can tell.
pub fn unreadable(ledger: &Ledger, spool: &Path) -> Option<String> {
    let Unreadable {
        stretches,
        bytes,
        events,
        more_events_possible,
        ..
    } = ledger.unreadable();
    if stretches == 0 {
        return None;
    }
    let stretches = match stretches {
        1 => "1 stretch".to_owned(),
        many => format!("{} stretches", thousands(many)),
    };
    let events = match (events, more_events_possible) {
        (0, false) => "no event stood there".to_owned(),
        (0, true) => "how many events stood there is not known".to_owned(),
        (events, more) => format!(
            "{} events{} stood there, and those of them that had not been delivered are lost",
            thousands(events),
            if more { " or more" } else { "" },
        ),
    };
    Some(format!(
        "the disk has damaged the spool: {stretches} of it, {} bytes, cannot be read; {events}; what stood there is kept in `{}`",
        thousands(bytes),
        spool.join("shard-00").join("quarantine").display(),
    ))
}

/// That the counts contradict themselves, if they do: looked at at every start, and whenever a ledger is shown.
pub fn unbalanced(ledger: &Ledger) -> Option<String> {
    if ledger.balances() {
        return None;
    }
    let mut wrong = ledger.connectors().filter(|(.., events)| !events.balances());
    let what = wrong.next().map_or_else(
        || "received is not accepted + duplicate + rejected".to_owned(),
        |(connector, event_type, events)| {
            format!(
                "of `{event_type}` for connector `{connector}` {} were admitted, which is not delivered ({}) + dropped ({}) + \
                 pending ({})",
                events.admitted, events.delivered, events.dropped, events.pending
            )
        },
    );
    Some(format!(
        "the ledger contradicts itself: {what}; keep the spool and report this"
    ))
}

/// What stopped the multiplexer. The library says what, where and what to do; the exit code is what we add.
pub fn failed(error: &bucketline_connector::Error) -> Error {
    if error.is_config() {
        Error::configuration(chain(error))
    } else {
        Error::data_directory(chain(error))
    }
}
