//! Jobs in a folder, one file each, replaced whole and flushed to disk. A lock of the operating system stands for a claim:
//! it ends with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{Claim, JobStore, may_begin, newest_first, not_found};
use crate::driver::blocking;
use crate::{Error, ErrorKind, JobId, JobRecord};

/// Jobs in a folder, which several processes of one machine may share.
///
/// `<id>.json` is the job, `<id>.lock` is locked by whoever works on it, `<id>.cancel` is there when somebody asked to
/// cancel it, and `lock` is held while it is decided whether a job may begin.
#[derive(Clone, Debug)]
pub struct FolderJobStore {
    folder: PathBuf,
}

impl FolderJobStore {
    /// The jobs in `folder`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where it cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        make_private(&folder).map_err(|error| failed("make", &folder, error))?;
        Ok(Self { folder })
    }

    fn file(&self, id: JobId, ending: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ending}"))
    }

    fn read(&self, id: JobId) -> Result<JobRecord, Error> {
        let path = self.file(id, "json");
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found(id),
            _ => failed("read", &path, error),
        })?;
        serde_json::from_slice(&bytes).map_err(|error| failed("read", &path, error))
    }

    fn write(&self, record: &JobRecord) -> Result<(), Error> {
        let path = self.file(record.id(), "json");
        let text = serde_json::to_vec(record).map_err(|error| failed("write", &path, error))?;
        replace(&path, &text).map_err(|error| failed("write", &path, error))
    }

    fn all(&self) -> Result<Vec<JobRecord>, Error> {
        let entries = std::fs::read_dir(&self.folder).map_err(|error| failed("read", &self.folder, error))?;
        let mut records = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed("read", &self.folder, error))?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let id = stem.and_then(|stem| stem.parse::<JobId>().ok());
            if let (Some(id), Some("json")) = (id, path.extension().and_then(|ending| ending.to_str())) {
                records.push(self.read(id)?);
            }
        }
        newest_first(&mut records);
        Ok(records)
    }

    fn lock_of(&self, id: JobId) -> Result<Option<File>, Error> {
        let path = self.file(id, "lock");
        let file = open_lock(&path).map_err(|error| failed("lock", &path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed("lock", &path, error)),
        }
    }
}

#[async_trait]
impl JobStore for FolderJobStore {
    async fn take(&self, record: &JobRecord, cap: usize) -> Result<Claim, Error> {
        let (store, record) = (self.clone(), record.clone());
        blocking(move || {
            let path = store.folder.join("lock");
            let deciding = open_lock(&path).map_err(|error| failed("lock", &path, error))?;
            deciding.lock().map_err(|error| failed("lock", &path, error))?;
            may_begin(&record, &store.all()?, cap)?;
            let busy = || {
                Error::new(
                    ErrorKind::Busy,
                    format!("somebody works on export `{}`", record.id()),
                )
            };
            let held = store.lock_of(record.id())?.ok_or_else(busy)?;
            store.write(&record)?;
            Ok(Claim::new(held))
        })
        .await?
    }

    async fn claim(&self, id: JobId) -> Result<Option<(Claim, JobRecord)>, Error> {
        let store = self.clone();
        blocking(move || {
            store.read(id)?;
            let Some(held) = store.lock_of(id)? else {
                return Ok(None);
            };
            // Read again under the lock: who had it may have changed it.
            Ok(Some((Claim::new(held), store.read(id)?)))
        })
        .await?
    }

    async fn update(&self, record: &JobRecord) -> Result<(), Error> {
        let (store, record) = (self.clone(), record.clone());
        blocking(move || store.write(&record)).await?
    }

    async fn get(&self, id: JobId) -> Result<JobRecord, Error> {
        let store = self.clone();
        blocking(move || store.read(id)).await?
    }

    async fn list(&self) -> Result<Vec<JobRecord>, Error> {
        let store = self.clone();
        blocking(move || store.all()).await?
    }

    async fn ask_to_cancel(&self, id: JobId) -> Result<(), Error> {
        let store = self.clone();
        blocking(move || {
            store.read(id)?;
            let path = store.file(id, "cancel");
            replace(&path, b"").map_err(|error| failed("write", &path, error))
        })
        .await?
    }

    async fn is_cancel_asked(&self, id: JobId) -> Result<bool, Error> {
        let path = self.file(id, "cancel");
        blocking(move || path.try_exists().map_err(|error| failed("read", &path, error))).await?
    }
}

fn failed(
    doing: &str,
    path: &Path,
    error: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> Error {
    let message = format!(
        "cannot {doing} `{}`; look at the disk and its rights",
        path.display()
    );
    Error::new(ErrorKind::Store, message).with_source(error)
}

/// Nobody else's, as the files in it.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Nobody else's: jobs name customers and people.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

fn open_lock(path: &Path) -> io::Result<File> {
    private().write(true).create(true).truncate(false).open(path)
}

/// The file as before, or as now, whenever the machine stops.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = private().write(true).create(true).truncate(true).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
