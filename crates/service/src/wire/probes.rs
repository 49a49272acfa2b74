//! From the model to what `bucketline-check` asks: each connector, data export and grant as a target, with production's own
//! settings. Judges nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use bucketline_auth::SessionPolicy;
use bucketline_check::{Access, Place, Reach, ReportKind, Reports, Role, Settings, Stores, Target};
use bucketline_policy::Document;
use bucketline_policy::exporter::template::{ExportScope, least_privilege};
use bucketline_sink::{Effect, Encryption, ErrorKind, Operation, S3Sink};

use super::Aws;
use super::credentials::{self, Boxed, Holder, Reach as ReachOf};
use crate::model::{Bucket, Destination, Grant, GrantKind, Installation, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "everything, or one thing by its id")]
pub enum Selection {
    /// Every connector and data export with a bucket, and every grant that neither uses.
    All,
    /// One connector.
    Connector(String),
    /// The data export of one workspace.
    DataExport(String),
    /// One grant alone.
    Grant(String),
}

/// Checks what is selected, one after the other.
///
/// # Errors
/// There is no such connector or grant, a secret cannot be read, or a setting cannot be used.
///
/// # Cancel safety
/// Safe: a test object may be left under `_bucketline/check`, where the next check replaces it.
pub async fn check(
    installation: &Installation,
    variables: &Variables,
    selection: &Selection,
    settings: &Settings,
) -> Result<Reports, Error> {
    let aws = Arc::new(Aws::load(installation, variables).await?);
    let installation = Arc::new(installation.clone());
    let mut reports = Reports::default();
    for target in targets(&installation, &aws, selection)? {
        reports.0.push(bucketline_check::check(&target, settings).await);
    }
    Ok(reports)
}

fn targets(
    installation: &Arc<Installation>,
    aws: &Arc<Aws>,
    selection: &Selection,
) -> Result<Vec<Target>, Error> {
    let mut targets = Vec::new();
    let mut used = BTreeSet::new();
    let mut found = *selection == Selection::All;
    for connector in &installation.connectors {
        let wanted = match selection {
            Selection::All => true,
            Selection::Connector(id) => connector.id.as_str() == id,
            Selection::Grant(_) | Selection::DataExport(_) => false,
        };
        found |= wanted;
        if let (true, Destination::Bucket(bucket)) = (wanted, &connector.destination) {
            used.insert(bucket.grant.clone());
            let what = What {
                kind: ReportKind::Connector,
                holder: Holder::connector(connector),
                encryption: &connector.encryption,
            };
            targets.push(target(installation, aws, bucket, what)?);
        }
    }
    for export in &installation.data_exports {
        let wanted = match selection {
            Selection::All => true,
            Selection::DataExport(workspace) => export.workspace.as_str() == workspace,
            Selection::Connector(_) | Selection::Grant(_) => false,
        };
        found |= wanted;
        if let (true, Destination::Bucket(bucket)) = (wanted, &export.destination) {
            used.insert(bucket.grant.clone());
            let what = What {
                kind: ReportKind::DataExport,
                holder: Holder::data_export(export),
                encryption: &export.encryption,
            };
            targets.push(target(installation, aws, bucket, what)?);
        }
    }
    for grant in &installation.grants {
        let wanted = match selection {
            Selection::All => !used.contains(&grant.id),
            Selection::Grant(id) => grant.id == *id,
            Selection::Connector(_) | Selection::DataExport(_) => false,
        };
        found |= wanted;
        if wanted {
            let holder = Holder {
                path: ModelPath::grant(grant.id.as_str()),
                id: "check".to_owned(),
                reach: ReachOf::Nothing,
                encryption: Encryption::BucketDefault,
            };
            targets.push(Target {
                kind: ReportKind::Grant,
                id: grant.id.clone(),
                access: access(installation, aws, grant, &holder, None)?,
                place: None,
            });
        }
    }
    if found {
        return Ok(targets);
    }
    let what = match selection {
        Selection::Grant(id) => format!("there is no grant `{id}`"),
        Selection::Connector(id) => format!("there is no connector `{id}`"),
        Selection::DataExport(workspace) => {
            format!("the workspace `{workspace}` has no data export integration")
        }
        Selection::All => "there is nothing to check".to_owned(),
    };
    Err(Error::configuration(
        Problem::new(what).advice("its id is in the configuration"),
    ))
}

