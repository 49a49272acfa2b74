//! An installation, checked: what everything else works from, wherever it came from (a file, or rows of a database).
//! Knows nothing of files and places in them, of credentials' values, nor of AWS.

mod exports;
mod notify;
mod path;
mod segment;
mod transforms;
mod warnings;

pub use exports::{Exports, MailServer};
pub use notify::{Notify, NotifyMail, NotifyUrl, NotifyWebhook};
pub use path::ModelPath;
pub use segment::{RowsAt, Segment};
pub use transforms::{KeptHmacKey, TransformAction, TransformRule};

use std::path::PathBuf;
use std::time::Duration;

use bucketline_auth::{AccessKeyId, AccountId, ExternalId, RoleArn};
use bucketline_connector::{ConnectorId, FolderPath, Label, Quota, WorkspaceId};
use bucketline_format::{Encoder, EventSelection, SchemaId};
use bucketline_sink::{BucketAddress, BucketName, Encryption, Region, StorageClass, Tags};
use serde::{Deserialize, Serialize};

/// A whole installation, whose every value has been checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Installation {
    /// Who runs it.
    pub vendor: Vendor,
    /// The data directory.
    pub spool: Spool,
    /// When objects are written.
    pub delivery: Delivery,
    /// What is looked after beside deliveries.
    pub checks: Checks,
    /// What is known of event types.
    pub schemas: Schemas,
    /// The tenants.
    pub workspaces: Vec<Workspace>,
    /// The customers' credentials.
    pub grants: Vec<Grant>,
    /// The deliveries.
    pub connectors: Vec<Connector>,
    /// The segments whose users programs may ask for.
    pub segments: Vec<Segment>,
    /// The data export integrations, at most one for each workspace.
    pub data_exports: Vec<DataExport>,
    /// What exports are made with.
    pub exports: Exports,
    /// The server that takes mail, where there is one.
    pub mail: Option<MailServer>,
    /// Who is told of what changes, where anybody is.
    pub notify: Option<Notify>,
}

/// Who runs an installation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Vendor {
    /// Our own account, in which no customer's role may be.
    pub account: Option<AccountId>,
    /// Who assumes roles; AWS's usual places where none.
    pub credentials: Option<KeptKey>,
    /// A part of every object's name.
    pub cluster: Label,
    /// A part of every object's name.
    pub zone: Label,
}

/// The data directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Spool {
    /// Where accepted events are kept until they are delivered.
    pub dir: PathBuf,
    /// How long events are held that cannot be delivered, in time in which the program runs.
    pub retention: Duration,
    /// How many bytes of what is held are kept in memory; the rest is read back from the disk when it is due.
    pub memory: u64,
}

/// The Avro schemas of the event types.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Schemas {
    /// The folder that they are in; the built-in ones where none.
    pub dir: Option<PathBuf>,
    /// The steps that break readers, and are meant to.
    pub allowed: Vec<AllowedChange>,
}

/// A schema that breaks readers of the version before it, and is taken all the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AllowedChange {
    /// The schema.
    pub schema: SchemaId,
    /// Why, for whoever asks later.
    pub reason: String,
}

/// When an object is written: at this many events or at this age, whichever is first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// Events.
    pub events: u64,
    /// The age of the oldest of them.
    pub age: Duration,
}

/// What is looked after beside deliveries, and how often.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checks {
    /// How often a connector that delivers nothing is checked; never where none.
    pub every: Option<Duration>,
    /// From which age on an access key is told to be old; never where none.
    pub key_age: Option<Duration>,
}

/// A tenant's space.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// What it may use.
    pub integrations: Vec<Integration>,
    /// What its programs ask the API with: one key, or two while one replaces the other.
    pub api_keys: Vec<Keeper>,
}

/// What a workspace may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Integration {
    /// A stream of events.
    Currents,
    /// Reports and exports.
    DataExport,
}

/// A named credential of one customer, which any number of that customer's connectors may use.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// How it authenticates.
    pub kind: GrantKind,
}

