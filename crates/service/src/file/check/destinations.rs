//! Where connectors and data exports deliver, and that no two connectors share a folder. Opens nothing.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use bucketline_connector::FolderRegistry;
use bucketline_export::ROOTS;
use bucketline_sink::{Addressing, BucketAddress, BucketName, ChecksumHeaders, StorageClass, Tags};
use toml::Spanned;

use super::super::raw::Text;
use super::{Checker, Declared, valid};
use crate::model::{Bucket, Connector, DataExport, Destination, Exports, Grant, GrantKind, Workspace};
use crate::{endpoint, shared_folder};

/// The keys that say where something goes, the same in both kinds of section.
pub(super) struct Where {
    pub(super) section: &'static str,
    pub(super) span: std::ops::Range<usize>,
    pub(super) grant: Option<Text>,
    pub(super) bucket: Option<Text>,
    pub(super) bucket_behind: Option<Text>,
    pub(super) directory: Option<Text>,
    pub(super) bucket_owner: Option<Text>,
    pub(super) region: Option<Text>,
    pub(super) endpoint: Option<Text>,
    pub(super) addressing: Option<Text>,
    pub(super) checksum: Option<Text>,
    pub(super) storage_class: Option<Text>,
    pub(super) tags: Option<Spanned<BTreeMap<String, String>>>,
}

