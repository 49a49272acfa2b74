//! `SimDisk`: a file system in memory that forgets and fails as real ones do, from a seed.
//! It must not know what the log does with it: it models what POSIX lets a disk do, no less.

mod fault;
mod handle;
mod inode;
mod namespace;
mod random;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile, Locking, OpenMode};

pub use fault::Fault;

use fault::Plan;
use handle::{SimFile, SimLock};
use inode::Inode;
use namespace::Namespace;
use random::Random;

/// A file system in memory. Clones share it.
///
/// What a call has written is there for the next call, and nothing of it is durable until it is synced. A
/// [crash](SimDisk::crash) keeps some of the rest: nothing, everything, the first bytes, or any of its sectors, with
/// zeros where others are missing; and any of the unsynced changes of a directory. A failed sync leaves bytes that
/// can be read, are lost in a crash, and are not written by the next sync: as on Linux.
///
/// ```
/// use std::path::Path;
/// use bucketline_spool::{Disk, DiskFile, OpenMode, SimDisk};
///
/// let disk = SimDisk::new(1);
/// disk.create_dir_all(Path::new("d"))?;
/// let mut file = disk.open(Path::new("d/f"), OpenMode::Create)?;
/// file.write_at(0, b"kept")?;
/// file.sync()?;
/// disk.sync_dir(Path::new("d"))?;
/// file.write_at(4, b"lost?")?;
/// disk.crash();
/// assert!(file.size().is_err());
/// assert!(disk.content(Path::new("d/f")).is_some_and(|bytes| bytes.starts_with(b"kept")));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SimDisk(Arc<Mutex<State>>);

#[derive(Clone, Debug)]
struct State {
    random: Random,
    plan: Plan,
    /// Files by number; a file lives on for as long as a name, durable or not, may still lead to it.
    inodes: BTreeMap<u64, Inode>,
    names: Namespace,
    next_inode: u64,
    capacity: u64,
    /// Counts crashes: a handle of an earlier life is dead.
    life: u64,
    down: bool,
    /// Locked paths, and the number of the lock.
    locks: BTreeMap<PathBuf, u64>,
    next_lock: u64,
}

impl SimDisk {
    /// An empty disk. Everything that it does by chance follows from the seed and from what is asked of it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            random: Random::new(seed),
            plan: Plan::default(),
            inodes: BTreeMap::new(),
            names: Namespace::default(),
            next_inode: 0,
            capacity: u64::MAX,
            life: 0,
            down: false,
            locks: BTreeMap::new(),
            next_lock: 0,
        })))
    }

    /// Another disk with the same content, as a copied directory or a restored backup has it: what is not synced
    /// here is not synced there. Nothing is planned or locked on it.
    #[must_use]
    pub fn fork(&self, seed: u64) -> Self {
        let mut state = self.state().clone();
        state.random = Random::new(seed);
        state.plan = Plan::default();
        state.locks.clear();
        state.down = false;
        Self(Arc::new(Mutex::new(state)))
    }

    /// Plans a fault for the `calls`th call from now on, from 0.
    pub fn plan(&self, calls: u64, fault: Fault) {
        self.state().plan.add(calls, fault);
    }

    /// How many calls have been made of the disk and its files.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().plan.calls()
    }

    /// Whether a planned crash has struck: every call fails until [`SimDisk::crash`].
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.state().down
    }

    /// Crashes the machine, if it is not down yet, and starts it again: whatever was not synced may be gone, and
    /// handles and locks are.
    pub fn crash(&self) {
        let state = &mut *self.state();
        state.life += 1;
        state.down = false;
        state.locks.clear();
        state.names.crash(&mut state.random);
        for inode in state.inodes.values_mut() {
            inode.crash(&mut state.random);
        }
        state.forget_unnamed();
    }

    /// Ends the process, and not the machine: handles and locks are gone, and nothing else.
    pub fn kill(&self) {
        let mut state = self.state();
        state.life += 1;
        state.locks.clear();
    }

    /// Bytes that fit on the disk from now on, those there included.
    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity = bytes;
    }

    /// Bytes of all files.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// What a file holds, synced or not.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.state();
        let inode = state.names.get(path)?;
        Some(state.inodes.get(&inode)?.content().to_vec())
    }

    /// Changes what a file holds behind everyone's back, durably: decay, or someone's editor. Nothing where there is
    /// no such file.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let state = &mut *self.state();
        if let Some(inode) = state
            .names
            .get(path)
            .and_then(|inode| state.inodes.get_mut(&inode))
        {
            inode.damage(change);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts a call that changes nothing, and fails it if that is planned.
    fn read_call(&mut self) -> io::Result<()> {
        match self.next_fault()? {
            Some(Fault::Crash) => Err(self.strike()),
            Some(Fault::Io) => Err(fault::broken()),
            Some(Fault::Full) | None => Ok(()),
        }
    }

    /// Counts a call that changes something; the fault that is planned for it.
    fn next_fault(&mut self) -> io::Result<Option<Fault>> {
        if self.down {
            return Err(fault::down());
        }
        Ok(self.plan.next())
    }

    /// A call that changes names, and is done or not.
    fn name_call(&mut self) -> io::Result<()> {
        match self.next_fault()? {
            None => Ok(()),
            Some(Fault::Io) => Err(fault::broken()),
            Some(Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Crash) => Err(self.strike()),
        }
    }

    fn strike(&mut self) -> io::Error {
        self.down = true;
        fault::down()
    }

    fn used(&self) -> u64 {
        let named = self.names.current();
        named
            .filter_map(|inode| self.inodes.get(&inode))
            .map(|inode| inode.content().len() as u64)
            .sum()
    }

    fn forget_unnamed(&mut self) {
        let named: Vec<u64> = self.names.reachable().collect();
        self.inodes.retain(|inode, _| named.contains(inode));
    }
}

impl Disk for SimDisk {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.name_call()?;
        state.names.make_dir(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let state = &mut *self.state();
        let found = state.names.get(path);
        let inode = match (mode, found) {
            (OpenMode::Create, Some(_)) => return Err(io::ErrorKind::AlreadyExists.into()),
            (OpenMode::Create, None) => {
                state.name_call()?;
                let inode = state.next_inode;
                state.names.link(path, inode)?;
                state.next_inode += 1;
                state.inodes.insert(inode, Inode::default());
                inode
            }
            (OpenMode::Read | OpenMode::Write, found) => {
                state.read_call()?;
                found.ok_or(io::ErrorKind::NotFound)?
            }
        };
        Ok(Box::new(SimFile::new(self.clone(), inode, state.life)))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.read_call()?;
        state.names.list(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.name_call()?;
        state.names.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.name_call()?;
        state.names.unlink(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let state = &mut *self.state();
        state.name_call()?;
        state.names.sync(dir);
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Locking> {
        let state = &mut *self.state();
        state.name_call()?;
        if state.locks.contains_key(path) {
            return Ok(Locking::Taken(Some(1)));
        }
        if state.names.get(path).is_none() {
            state.names.link(path, state.next_inode)?;
            state.inodes.insert(state.next_inode, Inode::default());
            state.next_inode += 1;
        }
        state.locks.insert(path.to_owned(), state.next_lock);
        let lock = SimLock::new(self.clone(), path.to_owned(), state.next_lock);
        state.next_lock += 1;
        Ok(Locking::Held(Box::new(lock)))
    }
}

#[cfg(test)]
mod tests;
