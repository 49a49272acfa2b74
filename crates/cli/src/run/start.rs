//! From a configuration to a running multiplexer, and from its errors to exit codes.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Error, Ledger, Multiplexer, Settings, Unreadable};
use bucketline_format::SchemaRegistry;

use crate::config::Config;
use crate::destination::Opened;
use crate::failure::{Failure, Outcome, chain};
use crate::report::{thousands, warning};

/// Opens the spool and starts to deliver what it holds.
///
/// # Errors
/// The configuration does not fit the spool (exit code 2), or the spool cannot be used (4).
pub(crate) async fn start(
    config: &Config,
    schemas: Arc<SchemaRegistry>,
    connectors: Vec<Opened>,
) -> Outcome<Multiplexer> {
    let settings = Settings::default()
        .seal_count(config.delivery.events)
        .seal_age(config.delivery.age);
    let mut builder = Multiplexer::builder()
        .spool_dir(&config.spool.dir)
        .schemas(schemas)
        .settings(settings);
    for workspace in &config.workspaces {
        builder = builder.workspace(workspace.id.clone());
    }
    for opened in connectors {
        builder = builder.connector(opened.config, opened.sink);
    }
    let multiplexer = builder.start().await.map_err(|error| failed(&error))?;
    if let Some(text) = unreadable(&multiplexer.ledger(), &config.spool.dir) {
        warning(text);
    }
    Ok(multiplexer)
}

/// What the spool's disk has lost of it, if anything: said at every start, since nothing else can tell.
pub(crate) fn unreadable(ledger: &Ledger, spool: &Path) -> Option<String> {
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

/// What stopped the multiplexer. The library says what, where and what to do; the exit code is what we add.
pub(crate) fn failed(error: &Error) -> Failure {
    if error.is_config() {
        Failure::usage(chain(error))
    } else {
        Failure::data_directory(chain(error))
    }
}
