//! Going on with what is left: jobs whose process died, backups and messages that failed, files whose time is over.

use bucketline_notify::Timestamp;

use super::{ClaimedJob, Exporter, Tools};
use crate::output::remove;
use crate::telling::next_try;
use crate::{CopyRecord, CopyState, Error, ErrorKind, ExportJob, JobId, JobRecord, JobState, Place};

/// What was done for one job.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumed {
    /// What is remembered of it now.
    pub record: JobRecord,
    /// Whether it had not come to its end before.
    pub was_running: bool,
}

impl Exporter {
    /// Goes on with everything that is left and that nobody else works on: jobs whose process died are run to their end,
    /// backups and messages that failed are tried again when their time has come, and files whose time is over are deleted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where jobs cannot be read or written. What fails of one job is in its record.
    ///
    /// # Cancel safety
    ///
    /// Given up, the rest is left to the next call.
    pub async fn resume(&self) -> Result<Vec<Resumed>, Error> {
        let mut resumed = Vec::new();
        for record in self.tools.jobs.list().await? {
            if !is_work(&record, self.tools.now()) {
                continue;
            }
            if let Some(job) = self.claim(record.id()).await? {
                let was_running = job.record.state == JobState::Running;
                let record = if was_running {
                    self.run(job).await?
                } else {
                    self.settle(job).await?
                };
                resumed.push(Resumed { record, was_running });
            }
        }
        Ok(resumed)
    }

    /// Claims a job that is like `job` and whose process died, to go on with it: a command that was killed is given again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where jobs cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn left_of(&self, job: &ExportJob) -> Result<Option<ClaimedJob>, Error> {
        for record in self.tools.jobs.list().await? {
            if record.state == JobState::Running
                && record.taken.job == *job
                && let Some(claimed) = self.claim(record.id()).await?
                && claimed.record.state == JobState::Running
            {
                return Ok(Some(claimed));
            }
        }
        Ok(None)
    }

    async fn claim(&self, id: JobId) -> Result<Option<ClaimedJob>, Error> {
        match self.tools.jobs.claim(id).await {
            Ok(claimed) => Ok(claimed.map(|(claim, record)| ClaimedJob::new(record, claim))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is left of a job that has ended.
    async fn settle(&self, job: ClaimedJob) -> Result<JobRecord, Error> {
        let ClaimedJob {
            mut record,
            claim,
            progress,
        } = job;
        let now = self.tools.now();
        if record.delete_at().is_some_and(|at| at <= now) {
            self.tools.delete(&mut record).await?;
        } else if backup_due(&record, now) {
            let ended = record.ended.unwrap_or(now);
            self.tools.find_whole(&mut record).await?;
            for copy in &mut record.copies {
                if copy.state == CopyState::Retrying {
                    copy.state = CopyState::Writing;
                }
            }
            let outcome = self.attempt(&mut record, &progress).await;
            self.tools.end_backup(&mut record, outcome, ended).await?;
        }
        for place in [Place::Own, Place::Customers] {
            self.tools.remove_leftovers(&mut record, place).await;
        }
        self.tools.jobs.update(&record).await?;
        self.tools.tell(&mut record).await?;
        drop(claim);
        Ok(record)
    }
}

/// Whether something is to be done for a job.
fn is_work(record: &JobRecord, now: Timestamp) -> bool {
    record.state == JobState::Running
        || record.delete_at().is_some_and(|at| at <= now)
        || backup_due(record, now)
        || record.copies.iter().any(has_leftovers)
        || record.tellings.iter().any(|telling| telling.is_due(now))
}

/// Whether something is to be removed now: of a backup that is tried again, when that is.
fn has_leftovers(copy: &CopyRecord) -> bool {
    !copy.leftovers.is_empty() && copy.state != CopyState::Retrying
}

fn backup_due(record: &JobRecord, now: Timestamp) -> bool {
    let due = |copy: &CopyRecord| match copy.state {
        CopyState::Retrying => copy.due.is_none_or(|due| due <= now),
        // Its process died while the backup was written.
        CopyState::Writing => true,
        _ => false,
    };
    record.state == JobState::Completed && record.copies.iter().any(due)
}

impl Tools {
    async fn end_backup(
        &self,
        record: &mut JobRecord,
        outcome: Result<(), Error>,
        ended: Timestamp,
    ) -> Result<(), Error> {
        let now = self.now();
        let why = outcome.err().map(|error| error.chain());
        for copy in &mut record.copies {
            if copy.state != CopyState::Writing {
                continue;
            }
            copy.leftovers.extend(copy.traces.take());
            copy.failures += 1;
            if why.is_some() {
                copy.failure.clone_from(&why);
            }
            copy.due = next_try(now, ended, copy.failures, None, self.clock.draw());
            copy.state = if copy.due.is_some() {
                CopyState::Retrying
            } else {
                CopyState::Failed
            };
        }
        self.jobs.update(record).await
    }

    /// Deletes the files of a job whose time is over, in every store.
    async fn delete(&self, record: &mut JobRecord) -> Result<(), Error> {
        let (workspace, taken) = (record.taken.job.workspace().clone(), record.taken.clone());
        for copy in &mut record.copies {
            let Some(traces) = copy.traces.clone().filter(|_| copy.state == CopyState::Whole) else {
                if copy.state == CopyState::Retrying {
                    copy.state = CopyState::Failed;
                }
                continue;
            };
            let deleted = match self.places.open(&workspace, copy.place).await {
                Ok(store) => remove(&store, &taken, &traces, None).await,
                Err(error) => Err(error),
            };
            match deleted {
                Ok(()) => {
                    copy.state = CopyState::Deleted;
                    copy.failure = None;
                }
                Err(error) => copy.failure = Some(error.chain()),
            }
        }
        if !record.copies.iter().any(|copy| copy.state == CopyState::Whole) {
            record.state = JobState::Expired;
        }
        self.jobs.update(record).await
    }
}
