//! `Fault`: what can be planned to go wrong.

use std::collections::BTreeMap;
use std::io;

/// Something that goes wrong in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The disk fails: `EIO`. A write has written some of its bytes; a sync has made some of them durable, and the
    /// rest will not be written by a later one.
    Io,
    /// The disk is full: `ENOSPC`. A write has written some of its bytes. Nothing where a call needs no room.
    Full,
    /// The machine stops in the middle of the call: see [`SimDisk::crash`](super::SimDisk::crash).
    Crash,
}

/// The faults to come.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    calls: u64,
    faults: BTreeMap<u64, Fault>,
}

impl Plan {
    pub(super) fn add(&mut self, calls: u64, fault: Fault) {
        self.faults.insert(self.calls + calls, fault);
    }

    pub(super) const fn calls(&self) -> u64 {
        self.calls
    }

    pub(super) fn next(&mut self) -> Option<Fault> {
        let fault = self.faults.remove(&self.calls);
        self.calls += 1;
        fault
    }
}

pub(super) fn broken() -> io::Error {
    io::Error::other("the simulated disk failed")
}

pub(super) fn down() -> io::Error {
    io::Error::other("the simulated machine is down")
}
