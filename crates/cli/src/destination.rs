//! From a configured connector to an open sink: grant, credentials, client, and the jail around its folder.
//! Sends nothing: whatever a store or STS has to say comes with the first call. Decides nothing about delivery.

mod aws;
mod credentials;
mod renewing;
mod secret;

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{ConnectorConfig, Destination as Identity};
use bucketline_sink::layer::PrefixJail;
use bucketline_sink::{FsSink, ObjectKey, Sink};

use crate::config::{Config, Connector, Destination};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome, Problem, chain};
pub(crate) use aws::Aws;
use renewing::Renewing;

/// A connector ready for the multiplexer.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) config: ConnectorConfig,
    pub(crate) sink: Arc<dyn Sink>,
}

/// Opens the destinations of all connectors.
///
/// # Errors
/// A secret cannot be read, or a setting cannot be used (exit code 2). What a store or STS refuses is no error here: it
/// shows on the first call, and blocks that connector alone.
pub(crate) async fn open_all(config: &Config, environment: Environment) -> Outcome<Vec<Opened>> {
    let aws = Aws::load(config, environment).await?;
    let mut opened = Vec::new();
    for connector in &config.connectors {
        opened.push(open(config, connector, &aws)?);
    }
    Ok(opened)
}

/// Opens one connector's destination.
///
/// # Errors
/// As [`open_all`].
pub(crate) fn open(config: &Config, connector: &Connector, aws: &Aws) -> Outcome<Opened> {
    let (identity, grant, store): (_, &str, Arc<dyn Sink>) = match &connector.destination {
        Destination::Directory(path) => {
            let sink = directory(path, connector)?;
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            (
                Identity::directory(path.display().to_string(), connector.folder.clone()),
                "",
                sink,
            )
        }
        Destination::Bucket(bucket) => {
            let endpoint = aws.s3_endpoint(bucket).unwrap_or_default();
            let identity = Identity::bucket(bucket.name.as_str(), endpoint, connector.folder.clone());
            let signing = credentials::of(config, connector, bucket, aws)?;
            let sink = aws.sink(connector, bucket, signing)?;
            (identity, &bucket.grant, Arc::new(Renewing::new(sink)))
        }
    };
    let folder: ObjectKey = connector
        .folder
        .as_str()
        .parse()
        .map_err(|error: bucketline_sink::Error| {
            Failure::usage(Problem::new(chain(&error)).at(&connector.place))
        })?;
    let opened = ConnectorConfig::new(
        connector.id.clone(),
        connector.workspace.clone(),
        identity,
        config.vendor.cluster.clone(),
        config.vendor.zone.clone(),
    )
    .name(connector.name.clone())
    .grant(grant)
    .events(connector.events.clone())
    .encryption(connector.encryption.clone());
    Ok(Opened {
        config: opened,
        sink: Arc::new(PrefixJail::new(store, folder)),
    })
}

fn directory(path: &Path, connector: &Connector) -> Outcome<Arc<dyn Sink>> {
    let sink = FsSink::open(path).map_err(|error| {
        Failure::usage(
            Problem::new(format!(
                "the directory `{}` cannot be used: {}",
                path.display(),
                chain(&error)
            ))
            .at(&connector.place)
            .advice("choose a folder that can be written"),
        )
    })?;
    Ok(Arc::new(sink))
}