impl Checker<'_> {
    pub(super) fn destination(&mut self, keys: Where, grants: &Declared<Grant>) -> Option<Destination> {
        match (keys.directory, keys.grant, keys.bucket) {
            (Some(directory), None, None) => {
                for (key, value) in [
                    ("bucket_behind", keys.bucket_behind),
                    ("bucket_owner", keys.bucket_owner),
                    ("region", keys.region),
                    ("endpoint", keys.endpoint),
                    ("addressing", keys.addressing),
                    ("checksum", keys.checksum),
                    ("storage_class", keys.storage_class),
                ] {
                    if let Some(value) = value {
                        self.problem(
                            &value.span(),
                            format!("a `directory` takes no `{key}`"),
                            "remove it",
                        );
                    }
                }
                if let Some(tags) = keys.tags {
                    self.problem(&tags.span(), "a `directory` takes no `tags`", "remove it");
                }
                Some(Destination::Directory(self.path(Some(&directory), "")))
            }
            (None, Some(grant), Some(bucket)) => {
                self.refers(grants, &grant, "grant");
                let name = self.parse(&bucket, "bucket", "");
                let behind = keys
                    .bucket_behind
                    .map(|behind| self.bucket_behind(&behind, name.as_ref()));
                let owner = keys
                    .bucket_owner
                    .map(|owner| self.parse(&owner, "bucket_owner", ""));
                let region = keys.region.map(|region| self.parse(&region, "region", ""));
                let addressing = keys.addressing.map(|addressing| self.addressing(&addressing));
                let checksums = keys.checksum.map(|checksum| self.checksum(&checksum));
                let storage_class = keys.storage_class.map(|class| self.storage_class(&class));
                let tags = keys.tags.map(|tags| self.tags(tags));
                let endpoint = keys.endpoint.map(|endpoint| self.endpoint(&endpoint));
                let role_account = match grants.get(grant.get_ref())?.as_ref()?.kind {
                    GrantKind::AssumeRole { ref role, .. } => Some(role.account()),
                    GrantKind::AccessKey(_) => None,
                };
                Some(Destination::Bucket(Bucket {
                    grant: grant.into_inner(),
                    name: name?,
                    behind: valid(behind)?,
                    owner: valid(owner)?.or(role_account),
                    region: valid(region)?,
                    endpoint: valid(endpoint)?,
                    addressing: valid(addressing)?,
                    checksums: valid(checksums)?.unwrap_or_default(),
                    storage_class: valid(storage_class)?,
                    tags: valid(tags)?.unwrap_or_default(),
                }))
            }
            _ => {
                self.problem(
                    &keys.span,
                    format!("a {} needs one destination", keys.section),
                    "write either `grant` and `bucket`, or `directory`",
                );
                None
            }
        }
    }

    fn addressing(&mut self, text: &Text) -> Option<Addressing> {
        match text.get_ref().as_str() {
            "path" => Some(Addressing::Path),
            "virtual" => Some(Addressing::Virtual),
            other => {
                let what = format!("`{}` is no way to address a bucket", other.escape_debug());
                self.problem(&text.span(), what, "write `path` or `virtual`");
                None
            }
        }
    }

    /// The bucket behind an access point, which nothing but the configuration tells.
    fn bucket_behind(&mut self, text: &Text, name: Option<&BucketAddress>) -> Option<BucketName> {
        if matches!(name, Some(BucketAddress::Name(_))) {
            self.problem(
                &text.span(),
                "`bucket_behind` is for access points: `bucket` is a bucket's own name",
                "remove it",
            );
            return None;
        }
        self.parse(text, "bucket_behind", "")
    }

    /// Objects in an archive could not be looked at, which delivery has to where an answer was lost.
    fn storage_class(&mut self, text: &Text) -> Option<StorageClass> {
        let class: StorageClass = self.parse(text, "storage_class", "")?;
        if class.can_be_read() {
            return Some(class);
        }
        self.problem(
            &text.span(),
            format!("objects in `{class}` cannot be read back before they are restored"),
            "write `GLACIER_IR`, `STANDARD_IA` or another class that is read at once, and let a lifecycle rule archive them later",
        );
        None
    }

    fn tags(&mut self, tags: Spanned<BTreeMap<String, String>>) -> Option<Tags> {
        let span = tags.span();
        match Tags::new(tags.into_inner()) {
            Ok(tags) => Some(tags),
            Err(error) => {
                let said = error.message().unwrap_or("they cannot be used").to_owned();
                self.problem(&span, format!("`tags` cannot be used: {said}"), "");
                None
            }
        }
    }

    fn checksum(&mut self, text: &Text) -> Option<ChecksumHeaders> {
        match text.get_ref().as_str() {
            "sha256" => Some(ChecksumHeaders::Sent),
            "off" => Some(ChecksumHeaders::Omitted),
            other => {
                let what = format!("`{}` is no checksum", other.escape_debug());
                self.problem(
                    &text.span(),
                    what,
                    "write `sha256`, or `off` for a store that refuses it",
                );
                None
            }
        }
    }

    fn endpoint(&mut self, text: &Text) -> Option<String> {
        let endpoint = endpoint::parse(text.get_ref());
        if endpoint.is_none() {
            let what = format!("`endpoint` cannot be used: {}", endpoint::FAULT);
            self.problem(&text.span(), what, endpoint::ADVICE);
        }
        endpoint
    }

    /// Two connectors whose folders are equal, or one inside the other, would write into each other's data.
    pub(super) fn overlaps(&mut self, connectors: &[(std::ops::Range<usize>, Connector)]) {
        let directories: Vec<_> = connectors
            .iter()
            .filter_map(|(span, connector)| match &connector.destination {
                Destination::Directory(path) => {
                    Some((lexical(path).join(connector.folder.as_str()), (span, connector)))
                }
                Destination::Bucket(_) => None,
            })
            .collect();
        if let Some(((_, outer), (span, inner))) = shared_folder::first(&directories) {
            let what = format!(
                "the folder `{}` of connector `{}` and the folder `{}` of connector `{}` overlap on this machine",
                inner.folder, inner.id, outer.folder, outer.id
            );
            self.problem(span, what, "give each connector a folder of its own");
        }
        let mut taken = FolderRegistry::new();
        for (span, connector) in connectors {
            if matches!(connector.destination, Destination::Directory(_)) {
                continue;
            }
            let destination = identity(&connector.destination);
            if let Err(conflict) = taken.claim(&destination, &connector.folder, connector.id.as_str()) {
                let what = format!(
                    "the folder `{}` of connector `{}` and the folder `{}` of connector `{}` overlap in {destination}",
                    connector.folder,
                    connector.id,
                    conflict.other(),
                    conflict.holder(),
                );
                self.problem(span, what, "give each connector a folder of its own");
            }
        }
    }

    /// What exports write below their roots is neither in a connector's folder nor in another workspace's; and what lies in the product's own
    /// store, a folder for each workspace, is in none of them.
    pub(super) fn export_overlaps(
        &mut self,
        connectors: &[Connector],
        exports: &[(std::ops::Range<usize>, DataExport)],
        own: Option<&(std::ops::Range<usize>, Exports)>,
        workspaces: &Declared<Workspace>,
    ) {
        let mut taken = FolderRegistry::new();
        for connector in connectors {
            let holder = format!("connector `{}`", connector.id);
            // What overlaps among connectors was told already.
            let _ = taken.claim(&identity(&connector.destination), &connector.folder, &holder);
        }
        for (span, export) in exports {
            let destination = identity(&export.destination);
            let holder = format!("the data export of `{}`", export.workspace);
            for root in ROOTS {
                let folder = match &export.folder {
                    Some(folder) => format!("{folder}/{root}"),
                    None => root.to_owned(),
                };
                let Ok(folder) = folder.parse() else { continue };
                if let Err(conflict) = taken.claim(&destination, &folder, &holder) {
                    let what = format!(
                        "{holder} writes below `{folder}`, which overlaps with the folder `{}` of {} in {destination}",
                        conflict.other(),
                        conflict.holder(),
                    );
                    self.problem(span, what, "give one of them another `folder`");
                    break;
                }
            }
        }
        let Some((span, own)) = own else { return };
        let destination = identity(&own.own);
        for workspace in workspaces.keys() {
            let Ok(folder) = own.folder_of(workspace).parse() else {
                continue;
            };
            let holder = format!("the downloads of `{workspace}`");
            if let Err(conflict) = taken.claim(&destination, &folder, &holder) {
                let what = format!(
                    "{holder} lie in `{folder}`, which overlaps with the folder `{}` of {} in {destination}",
                    conflict.other(),
                    conflict.holder(),
                );
                self.problem(
                    span,
                    what,
                    "give `[exports]` another `folder`, or better a bucket of its own",
                );
                break;
            }
        }
    }
}

/// What two connectors share when they write to the same place. Bucket names are unique in a partition of AWS, so two
/// connectors on one name are taken to meet there unless their endpoints differ.
fn identity(destination: &Destination) -> String {
    match destination {
        Destination::Directory(path) => format!("the directory `{}`", lexical(path).display()),
        Destination::Bucket(bucket) => match &bucket.endpoint {
            Some(endpoint) => format!("the bucket `{}` at `{endpoint}`", bucket.claimed_as()),
            None => format!("the bucket `{}`", bucket.claimed_as()),
        },
    }
}

/// A path without `.` and `a/..`, so that two spellings of one directory are found equal without reading the disk.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some_and(|name| name != "..") => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
