//! From a grant to credentials: an access key from where it is kept, a role as a session boxed into the connector's
//! folder. Each connector has its own cache, so that one customer's trouble is nobody else's.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use bucketline_auth::{
    AccessKeyId, AssumeRole, Cached, ErrorKind, RefreshSettings, RoleArn, SessionName, VendorAccount,
};
use bucketline_policy::exporter::template::{SessionScope, StoreName, session_policy};
use bucketline_policy::{Document, Partition};
use bucketline_sink::{BucketAddress, Encryption};

use super::handle::CredentialHandle;
use super::{Aws, secret};
use crate::model::{Bucket, Connector, DataExport, GrantKind, Installation, Keeper, KeptKey, ModelPath};
use crate::upkeep::Stamp;
use crate::variables::Variables;
use crate::{Error, Problem};

/// How long STS may be away, at any moment, before a customer's session is missed.
const STS_OUTAGE: Duration = Duration::from_secs(30 * 60);

/// What signs one connector's requests, and learns which of its keys the store refuses.
#[derive(Debug)]
pub(super) struct Signing {
    pub(super) credentials: SharedCredentialsProvider,
    pub(super) refusals: SharedInterceptor,
    pub(super) handle: CredentialHandle,
}

/// Who holds credentials: a connector, or a data export.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// Where the model has it.
    pub(crate) path: ModelPath,
    /// As the customer finds its sessions in the trail: `bucketline-<id>`.
    pub(crate) id: String,
    /// What it reaches.
    pub(crate) reach: Reach,
    /// How its objects are to be encrypted: with a KMS key of the customer's, its sessions have to be let use it.
    pub(crate) encryption: Encryption,
}

/// What a holder's sessions are boxed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// One folder of the bucket.
    Folder(String),
    /// The roots of exports, in a folder where it is not empty.
    Exports(String),
    /// The grant alone: no bucket is meant.
    Nothing,
}

impl Reach {
    /// The folder in which a check tries what will be done there.
    pub(crate) fn probed(&self) -> String {
        match self {
            Self::Exports(folder) if folder.is_empty() => "segment-export".to_owned(),
            Self::Exports(folder) => format!("{folder}/segment-export"),
            Self::Folder(_) | Self::Nothing => self.folder().to_owned(),
        }
    }

    /// The folder; empty where there is none.
    pub(crate) fn folder(&self) -> &str {
        match self {
            Self::Folder(folder) | Self::Exports(folder) => folder,
            Self::Nothing => "",
        }
    }
}

impl Holder {
    pub(super) fn connector(connector: &Connector) -> Self {
        Self {
            path: ModelPath::connector(&connector.id),
            id: connector.id.to_string(),
            reach: Reach::Folder(connector.folder.as_str().to_owned()),
            encryption: connector.encryption.clone(),
        }
    }

    pub(crate) fn data_export(export: &DataExport) -> Self {
        let folder = export.folder.as_ref().map_or("", |folder| folder.as_str());
        Self {
            path: ModelPath::data_export(export.workspace.as_str()),
            id: export.workspace.to_string(),
            reach: Reach::Exports(folder.to_owned()),
            encryption: export.encryption.clone(),
        }
    }

    fn unusable(&self, what: impl Into<String>) -> Error {
        Error::configuration(Problem::new(what).at_model(self.path.clone()))
    }
}

/// Whether sessions are boxed into the folder. A key cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Boxed {
    /// As production's are.
    Yes,
    /// With all that the role itself may do: to see how far that is.
    No,
}

/// The credentials of one connector.
///
/// # Errors
/// A secret cannot be read, or the session policy cannot be made.
pub(super) fn of(
    installation: &Installation,
    connector: &Connector,
    bucket: &Bucket,
    aws: &Aws,
) -> Result<Signing, Error> {
    of_holder(
        installation,
        &Holder::connector(connector),
        bucket,
        aws,
        Boxed::Yes,
    )
}

/// The credentials of whoever holds them.
///
/// # Errors
/// As [`of`].
pub(super) fn of_holder(
    installation: &Installation,
    holder: &Holder,
    bucket: &Bucket,
    aws: &Aws,
    boxed: Boxed,
) -> Result<Signing, Error> {
    let grant = installation
        .grant(&bucket.grant)
        .ok_or_else(|| holder.unusable(format!("there is no grant `{}`", bucket.grant)))?;
    let (role, external_id) = match &grant.kind {
        GrantKind::AccessKey(key) => return key_signing(&holder.id, &grant.id, key, aws),
        GrantKind::AssumeRole { role, external_id } => (role, external_id),
    };
    let refused = |error: bucketline_auth::Error| holder.unusable(error.to_string());
    let assume = AssumeRole::new(aws.sts(), vendor(installation), role.clone(), external_id.clone())
        .map_err(refused)?
        .session_name(session_name(&holder.id).map_err(refused)?);
    let assume = match boxed {
        Boxed::Yes => match session_box(holder, role, bucket, aws)? {
            Some(policy) => assume.session_policy(&policy).map_err(refused)?,
            None => assume,
        },
        Boxed::No => assume,
    };
    let settings = RefreshSettings::default().outlasting(STS_OUTAGE);
    Ok(cached(&holder.id, &grant.id, assume, settings, None))
}

