//! Where the outbox's records are kept. Decides nothing.

mod file;

pub use file::FileStore;
pub(crate) use file::{sync_folder, write_beside};

use std::fmt::Debug;

use crate::Error;
use crate::outbox::Record;

/// Keeps records, in order. Calls block; the notifier makes them off its tasks, one at a time.
pub trait Store: Debug + Send + 'static {
    /// All records, in the order in which they were written.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store) where they cannot be read; the notifier then does not start.
    fn load(&mut self) -> Result<Vec<Record>, Error>;

    /// Adds `records`; durable once it returns.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store); what was written of them is unknown, and is found by the next `load`.
    fn append(&mut self, records: &[Record]) -> Result<(), Error>;

    /// Replaces all records by these, all or nothing.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store); the old records are kept.
    fn replace(&mut self, records: &[Record]) -> Result<(), Error>;
}

/// Records in memory: what waits is lost with the process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    records: Vec<Record>,
}

impl MemoryStore {
    /// No records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Vec<Record>, Error> {
        Ok(self.records.clone())
    }

    fn append(&mut self, records: &[Record]) -> Result<(), Error> {
        self.records.extend_from_slice(records);
        Ok(())
    }

    fn replace(&mut self, records: &[Record]) -> Result<(), Error> {
        self.records = records.to_vec();
        Ok(())
    }
}
