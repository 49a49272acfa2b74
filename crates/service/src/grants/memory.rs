//! What is known of grants, for as long as the process lives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{GrantRecords, GrantStore};
use crate::Error;

/// Keeps it in memory: for tests, and for whoever has it in a store of their own.
#[derive(Debug, Default)]
pub struct MemoryGrantStore(Mutex<GrantRecords>);

impl MemoryGrantStore {
    /// Beginning with these.
    #[must_use]
    pub fn new(records: GrantRecords) -> Self {
        Self(Mutex::new(records))
    }

    /// A change is made on a copy, so a panic in one cannot leave it half done.
    fn records(&self) -> MutexGuard<'_, GrantRecords> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GrantStore for MemoryGrantStore {
    fn read(&self) -> Result<GrantRecords, Error> {
        Ok(self.records().clone())
    }

    fn update(
        &self,
        change: &mut dyn FnMut(&mut GrantRecords) -> Result<(), Error>,
    ) -> Result<GrantRecords, Error> {
        let mut records = self.records();
        let mut changed = records.clone();
        change(&mut changed)?;
        records.clone_from(&changed);
        Ok(changed)
    }
}