/// An access key, from where it is kept.
///
/// # Errors
/// It cannot be read: told at start.
pub(super) fn key_signing(holder: &str, grant: &str, key: &KeptKey, aws: &Aws) -> Result<Signing, Error> {
    // Looked at before it is read: what changes in between is read once too often, and never missed.
    let file = match &key.secret {
        Keeper::File(path) => Some((path.clone(), Stamp::of(path))),
        Keeper::Env(_) => None,
    };
    let kept = Kept {
        key: key.clone(),
        variables: aws.variables().clone(),
    };
    kept.read()?;
    Ok(cached(holder, grant, kept, RefreshSettings::default(), file))
}

/// The id of a key, as it is kept now.
///
/// # Errors
/// It cannot be read.
pub(crate) fn key_id(key: &KeptKey, variables: &Variables) -> Result<AccessKeyId, Error> {
    secret::access_key(key, variables).map(|key| key.id().clone())
}

/// The vendor's account, as far as it is known.
pub(super) fn vendor(installation: &Installation) -> VendorAccount {
    match &installation.vendor.account {
        Some(account) => VendorAccount::Is(*account),
        None => VendorAccount::Unknown,
    }
}

/// As the customer finds us in the trail.
pub(super) fn session_name(id: &str) -> Result<SessionName, bucketline_auth::Error> {
    format!("bucketline-{id}").parse()
}

/// What boxes a session into what the holder reaches.
pub(super) fn session_box(
    holder: &Holder,
    role: &RoleArn,
    bucket: &Bucket,
    aws: &Aws,
) -> Result<Option<Document>, Error> {
    let policy_error =
        |error: bucketline_policy::Error| holder.unusable(format!("no session policy can be made: {error}"));
    // The partition is the role's: a bucket of another one could not be reached with its session.
    let partition: Partition = role.partition().parse().map_err(policy_error)?;
    let name = store_name(bucket, Some(&partition)).map_err(policy_error)?;
    let scope = match &holder.reach {
        Reach::Folder(folder) => SessionScope::at(name, folder.as_str()),
        Reach::Exports(folder) => SessionScope::data_export_at(name, folder),
        Reach::Nothing => return Ok(None),
    };
    let mut scope = scope.partition(partition);
    if !bucket.tags.is_empty() {
        scope = scope.with_tags();
    }
    if let Encryption::Kms(kms) = &holder.encryption
        && let Ok(key) = kms.key_id.parse()
    {
        let scope = scope.kms_key(key);
        return session_policy(&scope).map(Some).map_err(policy_error);
    }
    // A bucket may encrypt with a KMS key by default, which the role then has to use. Other servers than AWS's may refuse
    // a session policy that names actions of KMS (MinIO does).
    if aws.s3_endpoint(bucket).is_none() {
        scope = match &bucket.region {
            Some(region) => scope.kms_of_bucket(region.as_str()),
            None => scope.kms_of_bucket_in_any_region(),
        };
    }
    session_policy(&scope).map(Some).map_err(policy_error)
}

/// What policies judge of a bucket's requests. They see the ARN of an access point, also of one that was named by its alias, which
/// does not tell it.
pub(super) fn store_name(
    bucket: &Bucket,
    partition: Option<&Partition>,
) -> Result<StoreName, bucketline_policy::Error> {
    Ok(match &bucket.name {
        BucketAddress::Name(name) => StoreName::Bucket(name.as_str().parse()?),
        BucketAddress::AccessPoint(point) if point.is_arn() => {
            StoreName::AccessPoint(point.as_str().parse()?)
        }
        BucketAddress::AccessPoint(_) => {
            let partition = partition.unwrap_or(&Partition::AWS);
            StoreName::AccessPoint(format!("arn:{partition}:s3:*:*:accesspoint/*").parse()?)
        }
    })
}

fn cached(
    holder: &str,
    grant: &str,
    provider: impl ProvideCredentials + 'static,
    settings: RefreshSettings,
    file: Option<(PathBuf, Stamp)>,
) -> Signing {
    let span = tracing::error_span!("credentials", connector = holder);
    let cached = Cached::builder(provider).span(span).settings(settings).build();
    Signing {
        refusals: cached.interceptor(),
        handle: CredentialHandle::new(holder, grant, file, Arc::new(cached.clone())),
        credentials: SharedCredentialsProvider::new(cached),
    }
}

/// An access key that is read again when what was read is refused: a replaced key needs no restart.
#[derive(Debug)]
struct Kept {
    key: KeptKey,
    variables: Variables,
}

impl Kept {
    fn read(&self) -> Result<bucketline_auth::AccessKey, Error> {
        secret::access_key(&self.key, &self.variables)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match self.read() {
            Ok(key) => Ok(key.to_credentials("BucketlineAccessKey")),
            // What cannot be read is a setting to correct: told as such, and not as a store that cannot be reached.
            Err(failure) => {
                Err(bucketline_auth::Error::new(ErrorKind::InvalidConfig, failure.to_string()).into())
            }
        })
    }
}
