//! From a configured connector to an open sink: grant, credentials, client, and the jail around its folder.
//! Sends nothing: whatever a store or STS has to say comes with the first call. Decides nothing about delivery.

mod administrator;
mod aws;
mod credentials;
mod handle;
mod held;
mod http_client;
mod identity;
mod observed;
mod probes;
mod renewing;
mod rotation;
mod secret;
mod transforms;
mod vendor;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{ConnectorConfig, Destination as Identity};
use bucketline_format::SchemaRegistry;
use bucketline_sink::layer::{CreateProof, Limit, PrefixJail, Retry, RetrySettings, Timeout};
use bucketline_sink::{FsSink, MultipartSink, ObjectKey, S3Sink, S3SinkBuilder, Sink};

use crate::metrics::measured;
use crate::model::{Bucket, Connector, Destination, Installation, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem, chain, shared_folder};
pub use administrator::administrator;
pub use aws::{Aws, StoreProtection};
pub(crate) use credentials::{Holder, Reach, key_id};
pub use handle::CredentialHandle;
pub use held::hold;
pub(crate) use held::why;
pub use identity::{Draft, Identifiers, Principal, identifiers};
use observed::observed;
pub use probes::{Checked, Occasion, Selection, check};
use renewing::Renewing;
pub use rotation::{KeyNotRotated, RotationSettings, rotate_key};
pub(crate) use secret::secret_text;

/// A connector ready for the multiplexer.
#[derive(Debug)]
pub struct Opened {
    /// Its id.
    pub id: String,
    /// What it asks for.
    pub config: ConnectorConfig,
    /// Where its objects go.
    pub sink: Arc<dyn Sink>,
    /// What signs its requests; nothing of a folder.
    pub credentials: Option<CredentialHandle>,
    /// What is known of its store's protection against a second writer; nothing where that is beyond doubt.
    pub protection: Option<StoreProtection>,
}

/// Opens the destinations of all connectors.
///
/// # Errors
/// A secret cannot be read, or a setting cannot be used; transformations that do not fit the schemas. What a store or STS refuses is no error here: it
/// shows on the first call, and blocks that connector alone.
pub async fn open_all(
    installation: &Installation,
    schemas: &SchemaRegistry,
    variables: &Variables,
) -> Result<Vec<Opened>, Error> {
    let aws = Aws::load(installation, variables).await?;
    let mut opened = Vec::new();
    for connector in &installation.connectors {
        opened.push(open(installation, connector, &aws)?);
    }
    apart(installation)?;
    transforms::check(opened.iter().map(|opened| &opened.config), schemas)?;
    Ok(opened)
}

/// Opens one connector's destination.
///
/// # Errors
/// As [`open_all`].
pub fn open(installation: &Installation, connector: &Connector, aws: &Aws) -> Result<Opened, Error> {
    let mut handle = None;
    let mut protection = None;
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
            let identity = Identity::bucket(bucket.claimed_as(), endpoint, connector.folder.clone());
            let signing = credentials::of(installation, connector, bucket, aws)?;
            handle = Some(signing.handle.clone());
            let sink = aws.sink(connector, bucket, signing)?;
            let sink = Renewing::new(measured(sink));
            protection = aws.protection(bucket);
            let sink: Arc<dyn Sink> = match &protection {
                Some(protection) => Arc::new(CreateProof::new(sink, protection.seen.clone())),
                None => Arc::new(sink),
            };
            (identity, &bucket.grant, sink)
        }
    };
    let folder: ObjectKey = connector
        .folder
        .as_str()
        .parse()
        .map_err(|error: bucketline_sink::Error| {
            Error::configuration(Problem::new(chain(&error)).at_model(ModelPath::connector(&connector.id)))
        })?;
    let mut opened = ConnectorConfig::new(
        connector.id.clone(),
        connector.workspace.clone(),
        identity,
        installation.vendor.cluster.clone(),
        installation.vendor.zone.clone(),
    )
    .name(connector.name.clone())
    .grant(grant)
    .events(connector.events.clone())
    .encoder(connector.encoder)
    .encryption(connector.encryption.clone())
    .transforms(transforms::of(connector, aws.variables())?);
    opened.quota = connector.quota;
    Ok(Opened {
        id: connector.id.to_string(),
        config: opened,
        sink: Arc::new(observed(PrefixJail::new(store, folder), connector.id.as_str())),
        credentials: handle,
        protection,
    })
}

/// How long a call on a folder may take: a disk over a network may never answer, and must not hold its connector for ever.
const DISK_PATIENCE: Duration = Duration::from_secs(120);

/// The most requests of exports to one store at once; fewer where it asks to slow down.
const AT_ONCE: usize = 64;

/// Opens a bucket for exports: as its holder, and as far as its sessions are boxed.
///
/// # Errors
/// As [`open_all`].
pub(crate) fn export_sink(
    installation: &Installation,
    holder: &Holder,
    bucket: &Bucket,
    aws: &Aws,
) -> Result<S3Sink, Error> {
    let signing = credentials::of_holder(installation, holder, bucket, aws, credentials::Boxed::Yes)?;
    aws.builder(bucket, signing)
        .and_then(S3SinkBuilder::build)
        .map_err(|error| Error::configuration(Problem::new(chain(&error)).at_model(holder.path.clone())))
}

/// A store of exports over its bucket: tried again where time may cure, its sessions renewed, no key outside its folder.
pub(crate) fn export_store(sink: S3Sink, folder: Option<ObjectKey>) -> Arc<dyn MultipartSink> {
    let store = Retry::new(Limit::new(Renewing::new(sink), AT_ONCE), RetrySettings::default());
    match folder {
        Some(folder) => Arc::new(PrefixJail::new(store, folder)),
        None => Arc::new(store),
    }
}

/// No two connectors share a folder of this machine, whatever links lead there.
fn apart(installation: &Installation) -> Result<(), Error> {
    let places: Vec<_> = installation
        .connectors
        .iter()
        .filter_map(|connector| match &connector.destination {
            Destination::Directory(path) => {
                let path = path.canonicalize().unwrap_or_else(|_| path.clone());
                Some((path.join(connector.folder.as_str()), connector))
            }
            Destination::Bucket(_) => None,
        })
        .collect();
    let Some((outer, inner)) = shared_folder::first(&places) else {
        return Ok(());
    };
    Err(Error::configuration(
        Problem::new(format!(
            "the folder `{}` of connector `{}` and the folder `{}` of connector `{}` overlap on this machine, once links \
             are followed",
            inner.folder, inner.id, outer.folder, outer.id
        ))
        .at_model(ModelPath::connector(&inner.id))
        .advice("give each connector a folder of its own"),
    ))
}

fn directory(path: &Path, connector: &Connector) -> Result<Arc<dyn Sink>, Error> {
    let sink = FsSink::open(path).map_err(|error| {
        Error::configuration(
            Problem::new(format!(
                "the directory `{}` cannot be used: {}",
                path.display(),
                chain(&error)
            ))
            .at_model(ModelPath::connector(&connector.id))
            .advice("choose a folder that can be written"),
        )
    })?;
    Ok(Arc::new(Timeout::new(sink, DISK_PATIENCE)))
}