/// The two ways into a customer's account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GrantKind {
    /// The key of a user that the customer made.
    AccessKey(KeptKey),
    /// A role that the customer made, guarded by an external ID.
    AssumeRole {
        /// The role.
        role: RoleArn,
        /// The external ID.
        external_id: ExternalId,
    },
}

/// An access key whose secret is still where it is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptKey {
    /// Nothing where the secret's file is AWS's own CSV, which holds both halves.
    pub id: Option<AccessKeyId>,
    /// Where the secret is.
    pub secret: Keeper,
    /// Where the model has it.
    pub path: ModelPath,
}

/// Where a secret is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keeper {
    /// In an environment variable of this name.
    Env(String),
    /// In a file: the secret alone, or AWS's CSV.
    File(PathBuf),
}

/// One configured delivery.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connector {
    /// Its id, never used for another.
    pub id: ConnectorId,
    /// Its name, as people know it.
    pub name: String,
    /// Whose events it delivers.
    pub workspace: WorkspaceId,
    /// Into what.
    pub destination: Destination,
    /// Below which folder.
    pub folder: FolderPath,
    /// The encryption to ask for.
    pub encryption: Encryption,
    /// Which events it takes.
    pub events: EventSelection,
    /// The most that is held for it, if it has a bound of its own.
    pub quota: Option<Quota>,
    /// What makes objects of them.
    pub encoder: &'static dyn Encoder,
    /// What it does not get to see of them.
    pub transforms: Vec<TransformRule>,
}

/// Where a connector or an export delivers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Destination {
    /// A local folder, for a first look without AWS.
    Directory(PathBuf),
    /// A customer's bucket.
    Bucket(Bucket),
}

impl Destination {
    /// The grant that opens it, by its id; none of a folder.
    #[must_use]
    pub fn grant(&self) -> Option<&String> {
        match self {
            Self::Directory(_) => None,
            Self::Bucket(bucket) => Some(&bucket.grant),
        }
    }
}

/// A bucket and the grant that opens it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bucket {
    /// The grant, by its id.
    pub grant: String,
    /// What requests name: the bucket, or an access point before it.
    pub name: BucketAddress,
    /// The bucket behind an access point, where it is known: S3 does not tell it to those who may only write.
    pub behind: Option<BucketName>,
    /// The account that it has to belong to; the role's, unless said otherwise.
    pub owner: Option<AccountId>,
    /// Its region; learnt where none.
    pub region: Option<Region>,
    /// Where it is, if not at AWS.
    pub endpoint: Option<String>,
    /// Where requests name the bucket; as is usual for its store if not said.
    pub addressing: Option<bucketline_sink::Addressing>,
    /// Whether requests carry checksum headers.
    pub checksums: bucketline_sink::ChecksumHeaders,
    /// The storage class of what is put there; the bucket's own if none.
    pub storage_class: Option<StorageClass>,
    /// The tags of what is put there.
    pub tags: Tags,
}

impl Bucket {
    /// The name by which folders in it are claimed: the bucket's own where it is known, since two ways to one bucket lead to the
    /// same folders.
    #[must_use]
    pub fn claimed_as(&self) -> &str {
        self.behind
            .as_ref()
            .map_or(self.name.as_str(), BucketName::as_str)
    }
}

/// The data export integration of a workspace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DataExport {
    /// Whose reports and exports they are.
    pub workspace: WorkspaceId,
    /// Into what.
    pub destination: Destination,
    /// Below which folder; none unless set.
    pub folder: Option<FolderPath>,
    /// The encryption to ask for.
    pub encryption: Encryption,
}

impl Installation {
    /// The data export integration of a workspace.
    #[must_use]
    pub fn data_export(&self, workspace: &str) -> Option<&DataExport> {
        self.data_exports
            .iter()
            .find(|export| export.workspace.as_str() == workspace)
    }

    /// The grant of that id.
    #[must_use]
    pub fn grant(&self, id: &str) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }
}
