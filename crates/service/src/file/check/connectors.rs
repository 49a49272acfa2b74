//! The `[[connector]]` and `[[data_export]]` sections. Their destinations are checked in a module of their own.

use std::collections::BTreeSet;

use bucketline_connector::{ConnectorId, FolderPath, ObjectName};
use bucketline_format::{Encoder, EventSelection, default_encoder, formats, newest_encoder};
use toml::Spanned;

use super::super::raw::{self, Text};
use super::destinations::Where;
use super::{Checker, Declared, valid};
use crate::model::{Connector, DataExport, Grant, Integration, ModelPath, Vendor, Workspace};

/// Bytes of a key (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
const LONGEST_KEY: usize = 1_024;

impl Checker<'_> {
    pub(super) fn connectors(
        &mut self,
        connectors: Vec<Spanned<raw::Connector>>,
        vendor: Option<&Vendor>,
        workspaces: &Declared<Workspace>,
        grants: &Declared<Grant>,
    ) -> Vec<(std::ops::Range<usize>, Connector)> {
        let mut seen = Declared::new();
        let mut checked = Vec::new();
        for connector in connectors {
            let span = connector.span();
            let id = connector.get_ref().id.clone();
            let connector = self.connector(&span, connector.into_inner(), vendor, workspaces, grants);
            self.declare(&mut seen, &id, "connector", Some(()));
            if let Some(connector) = connector {
                self.places
                    .note(ModelPath::connector(&connector.id), self.source.place(&span));
                checked.push((span, connector));
            }
        }
        self.overlaps(&checked);
        checked
    }

    fn connector(
        &mut self,
        span: &std::ops::Range<usize>,
        raw: raw::Connector,
        vendor: Option<&Vendor>,
        workspaces: &Declared<Workspace>,
        grants: &Declared<Grant>,
    ) -> Option<Connector> {
        let id = self.parse::<ConnectorId>(&raw.id, "id", "");
        let workspace = self.workspace(&raw.workspace, workspaces, Integration::Currents);
        let folder = match &raw.folder {
            Some(folder) => self.parse::<FolderPath>(folder, "folder", ""),
            None => Some(FolderPath::default()),
        };
        if let (Some(text), Some(path), Some(vendor)) = (&raw.folder, &folder, vendor) {
            self.longest_key(text, path, vendor);
        }
        let region = raw.region.as_ref().map(|region| region.get_ref().as_str());
        let encryption = self.encryption(raw.encryption.as_ref(), region);
        let events = self.events(raw.events.as_deref());
        let quota = self.quota(raw.quota.as_ref());
        let encoder = self.encoder(raw.format.as_ref(), raw.codec.as_ref());
        let transforms = self.transforms(id.as_ref(), raw.transform);
        let destination = self.destination(
            Where {
                section: "connector",
                span: span.clone(),
                grant: raw.grant,
                bucket: raw.bucket,
                bucket_behind: raw.bucket_behind,
                directory: raw.directory,
                bucket_owner: raw.bucket_owner,
                region: raw.region,
                endpoint: raw.endpoint,
                addressing: raw.addressing,
                checksum: raw.checksum,
                storage_class: raw.storage_class,
                tags: raw.tags,
            },
            grants,
        );
        let id = id?;
        Some(Connector {
            name: raw.name.map_or_else(|| id.to_string(), Spanned::into_inner),
            id,
            workspace: workspace?,
            destination: destination?,
            folder: folder?,
            encryption: encryption?,
            events: events?,
            quota: quota?,
            encoder: encoder?,
            transforms: transforms?,
        })
    }

    fn workspace(
        &mut self,
        id: &Text,
        workspaces: &Declared<Workspace>,
        integration: Integration,
    ) -> Option<bucketline_connector::WorkspaceId> {
        self.refers(workspaces, id, "workspace");
        let workspace = workspaces.get(id.get_ref())?.as_ref()?;
        if !workspace.integrations.contains(&integration) {
            let what = format!(
                "the workspace `{}` does not have the integration that this section needs",
                id.get_ref()
            );
            self.problem(&id.span(), what, "add it to the workspace's `integrations`");
        }
        Some(workspace.id.clone())
    }

    fn events(&mut self, patterns: Option<&[Text]>) -> Option<EventSelection> {
        let Some(patterns) = patterns else {
            return Some(EventSelection::all());
        };
        if patterns.is_empty() {
            return Some(EventSelection::all());
        }
        let mut valid = true;
        for pattern in patterns {
            if let Err(error) = EventSelection::parse([pattern.get_ref().as_str()]) {
                self.problem(&pattern.span(), format!("`events` cannot be used: {error}"), "");
                valid = false;
            }
        }
        if valid {
            EventSelection::parse(patterns.iter().map(|pattern| pattern.get_ref().as_str())).ok()
        } else {
            None
        }
    }

    /// What makes objects of a connector's events: Avro, unless said otherwise, with the format's first codec, unless said otherwise.
    fn encoder(&mut self, format: Option<&Text>, codec: Option<&Text>) -> Option<&'static dyn Encoder> {
        let default = default_encoder();
        let format_name = format.map_or(default.format(), |text| text.get_ref());
        let mut codecs = formats().filter(|(format, _)| *format == format_name);
        let first = codecs.next().map_or(default.codec(), |(_, codec)| codec);
        let codec_name = codec.map_or(first, |text| text.get_ref());
        if let Ok(encoder) = newest_encoder(format_name, codec_name) {
            return Some(encoder);
        }
        let mut names: Vec<&str> = formats().map(|(format, _)| format).collect();
        names.dedup();
        let codecs = formats().filter(|(format, _)| *format == format_name);
        let codecs: Vec<&str> = codecs.map(|(_, codec)| codec).collect();
        match (format, codec) {
            (Some(format), _) if codecs.is_empty() => {
                let what = match format_name {
                    "parquet" => "this program is built without the format `parquet`".to_owned(),
                    other => format!("`{other}` is not a format"),
                };
                self.problem(&format.span(), what, &format!("write `{}`", names.join("`, `")));
            }
            (_, Some(codec)) => {
                let what = format!("`{codec_name}` is not a codec of the format `{format_name}`");
                self.problem(&codec.span(), what, &format!("write `{}`", codecs.join("`, `")));
            }
            _ => {}
        }
        None
    }

    /// The longest key that a connector can come to is bounded by S3, so a folder may be too long for the names below.
    fn longest_key(&mut self, folder: &Text, path: &FolderPath, vendor: &Vendor) {
        let length = ObjectName::longest_key(path, &vendor.cluster, &vendor.zone);
        if length > LONGEST_KEY {
            let what = format!(
                "`folder` is too long: keys below it can have {length} bytes, S3 takes {LONGEST_KEY}"
            );
            self.problem(
                &folder.span(),
                what,
                &format!("shorten it by {} bytes", length - LONGEST_KEY),
            );
        }
    }

    pub(super) fn data_exports(
        &mut self,
        exports: Vec<Spanned<raw::DataExport>>,
        workspaces: &Declared<Workspace>,
        grants: &Declared<Grant>,
    ) -> Vec<(std::ops::Range<usize>, DataExport)> {
        let mut seen = BTreeSet::new();
        let mut checked = Vec::new();
        for export in exports {
            let span = export.span();
            let raw = export.into_inner();
            if !seen.insert(raw.workspace.get_ref().clone()) {
                let what = format!(
                    "a second data export of the workspace `{}`",
                    raw.workspace.get_ref()
                );
                self.problem(
                    &raw.workspace.span(),
                    what,
                    "a workspace has at most one: remove it",
                );
            }
            let path = ModelPath::data_export(raw.workspace.get_ref());
            self.places.note(path, self.source.place(&span));
            let workspace = self.workspace(&raw.workspace, workspaces, Integration::DataExport);
            let folder = raw
                .folder
                .as_ref()
                .map(|folder| self.parse::<FolderPath>(folder, "folder", ""));
            let region = raw.region.as_ref().map(|region| region.get_ref().as_str());
            let encryption = self.encryption(raw.encryption.as_ref(), region);
            let destination = self.destination(
                Where {
                    section: "data export",
                    span: span.clone(),
                    grant: raw.grant,
                    bucket: raw.bucket,
                    bucket_behind: raw.bucket_behind,
                    directory: raw.directory,
                    bucket_owner: raw.bucket_owner,
                    region: raw.region,
                    endpoint: raw.endpoint,
                    addressing: raw.addressing,
                    checksum: raw.checksum,
                    storage_class: raw.storage_class,
                    tags: raw.tags,
                },
                grants,
            );
            let (Some(workspace), Some(destination), Some(folder), Some(encryption)) =
                (workspace, destination, valid(folder), encryption)
            else {
                continue;
            };
            let export = DataExport {
                workspace,
                destination,
                folder,
                encryption,
            };
            checked.push((span, export));
        }
        checked
    }
}
