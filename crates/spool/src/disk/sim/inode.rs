//! `Inode`: what a file holds now, and what of it would survive.

use std::ops::Range;

use super::random::Random;

/// The bytes of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Inode {
    /// What a reader sees.
    now: Vec<u8>,
    /// What is on the disk for certain.
    durable: Vec<u8>,
    /// What was written since the last sync, in order. Bytes that differ and are in none of these were lost by a
    /// failed sync: nothing writes them any more.
    dirty: Vec<Range<usize>>,
}

impl Inode {
    pub(super) fn content(&self) -> &[u8] {
        &self.now
    }

    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(bytes.len());
        if self.now.len() < end {
            self.now.resize(end, 0);
        }
        copy(bytes, 0..bytes.len(), &mut self.now, start);
        self.dirty.push(start..end);
    }

    /// Some of what was written becomes durable, as it may at any time.
    pub(super) fn write_back(&mut self, random: &mut Random) {
        self.durable = self.survivor(random);
    }

    pub(super) fn set_size(&mut self, size: u64) {
        self.now.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
    }

    pub(super) fn sync(&mut self) {
        self.durable = self.all();
        self.dirty.clear();
    }

    /// Some of what was written becomes durable, and the rest is forgotten though it can still be read.
    pub(super) fn fail_sync(&mut self, random: &mut Random) {
        self.durable = self.survivor(random);
        self.dirty.clear();
    }

    pub(super) fn crash(&mut self, random: &mut Random) {
        self.durable = self.survivor(random);
        self.now.clone_from(&self.durable);
        self.dirty.clear();
    }

    pub(super) fn damage(&mut self, change: impl FnOnce(&mut Vec<u8>)) {
        self.sync();
        change(&mut self.durable);
        self.now.clone_from(&self.durable);
    }

    /// What a sync would make durable.
    fn all(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        bytes.resize(self.now.len(), 0);
        for range in &self.dirty {
            copy(&self.now, range.clone(), &mut bytes, range.start);
        }
        bytes
    }

    /// What a disk may be left with when it stops now.
    fn survivor(&self, random: &mut Random) -> Vec<u8> {
        match random.up_to(3) {
            0 => self.durable.clone(),
            1 => self.all(),
            2 => self.first_bytes(random),
            _ => self.some_sectors(random),
        }
    }

    /// The durable bytes, and the first of those written since.
    fn first_bytes(&self, random: &mut Random) -> Vec<u8> {
        let written: usize = self.dirty.iter().map(ExactSizeIterator::len).sum();
        let mut left = random.up_to(written);
        let mut bytes = self.durable.clone();
        if self.now.len() < bytes.len() && random.coin() {
            bytes.truncate(self.now.len());
        }
        for range in &self.dirty {
            let take = range.len().min(left);
            left -= take;
            let end = (range.start + take).min(self.now.len());
            if bytes.len() < end && take > 0 {
                bytes.resize(end, 0);
            }
            copy(
                &self.now,
                range.start..end.max(range.start),
                &mut bytes,
                range.start,
            );
        }
        bytes
    }

    /// The new or the old size, and of the bytes written since any sectors, zeros or the old bytes for the others.
    fn some_sectors(&self, random: &mut Random) -> Vec<u8> {
        let sector = [1, 16, 64, 512, 4096]
            .get(random.up_to(4))
            .copied()
            .unwrap_or(512);
        let all = self.all();
        let mut bytes = self.durable.clone();
        bytes.resize(
            if random.coin() {
                self.now.len()
            } else {
                self.durable.len()
            },
            0,
        );
        let mut at = 0;
        while at < bytes.len() {
            if random.coin() {
                copy(&all, at..at + sector, &mut bytes, at);
            }
            at += sector;
        }
        bytes
    }
}

/// Copies a range of bytes to a place, as far as both reach.
fn copy(from: &[u8], range: Range<usize>, to: &mut [u8], at: usize) {
    let from = from
        .get(range.start..range.end.min(from.len()))
        .unwrap_or_default();
    for (to, from) in to.iter_mut().skip(at).zip(from) {
        *to = *from;
    }
}
