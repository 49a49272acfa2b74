//! Files that appear whole or not at all. It must not know what is in them.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::fs::layout::parent;
use crate::fs::{AtPath, PathError, jail};

/// A file under a temporary name, removed when dropped.
///
/// Its writer holds a lock on it for as long as it lives, by which [`sweep`] tells it from one that a crash
/// left behind.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    file: File,
    /// Whether `path` is still its name: once it has another, the old one may be somebody else's.
    temporary: bool,
}

impl Temporary {
    /// Makes an empty one. The caller holds the folder's lock, so that no sweep comes between making and
    /// locking it.
    pub(super) fn create(folder: &Path) -> Result<Self, PathError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let path = folder.join(format!(
                "{}-{}",
                process::id(),
                NEXT.fetch_add(1, Ordering::Relaxed)
            ));
            match File::options().create_new(true).write(true).open(&path) {
                Ok(file) => {
                    file.lock().at(&path)?;
                    return Ok(Self {
                        path,
                        file,
                        temporary: true,
                    });
                }
                // Left by an earlier process of the same number, or in use by one in another container.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).at(&path),
            }
        }
    }

    /// The file, to be written piece by piece before [`fill`](Self::fill).
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Writes everything and has it on disk.
    pub(super) fn fill(&mut self, chunks: &[Bytes]) -> Result<(), PathError> {
        for chunk in chunks {
            self.file.write_all(chunk).at(&self.path)?;
        }
        self.file.sync_all().at(&self.path)
    }

    /// Gives the file the name `target` if that is free; `false` if it is not.
    pub(super) fn link_to(&self, target: &Path) -> Result<bool, PathError> {
        match fs::hard_link(&self.path, target) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !target.is_dir() => Ok(false),
            Err(error) => Err(error).at(target),
        }
    }

    /// Gives the file the name `target`, whatever had it before.
    pub(super) fn rename_to(mut self, target: &Path) -> Result<(), PathError> {
        fs::rename(&self.path, target).at(target)?;
        self.temporary = false;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.temporary {
            // A sweep finds what stays behind.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes what crashed writers left. The caller holds the folder's lock.
pub(super) fn sweep(folder: &Path) -> Result<(), PathError> {
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        let Ok(file) = jail::open(&path) else { continue };
        if file.try_lock().is_ok() {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes a file; its writer, who takes no turn for that, may have been faster.
fn remove(path: &Path) -> Result<(), PathError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).at(path),
        _ => Ok(()),
    }
}

/// Makes a folder and those above it, each one's name on disk before the next. `root` has to be there.
pub(super) fn make_folders(root: &Path, folder: &Path) -> Result<(), PathError> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    let above = parent(folder);
    if above != folder {
        make_folders(root, above)?;
    }
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(above),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error).at(folder),
    }
}

/// Has the names in a folder on disk.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> Result<(), PathError> {
    File::open(folder).at(folder)?.sync_all().at(folder)
}

/// Elsewhere a folder cannot be opened to be synced; its journal orders names after contents.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> Result<(), PathError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_file_leaves_its_old_name_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = Temporary::create(folder.path()).unwrap();
        let (old, new) = (file.path.clone(), folder.path().join("target"));
        fs::rename(&old, folder.path().join("aside")).unwrap();
        fs::write(&old, "").unwrap();
        file.rename_to(&new).unwrap();
        // Another container's process of the same number has taken the name.
        assert!(!old.exists() && new.exists());

        let file = Temporary::create(folder.path()).unwrap();
        let old = file.path.clone();
        drop(file);
        assert!(!old.exists(), "one that was never named is removed");
    }

    #[test]
    fn a_sweep_does_not_mind_a_writer_who_was_faster() {
        let folder = tempfile::tempdir().unwrap();
        assert!(remove(&folder.path().join("gone")).is_ok());
    }
}
