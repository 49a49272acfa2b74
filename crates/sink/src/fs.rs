//! A folder on this machine as a sink. It must not know any other store.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::fs::store::Store;
use crate::{
    Error, ListPage, ListToken, MultipartSink, Object, ObjectInfo, ObjectKey, Operation, Part, Payload,
    PutMode, PutOptions, PutOutcome, Sink, Upload,
};

mod asked;
mod atomic_write;
mod driver;
mod failure;
mod jail;
mod layout;
mod lock;
mod sidecar;
mod store;
mod uploads;
mod walk;

/// A folder on this machine: each key is a file below it.
///
/// What a bucket keeps as metadata lies in `<folder>/_bucketline/meta/<key>.json`. An object is written to a
/// temporary file, fsynced, and then linked to its name, which fails if the name is taken: so a create is
/// exclusive between processes too, and a crash leaves an object whole or absent. Listings leave
/// `_bucketline` out. Parts of an object lie in `_bucketline/uploads/<id>` until they become one file.
///
/// Writers of one folder take turns by a file lock (`_bucketline/lock`); readers need none.
///
/// # Limits
///
/// - A segment of a key has at most 255 bytes, the last one 250: more is `InvalidRequest`.
/// - A key cannot be the folder of another (`a` beside `a/b`), and keys `x` and `x.json/...` exclude each
///   other: the second one is `InvalidRequest`.
/// - The file system has to know hard links and file locks; where it ignores case, keys that differ by case
///   alone are one.
/// - Links below the folder are not followed, and special files (pipes, sockets, devices) are not opened: a key that
///   leads there is `InvalidRequest`, and a listing leaves them out.
/// - Nothing is encrypted, and there are neither storage classes nor tags: asking for them is `Unsupported`.
///
/// ```
/// # async fn example(folder: &std::path::Path) -> Result<(), bucketline_sink::Error> {
/// use bucketline_sink::{FsSink, SinkExt};
///
/// let sink = FsSink::open(folder)?;
/// sink.put_bytes(&"currents/a.avro".parse()?, "bytes").await?;
/// assert_eq!(std::fs::read(folder.join("currents/a.avro")).ok(), Some(b"bytes".to_vec()));
/// # Ok(())
/// # }
/// # let folder = tempfile::tempdir().unwrap();
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example(folder.path())).unwrap();
/// ```
#[derive(Clone)]
pub struct FsSink(Arc<Store>);

impl FsSink {
    /// Opens the folder, made if absent, and clears away what crashed writers left half done.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `DiskFull`, `InvalidRequest` (the path is a file) or `Unexpected`; `NotApplied`.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Store::open(folder.as_ref()).map(|store| Self(Arc::new(store)))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.0.root()
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: Operation,
        key: &str,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = Arc::clone(&self.0);
        driver::blocking(operation, move || work(&store))
            .await
            .map_err(|error| {
                let error = if error.key().is_none() {
                    error.with_key(key)
                } else {
                    error
                };
                error.with_operation(operation).with_place(self.to_string())
            })
    }
}

#[async_trait]
impl Sink for FsSink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        options.check()?;
        let (name, options) = (key.clone(), options.clone());
        self.run(Operation::Put, key.as_str(), move |store| {
            store.put(&name, &payload, &options)
        })
        .await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        let name = key.clone();
        self.run(Operation::Head, key.as_str(), move |store| store.head(&name))
            .await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let name = key.clone();
        self.run(Operation::Get, key.as_str(), move |store| store.get(&name))
            .await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        let (text, after) = (prefix.to_owned(), after.cloned());
        self.run(Operation::List, prefix, move |store| {
            store.list(&text, after.as_ref())
        })
        .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let name = key.clone();
        self.run(Operation::Delete, key.as_str(), move |store| store.delete(&name))
            .await
    }
}

#[async_trait]
impl MultipartSink for FsSink {
    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        options.check()?;
        let (name, options) = (key.clone(), options.clone());
        self.run(Operation::BeginUpload, key.as_str(), move |store| {
            store.begin_upload(&name, &options)
        })
        .await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        let to = upload.clone();
        self.run(Operation::PutPart, upload.key().as_str(), move |store| {
            store.put_part(&to, number, &payload)
        })
        .await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let (of, parts, mode) = (upload.clone(), parts.to_vec(), mode.clone());
        self.run(Operation::CompleteUpload, upload.key().as_str(), move |store| {
            store.complete_upload(&of, &parts, &mode)
        })
        .await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        let of = upload.clone();
        self.run(Operation::AbortUpload, upload.key().as_str(), move |store| {
            store.abort_upload(&of)
        })
        .await
    }
}

impl fmt::Display for FsSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "folder {}", self.folder().display())
    }
}

impl fmt::Debug for FsSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsSink").field("folder", &self.folder()).finish()
    }
}

/// An I/O error with the path it befell.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
struct PathError {
    path: PathBuf,
    source: io::Error,
}

trait AtPath<T> {
    fn at(self, path: &Path) -> Result<T, PathError>;
}

impl<T> AtPath<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, PathError> {
        self.map_err(|source| PathError {
            path: path.to_owned(),
            source,
        })
    }
}
