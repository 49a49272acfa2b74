//! Whether a data export integration may be used: only with the settings that passed their check, deletion included. What
//! passed is remembered beside the jobs, as a digest of the settings.

use std::path::{Path, PathBuf};

use bucketline_check::{Report, Reports, Settings};
use bucketline_export::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::{DataExport, Destination, GrantKind, Installation};
use crate::notices::Notices;
use crate::variables::Variables;
use crate::wire::{self, Occasion, Selection};

/// What came of testing an integration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Saved {
    /// It passed, and may be used from now on.
    Yes(Box<Report>),
    /// It did not: what it was before counts no more.
    No(Box<Report>),
    /// It is a folder of this machine: there is nothing to test.
    Folder,
}

#[derive(Debug, Serialize, Deserialize)]
struct Passed {
    settings: String,
}

/// Tests the data export integration of a workspace, deletion included, and saves it if it passes.
///
/// # Errors
/// The workspace has none, a secret or a setting cannot be used, or the outcome cannot be written down.
///
/// # Cancel safety
/// Given up, it is as before.
pub async fn save(
    installation: &Installation,
    workspace: &str,
    variables: &Variables,
    settings: &Settings,
) -> Result<Saved, crate::Error> {
    let Some(integration) = installation.data_export(workspace) else {
        let what = format!("the workspace `{workspace}` has no data export integration");
        return Err(crate::Error::configuration(
            crate::Problem::new(what).advice("add a `[[data_export]]` section for it"),
        ));
    };
    if matches!(integration.destination, Destination::Directory(_)) {
        return Ok(Saved::Folder);
    }
    let selection = Selection::DataExport(workspace.to_owned());
    // Boxed: a check is a deep future, and this one lies within that of every export.
    let checked = wire::check(installation, variables, &selection, settings, Occasion::Start);
    let checked = Box::pin(checked).await?;
    let Some(report) = checked.reports.0.into_iter().next() else {
        return Ok(Saved::Folder);
    };
    let path = passed_path(installation, integration);
    let written = if report.is_ok() {
        remember(&path, integration, installation)
    } else {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    };
    written.map_err(|error| {
        let what = format!("`{}` cannot be written: {error}", path.display());
        crate::Error::data_directory(crate::Problem::new(what))
    })?;
    Ok(if report.is_ok() {
        Saved::Yes(Box::new(report))
    } else {
        Saved::No(Box::new(report))
    })
}

/// Tests an integration that is used for the first time, or whose settings have changed.
pub(super) async fn ensure(
    installation: &Installation,
    integration: &DataExport,
    variables: &Variables,
    notices: Option<&Notices>,
) -> Result<(), Error> {
    let path = passed_path(installation, integration);
    if matches!(integration.destination, Destination::Directory(_))
        || has_passed(&path, integration, installation)
    {
        return Ok(());
    }
    let workspace = integration.workspace.as_str();
    let saved = save(installation, workspace, variables, &Settings::default())
        .await
        .map_err(|error| Error::new(ErrorKind::Storage, error.to_string()))?;
    if let (Some(notices), Saved::Yes(report) | Saved::No(report)) = (notices, &saved) {
        let reports = Reports(vec![(**report).clone()]);
        notices.checked(installation, &reports).await;
    }
    match saved {
        Saved::No(report) => {
            let why = wire::why(&report);
            let message = format!(
                "the data export integration of `{workspace}` is not used: {why}; `bucketline export save {workspace}` \
                 says what to do"
            );
            Err(Error::new(ErrorKind::Storage, message))
        }
        _ => Ok(()),
    }
}

fn passed_path(installation: &Installation, integration: &DataExport) -> PathBuf {
    let name = format!("{}.json", integration.workspace);
    installation.exports.dir.join("integrations").join(name)
}

fn has_passed(path: &Path, integration: &DataExport, installation: &Installation) -> bool {
    let passed = std::fs::read(path)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Passed>(&bytes).ok());
    passed.is_some_and(|passed| passed.settings == digest(integration, installation))
}

fn remember(path: &Path, integration: &DataExport, installation: &Installation) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let passed = Passed {
        settings: digest(integration, installation),
    };
    let beside = path.with_extension("new");
    std::fs::write(&beside, serde_json::to_vec(&passed)?)?;
    std::fs::rename(&beside, path)
}

/// What a check is of: where, as whom, with which encryption. Secrets are not in it: a new one of the same key needs no test.
fn digest(integration: &DataExport, installation: &Installation) -> String {
    let grant = match &integration.destination {
        Destination::Bucket(bucket) => installation.grant(&bucket.grant).map(|grant| match &grant.kind {
            GrantKind::AccessKey(key) => format!("key {:?}", key.id.as_ref().map(ToString::to_string)),
            GrantKind::AssumeRole { role, external_id } => format!("role {role} {external_id:?}"),
        }),
        Destination::Directory(_) => None,
    };
    let settings = format!(
        "{:?} {:?} {:?} {grant:?}",
        integration.destination, integration.folder, integration.encryption
    );
    Sha256::digest(settings.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