/// What a target is, beside its bucket.
struct What<'a> {
    kind: ReportKind,
    holder: Holder,
    encryption: &'a Encryption,
}

fn target(
    installation: &Arc<Installation>,
    aws: &Arc<Aws>,
    bucket: &Bucket,
    what: What<'_>,
) -> Result<Target, Error> {
    let What {
        kind,
        holder,
        encryption,
    } = what;
    let grant = installation.grant(&bucket.grant).ok_or_else(|| {
        Error::configuration(Problem::new("its grant is missing").at_model(holder.path.clone()))
    })?;
    let place = Place {
        bucket: bucket.name.as_str().to_owned(),
        folder: holder.reach.probed(),
        region: bucket.region.as_ref().map(|region| region.as_str().to_owned()),
        owner: bucket.owner,
        custom_endpoint: aws.s3_endpoint(bucket).is_some(),
        claims: true,
        encryption: encryption.clone(),
        policy: least(bucket, &holder, encryption, kind),
        stores: Arc::new(Opener {
            installation: Arc::clone(installation),
            aws: Arc::clone(aws),
            bucket: bucket.clone(),
            holder: holder.clone(),
        }),
    };
    Ok(Target {
        kind,
        id: holder.id.clone(),
        access: access(installation, aws, grant, &holder, Some(bucket))?,
        place: Some(place),
    })
}

fn access(
    installation: &Installation,
    aws: &Aws,
    grant: &Grant,
    holder: &Holder,
    bucket: Option<&Bucket>,
) -> Result<Access, Error> {
    let (role, external_id) = match &grant.kind {
        GrantKind::AccessKey(key) => {
            let signing = credentials::key_signing(&grant.id, key, aws)?;
            return Ok(Access::Key(aws.sts_signing_with(signing.credentials)?));
        }
        GrantKind::AssumeRole { role, external_id } => (role, external_id),
    };
    let refused = |error: bucketline_auth::Error| {
        Error::configuration(Problem::new(error.to_string()).at_model(holder.path.clone()))
    };
    let boxed = match bucket {
        Some(bucket) => credentials::session_box(holder, role, bucket, aws)?,
        None => None,
    };
    Ok(Access::Role(Role {
        sts: aws.sts(),
        vendor: installation.vendor.account,
        role: role.clone(),
        external_id: external_id.clone(),
        session_name: credentials::session_name(&holder.id).map_err(refused)?,
        session_policy: boxed
            .map(|document| SessionPolicy::new(&document))
            .transpose()
            .map_err(refused)?,
    }))
}

/// The least that the customer has to allow, to be pasted.
fn least(bucket: &Bucket, holder: &Holder, encryption: &Encryption, kind: ReportKind) -> Option<Document> {
    let mut scope = ExportScope::new(bucket.name.as_str().parse().ok()?);
    scope = match kind {
        ReportKind::DataExport => scope.data_export_in(holder.reach.folder()),
        _ => scope.folder(holder.reach.folder()),
    };
    if let Encryption::Kms(kms) = encryption
        && let Ok(key) = kms.key_id.parse()
    {
        scope = scope.kms_key(key);
    }
    least_privilege(&scope).ok()
}

/// Opens a bucket as production does, and a little otherwise where a probe needs it.
#[derive(Debug)]
struct Opener {
    installation: Arc<Installation>,
    aws: Arc<Aws>,
    bucket: Bucket,
    holder: Holder,
}

impl Stores for Opener {
    fn open(&self, region: Option<&str>, reach: Reach) -> Result<S3Sink, bucketline_sink::Error> {
        let mut bucket = self.bucket.clone();
        let boxed = match reach {
            Reach::Unboxed => Boxed::No,
            Reach::Production | Reach::AnyOwner => Boxed::Yes,
        };
        if reach == Reach::AnyOwner {
            bucket.owner = None;
        }
        let signing = credentials::of_holder(&self.installation, &self.holder, &bucket, &self.aws, boxed)
            .map_err(|error| {
                bucketline_sink::Error::new(Operation::Open, ErrorKind::InvalidRequest, Effect::NotApplied)
                    .with_message(chain(&error))
            })?;
        let builder = self.aws.builder(&bucket, signing);
        match region {
            Some(region) => builder.region(region).build(),
            None => builder.build(),
        }
    }
}
