//! What must not lie below the folder: links, which lead out of it, and special files, which hold whoever opens them.
//! It must not know what a file holds.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::fs::{AtPath as _, PathError};

/// Something that is neither a file nor a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strange {
    Link,
    Special,
}

impl fmt::Display for Strange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "a symbolic link, which is not followed",
            Self::Special => "a pipe, a socket or a device, where only files and folders may lie",
        })
    }
}

impl std::error::Error for Strange {}

/// Refuses a path below `root` that leads over a link, or to something that is neither a file nor a folder. What is not
/// there is no harm. The root itself may be a link: whoever configured it wants it so.
pub(super) fn check(root: &Path, path: &Path) -> Result<(), PathError> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut at = PathBuf::from(root);
    for part in below.components() {
        at.push(part);
        let kind = match fs::symlink_metadata(&at) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(error).at(&at),
        };
        let strange = if kind.is_symlink() {
            Strange::Link
        } else if kind.is_file() || kind.is_dir() {
            continue;
        } else {
            Strange::Special
        };
        return Err(io::Error::other(strange)).at(&at);
    }
    Ok(())
}

/// Opens a file for reading: never through a link, and without waiting for the other end of a pipe.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options.open(path)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
