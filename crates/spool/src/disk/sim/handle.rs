//! Open files and held locks of a simulated disk.

use std::io;
use std::path::PathBuf;

use super::fault::{self, Fault};
use super::inode::Inode;
use super::{SimDisk, State};
use crate::disk::{DiskFile, DiskLock};

#[derive(Debug)]
pub(super) struct SimFile {
    disk: SimDisk,
    inode: u64,
    life: u64,
}

impl SimFile {
    pub(super) const fn new(disk: SimDisk, inode: u64, life: u64) -> Self {
        Self { disk, inode, life }
    }

    fn inode<'a>(&self, state: &'a mut State) -> io::Result<&'a mut Inode> {
        if state.life != self.life {
            return Err(io::Error::other("the simulated process was ended"));
        }
        state
            .inodes
            .get_mut(&self.inode)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl DiskFile for SimFile {
    fn size(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.read_call()?;
        Ok(self.inode(&mut state)?.content().len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = &mut *self.disk.state();
        state.read_call()?;
        // Reads may always be short: a caller that forgets it is found out here.
        let most = if state.random.coin() {
            buffer.len()
        } else {
            state.random.up_to(buffer.len()).max(1)
        };
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.inode(state)?.content().get(offset..).unwrap_or_default();
        let read = rest.len().min(most).min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest.iter().take(read)) {
            *to = *from;
        }
        Ok(read)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let fault = state.next_fault()?;
        let free = state.capacity.saturating_sub(state.used());
        let inode = self.inode(state)?;
        let overlap = (inode.content().len() as u64)
            .saturating_sub(offset)
            .min(bytes.len() as u64);
        let room = usize::try_from(overlap.saturating_add(free)).unwrap_or(usize::MAX);
        let done = match fault {
            Some(_) => state.random.up_to(bytes.len().min(room)),
            None => bytes.len().min(room),
        };
        self.inode(state)?
            .write(offset, bytes.get(..done).unwrap_or(bytes));
        if state.random.up_to(3) == 0
            && let Some(inode) = state.inodes.get_mut(&self.inode)
        {
            inode.write_back(&mut state.random);
        }
        match fault {
            Some(Fault::Crash) => Err(state.strike()),
            Some(Fault::Io) => Err(fault::broken()),
            Some(Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            None if done < bytes.len() => Err(io::ErrorKind::StorageFull.into()),
            None => Ok(()),
        }
    }

    fn set_size(&mut self, size: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.name_call()?;
        self.inode(&mut state)?.set_size(size);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let fault = state.next_fault()?;
        self.inode(state)?;
        match fault {
            None => {
                self.inode(state)?.sync();
                Ok(())
            }
            Some(Fault::Crash) => Err(state.strike()),
            Some(Fault::Io | Fault::Full) => {
                if let Some(inode) = state.inodes.get_mut(&self.inode) {
                    inode.fail_sync(&mut state.random);
                }
                Err(fault::broken())
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct SimLock {
    disk: SimDisk,
    path: PathBuf,
    number: u64,
}

impl SimLock {
    pub(super) const fn new(disk: SimDisk, path: PathBuf, number: u64) -> Self {
        Self { disk, path, number }
    }
}

impl DiskLock for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        // After a crash another process may hold a lock on the same path.
        if state.locks.get(&self.path) == Some(&self.number) {
            state.locks.remove(&self.path);
        }
    }
}
