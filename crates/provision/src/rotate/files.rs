//! The three files of a rotation: the key in use, the next one beside it, and the one before until it is deleted. Each is
//! whole at every moment, and none is readable by more than the one in use is.

use std::ffi::OsString;
use std::fs::File;
use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};

use bucketline_auth::{AccessKeyId, Error, ErrorKind};

use crate::key_file::KeyFile;
use crate::observed::KeyFileState;

pub(super) struct Files {
    current: KeyFile,
    next: KeyFile,
    previous: KeyFile,
}

impl Files {
    /// Of the key in this file; of what it leads to where it is a link.
    pub(super) fn beside(file: &Path) -> Result<Self, Error> {
        let file = file.canonicalize().map_err(|error| {
            Error::new(
                ErrorKind::InvalidConfig,
                format!("the key file `{}` cannot be read", file.display()),
            )
            .with_source(error)
        })?;
        let with = |ending: &str| {
            let mut path = OsString::from(&file);
            path.push(ending);
            KeyFile::new(PathBuf::from(path))
        };
        Ok(Self {
            next: with(".next"),
            previous: with(".previous"),
            current: KeyFile::new(file),
        })
    }

    pub(super) const fn current(&self) -> &KeyFile {
        &self.current
    }

    pub(super) const fn next(&self) -> &KeyFile {
        &self.next
    }

    pub(super) fn current_key(&self) -> Result<AccessKeyId, Error> {
        match self.current.state()? {
            KeyFileState::Holds(id) => Ok(id),
            _ => Err(Error::new(
                ErrorKind::InvalidConfig,
                format!(
                    "the key file `{}` does not hold both halves of a key",
                    self.current.path().display()
                ),
            )
            .with_remedy("let it be AWS's own CSV, so that id and secret change at once")),
        }
    }

    pub(super) fn previous_key(&self) -> Result<Option<AccessKeyId>, Error> {
        match self.previous.state()? {
            KeyFileState::Holds(id) => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    /// The next key becomes the one in use, and the one in use the one before. Whoever reads meanwhile reads one of the two.
    pub(super) fn switch(&self) -> Result<(), Error> {
        let (current, next, previous) = (self.current.path(), self.next.path(), self.previous.path());
        let failed = |error| failed(current, "replaced", error);
        as_readable_as(current, next).map_err(failed)?;
        match std::fs::hard_link(current, previous) {
            // A run that was stopped between the two had made it.
            Err(error) if error.kind() != IoKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        std::fs::rename(next, current).map_err(failed)?;
        settle(current).map_err(failed)
    }

    /// The key before is used again.
    pub(super) fn put_back(&self) -> Result<(), Error> {
        let current = self.current.path();
        std::fs::rename(self.previous.path(), current)
            .and_then(|()| settle(current))
            .map_err(|error| failed(current, "put back", error))
    }

    pub(super) fn forget_previous(&self) -> Result<(), Error> {
        removed(self.previous.path())
    }

    pub(super) fn discard_next(&self) -> Result<(), Error> {
        removed(self.next.path())
    }
}

fn removed(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != IoKind::NotFound => Err(failed(path, "removed", error)),
        _ => settle(path).map_err(|error| failed(path, "removed", error)),
    }
}

/// Whoever delivers with the key in use has to be able to read the next one.
#[cfg(unix)]
fn as_readable_as(current: &Path, next: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let (is, has) = (std::fs::metadata(current)?, std::fs::metadata(next)?);
    if (is.uid(), is.gid()) != (has.uid(), has.gid()) {
        chown(next, Some(is.uid()), Some(is.gid()))?;
    }
    std::fs::set_permissions(next, is.permissions())
}

#[cfg(not(unix))]
fn as_readable_as(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// What was renamed or removed is so on the disk, too.
fn settle(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn failed(path: &Path, what: &str, error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::InvalidConfig,
        format!("the key file `{}` cannot be {what}", path.display()),
    )
    .with_remedy("run this as the user that the file belongs to, where its folder can be written")
    .with_source(error)
}
