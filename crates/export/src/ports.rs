//! What an exporter is given: rows, stores, and ways to tell people. The program has them; tests stand in for them.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_notify::Timestamp;
use bucketline_sink::{Encryption, MultipartSink, ObjectKey, WriterSettings};

use crate::{Error, Place, RowSource, Storage, TakenJob, WorkspaceId};

/// Where a job's rows are, found again by what the job says of them, in whatever process.
pub trait Sources: Debug + Send + Sync + 'static {
    /// The rows of a job.
    ///
    /// # Errors
    ///
    /// [`Rows`](crate::ErrorKind::Rows) where there are none, or what the job says of them is not understood.
    fn rows(&self, job: &TakenJob) -> Result<Arc<dyn RowSource>, Error>;
}

/// A store that exports are written to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExportStore {
    /// The store. It tries again what time may cure.
    pub sink: Arc<dyn MultipartSink>,
    /// The folder in front of all keys.
    pub folder: Option<String>,
    /// The encryption to ask for.
    pub encryption: Encryption,
    /// How large files are cut, and how much of them is held.
    pub writer: WriterSettings,
}

impl ExportStore {
    /// A store, with keys at its root and its own encryption.
    #[must_use]
    pub fn new(sink: Arc<dyn MultipartSink>) -> Self {
        Self {
            sink,
            folder: None,
            encryption: Encryption::default(),
            writer: WriterSettings::default(),
        }
    }

    /// With this folder in front of all keys.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Cutting large files like this.
    #[must_use]
    pub fn writer(mut self, settings: WriterSettings) -> Self {
        self.writer = settings;
        self
    }

    /// Asking for this encryption.
    #[must_use]
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }
}

/// The stores of workspaces.
#[async_trait]
pub trait Places: Debug + Send + Sync + 'static {
    /// Whether a workspace has a data export integration.
    fn storage(&self, workspace: &WorkspaceId) -> Storage;

    /// A store of a workspace: no two workspaces have the same folder of the same one.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) where there is none, or it cannot be opened.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn open(&self, workspace: &WorkspaceId, place: Place) -> Result<ExportStore, Error>;

    /// A link to an object of the product's own store, good for `lifetime`.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) where none can be made.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn link(
        &self,
        workspace: &WorkspaceId,
        key: &ObjectKey,
        lifetime: Duration,
    ) -> Result<String, Error>;
}

/// Posts signed callbacks.
#[async_trait]
pub trait Poster: Debug + Send + Sync + 'static {
    /// Makes one attempt to post `payload` to `url`, signed, under the `webhook-id` `id`.
    ///
    /// # Errors
    ///
    /// As `bucketline_notify::Webhook::post`.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether it was received.
    async fn post(
        &self,
        url: &str,
        id: &str,
        sent_at: Timestamp,
        payload: String,
    ) -> Result<(), bucketline_notify::Error>;
}
