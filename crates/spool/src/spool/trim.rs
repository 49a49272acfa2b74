//! Freeing segments from the oldest end.

use std::io;

use super::Spool;
use crate::{Error, Lsn};

impl Spool {
    pub(super) fn trim_segments(&mut self, before: Lsn) -> Result<(), Error> {
        self.writable()?;
        while self.segments.len() > 1
            && let Some(oldest) = self.segments.front().copied()
            && oldest.end <= before
        {
            if self
                .reader
                .as_ref()
                .is_some_and(|reader| reader.segment().first == oldest.first)
            {
                self.reader = None;
            }
            let path = self.layout.segment(oldest.first);
            match self.disk.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::io("an old segment could not be removed", &path, error));
                }
                _ => {}
            }
            self.segments.pop_front();
            // One by one: a crash may keep any of several removals, and one in the middle would look like damage.
            self.disk.sync_dir(&self.layout.shard).map_err(|error| {
                Error::io(
                    "the removal of an old segment could not be made durable",
                    &self.layout.shard,
                    error,
                )
            })?;
        }
        let first = self.segments.front().map_or(self.next, |segment| segment.first);
        self.unreadable.retain(|stretch| stretch.end > first);
        self.reserve.restore(&*self.disk, &self.layout, &self.options);
        Ok(())
    }
}
