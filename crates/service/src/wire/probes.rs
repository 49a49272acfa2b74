//! From the model to what `bucketline-check` asks: each connector, data export and grant as a target, with production's own
//! settings. Judges nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bucketline_auth::SessionPolicy;
use bucketline_check::{
    Access, Place, Reach, Report, ReportKind, Reports, Role, Settings, StepName, Stores, Target, Verdict,
};
use bucketline_policy::Document;
use bucketline_policy::exporter::template::{ExportScope, least_privilege};
use bucketline_sink::{Effect, Encryption, ErrorKind, Operation, S3Sink};

use super::Aws;
use super::credentials::{self, Boxed, Holder, Reach as ReachOf};
use crate::grants::{FileGrantStore, GrantRecords, GrantStore as _, LastCheck};
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
    /// Every connector and data export that uses this grant; the grant alone where none does.
    Using(String),
}

/// Why a check is made: it decides whether a role is asked for without its external ID, which leaves lines in the
/// customer's trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each has to be decided where a check is made"
)]
pub enum Occasion {
    /// Somebody asked for it: it is probed.
    OnDemand,
    /// Deliveries are about to begin: probed where this role was not seen to refuse others with this external ID.
    Start,
    /// The time has come: never probed.
    Timer,
}

/// What came of checks.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The reports.
    pub reports: Reports,
    /// Why what was found out could not be kept, if so: it has to be found out again.
    pub unkept: Option<Error>,
}

/// Checks what is selected, one after the other, and keeps what was found out: owners of buckets, roles that refuse others,
/// when it was.
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
    occasion: Occasion,
) -> Result<Checked, Error> {
    let aws = Arc::new(Aws::load(installation, variables).await?);
    let installation = Arc::new(installation.clone());
    let mut checked = Checked {
        reports: Reports::default(),
        unkept: None,
    };
    for probe in targets(&installation, &aws, selection)? {
        let mut settings = settings.clone();
        settings.negative_probe &= match occasion {
            Occasion::OnDemand => true,
            Occasion::Start => !probe.was_probed(aws.known()),
            Occasion::Timer => false,
        };
        let report = bucketline_check::check(&probe.target, &settings).await;
        let now = settings
            .clock
            .now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let kept = FileGrantStore::of(&installation).update(&mut |records| {
            probe.keep(&report, now, records);
            Ok(())
        });
        checked.unkept = checked.unkept.or(kept.err());
        checked.reports.0.push(report);
    }
    Ok(checked)
}

/// A target, and what is kept of it.
struct Probe {
    target: Target,
    grant: Grant,
    /// The bucket and its endpoint.
    bucket: Option<(String, Option<String>)>,
}

impl Probe {
    fn was_probed(&self, records: &GrantRecords) -> bool {
        match &self.grant.kind {
            GrantKind::AssumeRole { role, external_id } => {
                records.was_probed(&self.grant.id, role, external_id)
            }
            GrantKind::AccessKey(_) => true,
        }
    }

    fn keep(&self, report: &Report, now: Duration, records: &mut GrantRecords) {
        let check = LastCheck::new(now.as_secs(), report.is_ok());
        records.note_check(report.kind, &report.id, check);
        if let (Some(owner), Some((bucket, endpoint))) = (report.owner, &self.bucket) {
            records.pin_owner(bucket, endpoint.as_deref(), owner);
        }
        let probed = report.step(StepName::ExternalIdRequired).map(|step| step.verdict);
        match (&self.grant.kind, probed) {
            (GrantKind::AssumeRole { role, external_id }, Some(Verdict::Pass)) => {
                records.note_probed(&self.grant.id, role.clone(), external_id.clone());
            }
            (_, Some(Verdict::Fail)) => records.forget_probed(&self.grant.id),
            _ => {}
        }
    }
}

fn targets(
    installation: &Arc<Installation>,
    aws: &Arc<Aws>,
    selection: &Selection,
) -> Result<Vec<Probe>, Error> {
    let mut targets = Vec::new();
    let mut used = BTreeSet::new();
    let mut found = *selection == Selection::All;
    for connector in &installation.connectors {
        let wanted = match selection {
            Selection::All => true,
            Selection::Connector(id) => connector.id.as_str() == id,
            Selection::Using(grant) => connector.destination.grant() == Some(grant),
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
            Selection::Using(grant) => export.destination.grant() == Some(grant),
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
            Selection::Using(id) => grant.id == *id && !used.contains(id),
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
            let target = Target {
                kind: ReportKind::Grant,
                id: grant.id.clone(),
                access: access(installation, aws, grant, &holder, None)?,
                place: None,
            };
            targets.push(Probe {
                target,
                grant: grant.clone(),
                bucket: None,
            });
        }
    }
    if found {
        return Ok(targets);
    }
    let what = match selection {
        Selection::Grant(id) | Selection::Using(id) => format!("there is no grant `{id}`"),
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
) -> Result<Probe, Error> {
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
        owner: aws.owner(bucket),
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
    let target = Target {
        kind,
        id: holder.id.clone(),
        access: access(installation, aws, grant, &holder, Some(bucket))?,
        place: Some(place),
    };
    Ok(Probe {
        target,
        grant: grant.clone(),
        bucket: Some((bucket.name.as_str().to_owned(), aws.s3_endpoint(bucket))),
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
            let signing = credentials::key_signing(&grant.id, &grant.id, key, aws)?;
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
    let mut scope = ExportScope::at(credentials::store_name(bucket, None).ok()?);
    scope = match kind {
        ReportKind::DataExport => scope.data_export_in(holder.reach.folder()),
        _ => scope.folder(holder.reach.folder()),
    };
    if !bucket.tags.is_empty() {
        scope = scope.with_tags();
    }
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
        let bucket = &self.bucket;
        let (boxed, owner) = match reach {
            Reach::Production => (Boxed::Yes, self.aws.owner(bucket)),
            Reach::AnyOwner => (Boxed::Yes, None),
            Reach::OwnedBy(account) => (Boxed::Yes, Some(account)),
            Reach::Unboxed => (Boxed::No, self.aws.owner(bucket)),
        };
        let signing = credentials::of_holder(&self.installation, &self.holder, bucket, &self.aws, boxed)
            .map_err(|error| {
                bucketline_sink::Error::new(Operation::Open, ErrorKind::InvalidRequest, Effect::NotApplied)
                    .with_message(chain(&error))
            })?;
        let builder = self.aws.builder_for(bucket, owner, signing)?;
        match region {
            Some(region) => builder.region(region.parse()?).build(),
            None => builder.build(),
        }
    }
}
