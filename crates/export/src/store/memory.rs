//! Jobs in memory: forgotten with the process.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Claim, JobStore, may_begin, newest_first, not_found};
use crate::{Error, JobId, JobRecord};

/// Jobs in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryJobStore(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    records: Vec<JobRecord>,
    claimed: BTreeSet<JobId>,
    cancelled: BTreeSet<JobId>,
}

struct Held(Arc<Mutex<Inner>>, JobId);

impl Drop for Held {
    fn drop(&mut self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.claimed.remove(&self.1);
    }
}

impl MemoryJobStore {
    /// No jobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: JobId) -> Result<JobRecord, Error> {
        let inner = self.inner();
        let found = inner.records.iter().find(|record| record.id() == id);
        found.cloned().ok_or_else(|| not_found(id))
    }
}

#[async_trait]
impl JobStore for MemoryJobStore {
    async fn take(&self, record: &JobRecord, cap: usize) -> Result<Claim, Error> {
        let mut inner = self.inner();
        may_begin(record, &inner.records, cap)?;
        inner.records.push(record.clone());
        inner.claimed.insert(record.id());
        Ok(Claim::new(Held(Arc::clone(&self.0), record.id())))
    }

    async fn claim(&self, id: JobId) -> Result<Option<(Claim, JobRecord)>, Error> {
        let record = self.find(id)?;
        if !self.inner().claimed.insert(id) {
            return Ok(None);
        }
        Ok(Some((Claim::new(Held(Arc::clone(&self.0), id)), record)))
    }

    async fn update(&self, record: &JobRecord) -> Result<(), Error> {
        let mut inner = self.inner();
        let known = inner.records.iter_mut().find(|other| other.id() == record.id());
        *known.ok_or_else(|| not_found(record.id()))? = record.clone();
        Ok(())
    }

    async fn get(&self, id: JobId) -> Result<JobRecord, Error> {
        self.find(id)
    }

    async fn list(&self) -> Result<Vec<JobRecord>, Error> {
        let mut records = self.inner().records.clone();
        newest_first(&mut records);
        Ok(records)
    }

    async fn ask_to_cancel(&self, id: JobId) -> Result<(), Error> {
        self.find(id)?;
        self.inner().cancelled.insert(id);
        Ok(())
    }

    async fn is_cancel_asked(&self, id: JobId) -> Result<bool, Error> {
        Ok(self.inner().cancelled.contains(&id))
    }
}
