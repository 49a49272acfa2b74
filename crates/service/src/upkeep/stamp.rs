//! Whether a file is still the one that was read, by what the file system says of it.

use std::path::Path;
use std::time::SystemTime;

/// What a file is known by. Nothing where it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Option<Seen>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    length: u64,
    /// A file that is put in another's place may be as old and as long.
    file: (u64, u64),
}

impl Stamp {
    /// Of this file now; of what it leads to where it is a link.
    pub(crate) fn of(path: &Path) -> Self {
        Self(std::fs::metadata(path).ok().map(|file| Seen {
            modified: file.modified().ok(),
            length: file.len(),
            file: identity(&file),
        }))
    }

    /// Whether there is a file.
    pub(crate) const fn is_there(self) -> bool {
        self.0.is_some()
    }
}

#[cfg(unix)]
fn identity(file: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}
