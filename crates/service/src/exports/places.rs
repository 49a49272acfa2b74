//! The stores of exports: the product's own, and each workspace's data export integration.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_export::{Error, ErrorKind, ExportStore, Place, Places, Storage, WorkspaceId};
use bucketline_sink::{Encryption, FsSink, MultipartSink, ObjectKey, S3Sink};

use super::saved;
use crate::chain;
use crate::model::{Bucket, Destination, Installation, ModelPath};
use crate::notices::Notices;
use crate::variables::Variables;
use crate::wire::{Aws, Holder, Reach, export_sink, export_store};

/// The stores of an installation.
pub(super) struct InstallationPlaces {
    installation: Arc<Installation>,
    aws: Arc<Aws>,
    variables: Variables,
    notices: Option<Notices>,
}

impl fmt::Debug for InstallationPlaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationPlaces")
    }
}

impl InstallationPlaces {
    pub(super) fn new(
        installation: Installation,
        aws: Arc<Aws>,
        variables: Variables,
        notices: Option<Notices>,
    ) -> Self {
        Self {
            installation: Arc::new(installation),
            aws,
            variables,
            notices,
        }
    }

    /// The folder of a workspace in the product's own store: nobody else's.
    fn own_folder(&self, workspace: &WorkspaceId) -> String {
        self.installation.exports.folder_of(workspace.as_str())
    }

    fn bucket(&self, bucket: &Bucket, holder: &Holder) -> Result<S3Sink, Error> {
        export_sink(&self.installation, holder, bucket, &self.aws).map_err(|error| unusable(&error))
    }

    fn sink(&self, destination: &Destination, holder: &Holder) -> Result<Arc<dyn MultipartSink>, Error> {
        match destination {
            Destination::Directory(path) => match FsSink::open(path) {
                Ok(sink) => Ok(Arc::new(sink)),
                Err(error) => {
                    let message = format!("`{}` cannot be opened", path.display());
                    Err(Error::new(ErrorKind::Storage, message).with_source(error))
                }
            },
            Destination::Bucket(bucket) => {
                let sink = self.bucket(bucket, holder)?;
                Ok(export_store(sink, holder.reach.folder().parse().ok()))
            }
        }
    }

    fn own_holder(&self, workspace: &WorkspaceId) -> Holder {
        Holder {
            path: ModelPath::exports(),
            id: format!("exports-{workspace}"),
            reach: Reach::Exports(self.own_folder(workspace)),
            encryption: Encryption::BucketDefault,
        }
    }
}

#[async_trait]
impl Places for InstallationPlaces {
    fn storage(&self, workspace: &WorkspaceId) -> Storage {
        match self.installation.data_export(workspace.as_str()) {
            Some(_) => Storage::Customers,
            None => Storage::None,
        }
    }

    async fn open(&self, workspace: &WorkspaceId, place: Place) -> Result<ExportStore, Error> {
        if place == Place::Own {
            let exports = &self.installation.exports;
            let sink = self.sink(&exports.own, &self.own_holder(workspace))?;
            return Ok(ExportStore::new(sink)
                .folder(self.own_folder(workspace))
                .encryption(exports.encryption.clone()));
        }
        let integration = self.installation.data_export(workspace.as_str()).ok_or_else(|| {
            let message = format!("the workspace `{workspace}` has no data export integration any more");
            Error::new(ErrorKind::Storage, message)
        })?;
        let notices = self.notices.as_ref();
        saved::ensure(&self.installation, integration, &self.variables, notices).await?;
        let sink = self.sink(&integration.destination, &Holder::data_export(integration))?;
        let store = ExportStore::new(sink).encryption(integration.encryption.clone());
        Ok(match &integration.folder {
            Some(folder) => store.folder(folder.as_str()),
            None => store,
        })
    }

    async fn link(
        &self,
        workspace: &WorkspaceId,
        key: &ObjectKey,
        lifetime: Duration,
    ) -> Result<String, Error> {
        match &self.installation.exports.own {
            Destination::Directory(path) => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                Ok(path.join(key.as_str()).display().to_string())
            }
            Destination::Bucket(bucket) => self
                .bucket(bucket, &self.own_holder(workspace))?
                .presigned_get(key, lifetime)
                .await
                .map_err(|error| Error::new(ErrorKind::Storage, "no link can be signed").with_source(error)),
        }
    }
}

fn unusable(error: &crate::Error) -> Error {
    Error::new(ErrorKind::Storage, chain(error))
}
