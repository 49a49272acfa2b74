//! The configuration, checked: what every command works from. Knows nothing of credentials' values, nor of AWS.
//!
//! `raw` is the file as written, `check` turns it into the types below and finds every problem at once, each with its
//! place.

mod check;
mod duration;
mod raw;
mod source;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bucketline_auth::{AccessKeyId, AccountId, ExternalId, Region, RoleArn};
use bucketline_connector::{ConnectorId, FolderPath, Label, WorkspaceId};
use bucketline_format::EventSelection;
use bucketline_sink::{BucketName, Encryption};

use crate::failure::{Failure, Outcome, Problem};
pub(crate) use check::is_endpoint;
pub(crate) use duration::parse as parse_duration;
pub(crate) use source::Place;

/// A whole configuration file whose every value has been checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) vendor: Vendor,
    pub(crate) spool: Spool,
    pub(crate) delivery: Delivery,
    /// The folder of Avro schemas.
    pub(crate) schemas: PathBuf,
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) connectors: Vec<Connector>,
    /// How many `[[data_export]]` sections there are: checked with the rest, used by nothing yet.
    pub(crate) data_exports: usize,
}

/// Who runs this installation.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) account: Option<AccountId>,
    pub(crate) credentials: Option<AccessKey>,
    pub(crate) cluster: Label,
    pub(crate) zone: Label,
}

/// The data directory.
#[derive(Debug)]
pub(crate) struct Spool {
    pub(crate) dir: PathBuf,
    /// Checked and not applied yet: held events are kept without limit.
    pub(crate) retention: Option<Duration>,
    /// Checked and not applied yet.
    pub(crate) replay: Option<Duration>,
}

/// When an object is written: at this many events or at this age, whichever is first.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) events: u64,
    pub(crate) age: Duration,
}

/// A tenant's space.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) id: WorkspaceId,
    pub(crate) integrations: Vec<Integration>,
}

/// What a workspace may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integration {
    Currents,
    DataExport,
}

/// A named credential of one customer.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) kind: GrantKind,
}

/// How a grant authenticates.
#[derive(Debug)]
pub(crate) enum GrantKind {
    AccessKey(AccessKey),
    AssumeRole { role: RoleArn, external_id: ExternalId },
}

/// An access key whose secret is still where it is kept.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    /// Nothing where the secret's file is AWS's own CSV, which holds both halves.
    pub(crate) id: Option<AccessKeyId>,
    pub(crate) secret: Secret,
}

/// Where a secret is kept.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) keeper: Keeper,
    /// Where the configuration names it.
    pub(crate) place: Place,
}

/// The kinds of place a secret can be kept in.
#[derive(Clone, Debug)]
pub(crate) enum Keeper {
    Env(String),
    File(PathBuf),
}

/// One configured delivery.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) id: ConnectorId,
    pub(crate) name: String,
    pub(crate) workspace: WorkspaceId,
    pub(crate) destination: Destination,
    pub(crate) folder: FolderPath,
    pub(crate) encryption: Encryption,
    pub(crate) events: EventSelection,
    pub(crate) place: Place,
}

/// Where a connector delivers.
#[derive(Debug)]
pub(crate) enum Destination {
    /// A local folder, for a first look without AWS.
    Directory(PathBuf),
    /// A customer's bucket.
    Bucket(Bucket),
}

/// A bucket and the grant that opens it.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) grant: String,
    pub(crate) name: BucketName,
    pub(crate) owner: Option<AccountId>,
    pub(crate) region: Option<Region>,
    pub(crate) endpoint: Option<String>,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Every problem found, each with its place: exit code 2.
    pub(crate) fn load(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(
                Problem::new(format!("the configuration file cannot be read: {error}"))
                    .at(path.display())
                    .advice("name one with `--config FILE`, or write one as the README shows"),
            )
        })?;
        let source = source::Source::new(path.to_owned(), text);
        let file = toml::from_str(source.text())
            .map_err(|error| Failure::configuration(vec![source.refused(&error)]))?;
        check::check(&source, file).map_err(Failure::configuration)
    }

    /// The grant of that name; the check has made sure that each one named exists.
    pub(crate) fn grant(&self, id: &str) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }
}
