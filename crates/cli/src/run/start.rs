//! From a configuration to a running multiplexer, and from its errors to exit codes.

use std::sync::Arc;

use bucketline_connector::{Error, Multiplexer, Settings};
use bucketline_format::SchemaRegistry;

use crate::config::Config;
use crate::destination::Opened;
use crate::failure::{Failure, Outcome, chain};

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
    builder.start().await.map_err(|error| failed(&error))
}

/// What stopped the multiplexer. The library says what, where and what to do; the exit code is what we add.
pub(crate) fn failed(error: &Error) -> Failure {
    if error.is_config() {
        Failure::usage(chain(error))
    } else {
        Failure::data_directory(chain(error))
    }
}
