//! Where jobs are remembered, and who may work on one. Decides nothing but who may begin.

mod folder;
mod memory;

pub use folder::FolderJobStore;
pub use memory::MemoryJobStore;

use std::any::Any;
use std::fmt;

use async_trait::async_trait;

use crate::{Error, ErrorKind, JobId, JobRecord, JobState};

/// Remembers jobs, and lets one at a time work on each.
///
/// # Contract
///
/// What was answered lasts: a new process over the same store knows it. A job is claimed by at most one holder at a time,
/// in whatever process; a claim ends when it is dropped, and when its process dies.
#[async_trait]
pub trait JobStore: fmt::Debug + Send + Sync + 'static {
    /// Takes a new job and claims it, unless an export of the same segment runs in that workspace, or `cap` exports do.
    /// Decided in one step: of two that come at once, one is taken.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] where it may not begin; [`ErrorKind::Store`] where that cannot be decided or written down.
    ///
    /// # Cancel safety
    ///
    /// Given up, the job may have been taken: it waits for whoever goes on with it.
    async fn take(&self, record: &JobRecord, cap: usize) -> Result<Claim, Error>;

    /// Claims a job, to go on with it: what is remembered of it, as it is now. None where somebody else has it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`]; [`ErrorKind::Store`] where it cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn claim(&self, id: JobId) -> Result<Option<(Claim, JobRecord)>, Error>;

    /// Replaces what is remembered of a job, durably. Only for the holder of its claim.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`]; whether it was written is unknown.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether it was written.
    async fn update(&self, record: &JobRecord) -> Result<(), Error>;

    /// What is remembered of a job.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`]; [`ErrorKind::Store`] where it cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn get(&self, id: JobId) -> Result<JobRecord, Error>;

    /// All jobs, the newest first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where they cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn list(&self) -> Result<Vec<JobRecord>, Error>;

    /// Asks whoever works on a job to cancel it. Durable.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`]; [`ErrorKind::Store`] where it cannot be written down.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether it was asked.
    async fn ask_to_cancel(&self, id: JobId) -> Result<(), Error>;

    /// Whether somebody asked for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where it cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn is_cancel_asked(&self, id: JobId) -> Result<bool, Error>;
}

/// The right to work on a job, until it is dropped.
pub struct Claim(
    #[expect(dead_code, reason = "what counts is when it is dropped")] Box<dyn Any + Send + Sync>,
);

impl Claim {
    /// A claim that lasts as long as `held` does.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Box::new(held))
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claim")
    }
}

/// Whether `record` may begin beside `others`.
fn may_begin<'a>(
    record: &JobRecord,
    others: impl IntoIterator<Item = &'a JobRecord>,
    cap: usize,
) -> Result<(), Error> {
    let own = &record.taken.job;
    let mut running = 0;
    for other in others {
        let job = &other.taken.job;
        if other.state != JobState::Running || job.workspace() != own.workspace() {
            continue;
        }
        running += 1;
        if own.kind().segment().is_some() && own.kind().segment() == job.kind().segment() {
            let message = format!(
                "an export of this segment is running already ({}, {}); try again when it has ended, or cancel it",
                job.kind(),
                other.id()
            );
            return Err(Error::new(ErrorKind::Busy, message));
        }
    }
    if running >= cap {
        let message = format!(
            "{running} exports are running in workspace `{}`, which is the most; try again when one has ended",
            own.workspace()
        );
        return Err(Error::new(ErrorKind::Busy, message));
    }
    Ok(())
}

fn not_found(id: JobId) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no export `{id}`"))
}

fn newest_first(records: &mut [JobRecord]) {
    records.sort_by_key(|record| std::cmp::Reverse((record.taken.started, record.id())));
}

#[cfg(test)]
mod tests;
