//! From a configuration to a running multiplexer, and from its errors to exit codes.

use std::sync::Arc;

use bucketline_connector::{Error, ErrorKind, Multiplexer, Settings};
use bucketline_format::SchemaRegistry;

use crate::config::Config;
use crate::destination::Opened;
use crate::failure::{Failure, Outcome, Problem, chain};

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
    builder.start().await.map_err(|error| failed(&error, config))
}

/// What stopped the multiplexer.
pub(crate) fn failed(error: &Error, config: &Config) -> Failure {
    use bucketline_spool::ErrorKind as Spool;
    let problem = Problem::new(chain(error));
    let at_spool = || problem.clone().at(config.spool.dir.display());
    if error.is_config() {
        return Failure::usage(problem);
    }
    let advice = match error.kind() {
        ErrorKind::Spool(Spool::Locked) => {
            "another run owns it: wait for it or stop it, or set another `[spool] dir`"
        }
        ErrorKind::Spool(Spool::Full) => "make room on its disk and run the same command again",
        ErrorKind::Spool(Spool::NewerVersion) => "use the newer program; nothing was changed",
        ErrorKind::Spool(Spool::NotASpool) => "set `[spool] dir` to a folder of its own",
        _ => "",
    };
    Failure::data_directory(if advice.is_empty() {
        at_spool()
    } else {
        at_spool().advice(advice)
    })
}
