//! `Namespace`: which names lead to which files, now and after a crash.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::random::Random;

/// The names of a disk. Directories are durable as soon as they are made.
#[derive(Clone, Debug, Default)]
pub(super) struct Namespace {
    dirs: BTreeSet<PathBuf>,
    now: BTreeMap<PathBuf, u64>,
    durable: BTreeMap<PathBuf, u64>,
    /// Changes since the last sync of their directory, in order.
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Link(PathBuf, u64),
    Unlink(PathBuf),
    /// Within one directory, and as one: a journal keeps both names or neither.
    Rename(PathBuf, PathBuf, u64),
}

impl Namespace {
    pub(super) fn make_dir(&mut self, dir: &Path) -> io::Result<()> {
        if dir.ancestors().any(|part| self.now.contains_key(part)) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        self.dirs.extend(dir.ancestors().map(Path::to_owned));
        Ok(())
    }

    pub(super) fn get(&self, path: &Path) -> Option<u64> {
        self.now.get(path).copied()
    }

    pub(super) fn link(&mut self, path: &Path, inode: u64) -> io::Result<()> {
        self.change(Change::Link(path.to_owned(), inode))
    }

    pub(super) fn unlink(&mut self, path: &Path) -> io::Result<()> {
        self.get(path).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Unlink(path.to_owned()))
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        if from.parent() != to.parent() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let inode = self.get(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Rename(from.to_owned(), to.to_owned(), inode))
    }

    pub(super) fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        if self.now.contains_key(dir) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if !self.dirs.contains(dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let within = self
            .now
            .keys()
            .chain(&self.dirs)
            .filter(|path| path.parent() == Some(dir));
        Ok(within
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect())
    }

    pub(super) fn sync(&mut self, dir: &Path) {
        let pending = std::mem::take(&mut self.pending);
        let (synced, rest) = pending.into_iter().partition(|change| change.dir() == Some(dir));
        self.pending = rest;
        let synced: Vec<Change> = synced;
        for change in &synced {
            change.apply(&mut self.durable);
        }
    }

    /// Any of the pending changes are kept.
    pub(super) fn crash(&mut self, random: &mut Random) {
        // Mostly all or none, as a journal has it; any of them, as nothing forbids.
        let whole = [Some(true), Some(false), None]
            .get(random.up_to(2))
            .copied()
            .flatten();
        for change in std::mem::take(&mut self.pending) {
            if whole.unwrap_or_else(|| random.coin()) {
                change.apply(&mut self.durable);
            }
        }
        self.now.clone_from(&self.durable);
    }

    /// Files that have a name now.
    pub(super) fn current(&self) -> impl Iterator<Item = u64> {
        self.now.values().copied()
    }

    /// Files that have a name now, or may have one after a crash.
    pub(super) fn reachable(&self) -> impl Iterator<Item = u64> {
        self.now.values().chain(self.durable.values()).copied()
    }

    fn change(&mut self, change: Change) -> io::Result<()> {
        if !change.dir().is_some_and(|dir| self.dirs.contains(dir)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        change.apply(&mut self.now);
        self.pending.push(change);
        Ok(())
    }
}

impl Change {
    fn dir(&self) -> Option<&Path> {
        match self {
            Self::Link(path, _) | Self::Unlink(path) | Self::Rename(path, _, _) => path.parent(),
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, u64>) {
        match self {
            Self::Link(path, inode) => {
                names.insert(path.clone(), *inode);
            }
            Self::Unlink(path) => {
                names.remove(path);
            }
            Self::Rename(from, to, inode) => {
                names.remove(from);
                names.insert(to.clone(), *inode);
            }
        }
    }
}
