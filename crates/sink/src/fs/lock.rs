//! The lock by which writers of one folder take turns, in all processes. It must not know what they write.

use std::fs::File;
use std::path::Path;

use crate::fs::{AtPath, PathError};

/// Held until dropped; the system gives it back when the process dies.
#[derive(Debug)]
pub(super) struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for the lock on `path`, a file that is made if absent. Each call opens the file anew, since a
    /// lock belongs to an open file, not to a process.
    pub(super) fn take(path: &Path) -> Result<Self, PathError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .at(path)?;
        file.lock().at(path)?;
        Ok(Self { _file: file })
    }
}
