//! Events that processes left for whoever holds the desk: one file each, whole, in the order of their times.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::{sync_folder, write_beside};
use crate::{Error, ErrorKind, Event};

/// The folder of such events.
#[derive(Clone, Debug)]
pub(super) struct Left {
    folder: PathBuf,
}

impl Left {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Makes the folder, for its owner alone: it names customers and their trouble.
    pub(super) fn make(&self) -> Result<(), Error> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder
            .create(&self.folder)
            .map_err(|error| failed("make", &self.folder, error))
    }

    /// Writes `event` down.
    pub(super) fn leave(&self, event: &Event) -> Result<(), Error> {
        // Named for what it says, so that one that is handed over twice lies there once.
        let name = format!("{:020}-{}.json", event.timestamp().as_millis(), event.id());
        let path = self.folder.join(name);
        let text = serde_json::to_vec(event)
            .map_err(|error| Error::new(ErrorKind::Store, format!("write an event: {error}")))?;
        let beside = path.with_extension("new");
        write_beside(&beside, &text)
            .and_then(|()| std::fs::rename(&beside, &path))
            .and_then(|()| sync_folder(&path))
            .map_err(|error| failed("write", &path, error))
    }

    /// All of them, the oldest first. One that cannot be read is set aside, so that it does not hold up the others.
    pub(super) fn all(&self) -> Result<Vec<(PathBuf, Event)>, Error> {
        let entries = std::fs::read_dir(&self.folder).map_err(|error| failed("read", &self.folder, error))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed("read", &self.folder, error))?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut found = Vec::new();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|error| failed("read", &path, error))?;
            match serde_json::from_slice(&bytes) {
                Ok(event) => found.push((path, event)),
                Err(error) => {
                    let aside = path.with_extension("unreadable");
                    tracing::warn!(path = %aside.display(), %error, "an event that was left cannot be read, and is set aside");
                    std::fs::rename(&path, &aside).map_err(|error| failed("rename", &path, error))?;
                }
            }
        }
        Ok(found)
    }

    pub(super) fn remove(&self, path: &Path) -> Result<(), Error> {
        std::fs::remove_file(path).map_err(|error| failed("remove", path, error))
    }
}

fn failed(doing: &str, path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Store, format!("{doing} `{}`: {error}", path.display())).with_source(error)
}
