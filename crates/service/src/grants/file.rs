//! What is known of grants, in one JSON file beside the spool. Written whole beside its place and then moved there,
//! under a lock of its own, since a check may run beside a delivery.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{GrantRecords, GrantStore};
use crate::model::Installation;
use crate::{Error, Problem};

/// Keeps it in a file.
#[derive(Clone, Debug)]
pub struct FileGrantStore {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    version: u32,
    #[serde(flatten)]
    records: T,
}

/// What is read before anything is made of the rest.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl FileGrantStore {
    /// In this file, which is made with the first change, as is its folder.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Beside an installation's spool, in which nothing lies but the spool's own: `data/spool-grants.json`.
    #[must_use]
    pub fn of(installation: &Installation) -> Self {
        let mut path = OsString::from(&installation.spool.dir);
        path.push("-grants.json");
        Self::new(path)
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> Error {
        Error::data_directory(
            Problem::new(format!("what is known of grants cannot be {what}: {error}"))
                .at(self.path.display())
                .advice("make the data directory readable and writable for this user"),
        )
    }

    fn damaged(&self, what: impl std::fmt::Display) -> Error {
        Error::data_directory(
            Problem::new(format!("what is known of grants cannot be used: {what}"))
                .at(self.path.display())
                .advice(
                    "bring the file back from a backup; without it, external IDs that wait for their role are made anew, \
                     and owners of buckets are found out by the next `bucketline check`",
                ),
        )
    }

    /// One writer at a time, in whatever process.
    fn lock(&self) -> std::io::Result<File> {
        std::fs::create_dir_all(self.folder())?;
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(false);
        let lock = options.open(self.path.with_extension("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    fn write(&self, records: &GrantRecords) -> std::io::Result<()> {
        let kept = Kept {
            version: GrantRecords::VERSION,
            records,
        };
        let mut file = NamedTempFile::new_in(self.folder())?;
        serde_json::to_writer_pretty(&mut file, &kept)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        File::open(self.folder())?.sync_all()
    }
}

impl GrantStore for FileGrantStore {
    fn read(&self) -> Result<GrantRecords, Error> {
        let text = match text(&self.path) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(GrantRecords::default()),
            Err(error) => return Err(self.failed("read", &error)),
        };
        let Versioned { version } = serde_json::from_str(&text).map_err(|error| self.damaged(error))?;
        if version > GrantRecords::VERSION {
            let newest = GrantRecords::VERSION;
            return Err(Error::data_directory(
                Problem::new(format!(
                    "what is known of grants is of version {version}, this program knows {newest}"
                ))
                .at(self.path.display())
                .advice("use the program that wrote it, or a newer one"),
            ));
        }
        let kept: Kept<GrantRecords> = serde_json::from_str(&text).map_err(|error| self.damaged(error))?;
        Ok(kept.records)
    }

    fn update(
        &self,
        change: &mut dyn FnMut(&mut GrantRecords) -> Result<(), Error>,
    ) -> Result<GrantRecords, Error> {
        let lock = self.lock().map_err(|error| self.failed("locked", &error))?;
        let before = self.read()?;
        let mut records = before.clone();
        change(&mut records)?;
        if records != before {
            self.write(&records)
                .map_err(|error| self.failed("written", &error))?;
        }
        drop(lock);
        Ok(records)
    }
}

fn text(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == IoKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
