//! What a user of this crate holds: takes jobs, runs them to their end, goes on with what others left.

mod builder;
mod resume;

pub use builder::ExporterBuilder;
pub use resume::Resumed;

use std::sync::Arc;
use std::time::Duration;

use bucketline_notify::{Clock, Mailer, Teller, Timestamp};
use tokio::sync::watch;

use crate::attempt::Attempt;
use crate::output::{found_whole, remove};
use crate::telling::{Notices, next_try};
use crate::{
    Claim, CopyState, Delivery, Error, ErrorKind, ExportJob, JobId, JobRecord, JobState, JobStore, Place,
    Places, Poster, Progress, Sources, TakenJob, Telling, driver,
};

/// How long is waited before an attempt that failed for a while begins again.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];

/// Takes exports, runs them to their end, and tells people.
///
/// Each job ends whole, with a manifest, or without a trace; whatever process runs it, and whenever that dies:
/// [`resume`](Self::resume) goes on with what was left.
#[derive(Debug)]
pub struct Exporter {
    tools: Tools,
}

/// What an exporter works with.
#[derive(Debug)]
pub(crate) struct Tools {
    pub(crate) jobs: Arc<dyn JobStore>,
    pub(crate) sources: Arc<dyn Sources>,
    pub(crate) places: Arc<dyn Places>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) poster: Option<Arc<dyn Poster>>,
    pub(crate) teller: Option<Arc<dyn Teller>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cap: usize,
    pub(crate) link_lifetime: Duration,
}

/// A job that was taken and is this process's to run.
#[derive(Debug)]
#[must_use = "a job that is not run is left to whoever resumes it"]
pub struct ClaimedJob {
    record: JobRecord,
    claim: Claim,
    progress: watch::Sender<Progress>,
}

impl ClaimedJob {
    pub(crate) fn new(record: JobRecord, claim: Claim) -> Self {
        Self {
            record,
            claim,
            progress: watch::Sender::new(Progress::default()),
        }
    }

    /// What is remembered of it.
    #[must_use]
    pub fn record(&self) -> &JobRecord {
        &self.record
    }

    /// How far it is, as it goes: the newest state, whenever one looks.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
}

/// What came of a wish to cancel a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// It is. What was written of it is removed; what cannot be removed for now stays written down, and is tried again.
    Done,
    /// Somebody works on it, and was asked: they look for that every few seconds while they write.
    Asked,
    /// It has ended already, and stays as it is.
    EndedBefore(JobState),
}

impl Exporter {
    /// An exporter over these jobs, rows and stores.
    pub fn builder(jobs: impl JobStore, sources: impl Sources, places: impl Places) -> ExporterBuilder {
        ExporterBuilder::new(Arc::new(jobs), Arc::new(sources), Arc::new(places))
    }

    /// The jobs.
    #[must_use]
    pub fn jobs(&self) -> &dyn JobStore {
        self.tools.jobs.as_ref()
    }

    /// Takes a job: durably, so that it comes to its end whatever happens to this process.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] where another export of the segment runs, or too many of the workspace do;
    /// [`ErrorKind::Invalid`] where the workspace has no storage integration and gzip was asked for, where somebody is to be mailed
    /// what a program asked for, or where a mail or callback was asked for and none can be sent; [`ErrorKind::Store`].
    ///
    /// # Cancel safety
    ///
    /// Given up, the job may have been taken: [`resume`](Self::resume) goes on with it.
    pub async fn take(&self, job: ExportJob) -> Result<ClaimedJob, Error> {
        let storage = self.tools.places.storage(job.workspace());
        let delivery = Delivery::decide(job.origin(), storage);
        if delivery.in_own_store && job.packing() == crate::Packing::Gzip {
            let message = "gzip is for exports into a storage integration; a download is a zip";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        if let Some(url) = job.callback_url() {
            bucketline_notify::WebhookUrl::parse(url).map_err(|error| {
                Error::new(ErrorKind::Invalid, "the callback cannot be used").with_source(error)
            })?;
            if self.tools.poster.is_none() {
                let message = "a callback is asked for, and there is no secret to sign it with";
                return Err(Error::new(ErrorKind::Invalid, message));
            }
        }
        if !job.people().is_empty() && delivery.link != crate::Link::ByMail {
            let message = "what a program asks for is not mailed: leave the people out, or ask for it as the dashboard does";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        if !job.people().is_empty() && self.tools.mailer.is_none() {
            let message = "somebody is to be mailed, and there is no mail server";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let taken = TakenJob::new(driver::random_id()?, job, self.tools.now());
        let record = JobRecord::new(taken, delivery);
        let claim = self.tools.jobs.take(&record, self.tools.cap).await?;
        Ok(ClaimedJob::new(record, claim))
    }

    /// Runs a job to its end, and tells whom it concerns; what is remembered of it then. That it failed or was cancelled is
    /// in its state.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where its end could not be written down: it is left to [`resume`](Self::resume).
    ///
    /// # Cancel safety
    ///
    /// Given up, it is left to [`resume`](Self::resume).
    pub async fn run(&self, job: ClaimedJob) -> Result<JobRecord, Error> {
        let ClaimedJob {
            mut record,
            claim,
            progress,
        } = job;
        let mut pauses = PAUSES.iter();
        let outcome = loop {
            self.tools.find_whole(&mut record).await?;
            match (self.attempt(&mut record, &progress).await, pauses.next()) {
                (Err(error), Some(pause)) if error.is_transient() => {
                    tracing::warn!(id = %record.id(), error = error.chain(), "an export is begun again");
                    driver::wait(*pause).await;
                }
                (outcome, _) => break outcome,
            }
        };
        self.tools.end(&mut record, outcome).await?;
        self.tools.tell(&mut record).await?;
        drop(claim);
        Ok(record)
    }

    /// Cancels a job: at once where nobody works on it, else whoever does is asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`]; [`ErrorKind::Store`].
    ///
    /// # Cancel safety
    ///
    /// Given up, it may be cancelled or not.
    pub async fn cancel(&self, id: JobId) -> Result<Cancelled, Error> {
        let record = self.tools.jobs.get(id).await?;
        if record.state != JobState::Running {
            return Ok(Cancelled::EndedBefore(record.state));
        }
        self.tools.jobs.ask_to_cancel(id).await?;
        let Some((claim, mut record)) = self.tools.jobs.claim(id).await? else {
            return Ok(Cancelled::Asked);
        };
        if record.state == JobState::Running {
            let outcome = Err(Error::new(ErrorKind::Cancelled, "it was cancelled"));
            self.tools.end(&mut record, outcome).await?;
        }
        drop(claim);
        Ok(match record.state {
            JobState::Cancelled => Cancelled::Done,
            state => Cancelled::EndedBefore(state),
        })
    }

    /// A download link to a job's file, good from now on; none where the job has none to give, or none can be made.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn link(&self, record: &JobRecord) -> Option<String> {
        if record.state != JobState::Completed || record.delivery.link == crate::Link::None {
            return None;
        }
        self.tools.link(record).await.ok()
    }

    async fn attempt(&self, record: &mut JobRecord, progress: &watch::Sender<Progress>) -> Result<(), Error> {
        if self.tools.jobs.is_cancel_asked(record.id()).await? {
            return Err(Error::new(ErrorKind::Cancelled, "it was cancelled"));
        }
        if !record.copies.iter().any(|copy| copy.state == CopyState::Writing) {
            return Ok(());
        }
        Attempt::begin(&self.tools, record, progress).await?.run().await
    }
}

impl Tools {
    /// The time, to the second, as it is remembered.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now().as_seconds() * 1_000)
    }

    /// What an attempt left that did not come to its end: whole, or to be removed.
    pub(super) async fn find_whole(&self, record: &mut JobRecord) -> Result<(), Error> {
        let workspace = record.taken.job.workspace().clone();
        let taken = record.taken.clone();
        for copy in &mut record.copies {
            let Some(traces) = copy.traces.clone().filter(|_| copy.state == CopyState::Writing) else {
                continue;
            };
            // A store that cannot be reached now fails the next attempt, which says so.
            let found = match self.places.open(&workspace, copy.place).await {
                Ok(store) => found_whole(&store, &taken, &traces).await.unwrap_or_default(),
                Err(_) => None,
            };
            match found {
                Some(totals) => {
                    copy.state = CopyState::Whole;
                    copy.totals = Some(totals);
                    copy.traces = Some(crate::Traces {
                        files: totals.files,
                        upload: None,
                        ..traces
                    });
                }
                None => {
                    copy.leftovers.push(traces);
                    copy.traces = None;
                }
            }
        }
        self.jobs.update(record).await?;
        for place in [Place::Own, Place::Customers] {
            self.remove_leftovers(record, place).await;
        }
        Ok(())
    }

    /// Removes what earlier attempts may have left in a store. What cannot be removed now stays on the list;
    /// why is told only where nothing else went wrong before, since that is what somebody has to mend first.
    pub(crate) async fn remove_leftovers(&self, record: &mut JobRecord, place: Place) {
        let (workspace, taken) = (record.taken.job.workspace().clone(), record.taken.clone());
        let Some(copy) = record.copy_mut(place) else {
            return;
        };
        let leftovers = std::mem::take(&mut copy.leftovers);
        if leftovers.is_empty() {
            return;
        }
        let store = match self.places.open(&workspace, place).await {
            Ok(store) => store,
            Err(error) => {
                copy.failure.get_or_insert_with(|| error.chain());
                copy.leftovers = leftovers;
                return;
            }
        };
        let whole = copy.traces.clone().filter(|_| copy.state == CopyState::Whole);
        for traces in leftovers {
            if let Err(error) = remove(&store, &taken, &traces, whole.as_ref()).await {
                copy.failure.get_or_insert_with(|| error.chain());
                copy.leftovers.push(traces);
            }
        }
    }

    /// Brings a job to its end after an attempt: completed, failed or cancelled. A backup that failed is tried again later.
    async fn end(&self, record: &mut JobRecord, outcome: Result<(), Error>) -> Result<(), Error> {
        let now = self.now();
        if let Err(error) = &outcome
            && error.kind() == ErrorKind::Store
        {
            // How far it is cannot be written down: it is left to whoever goes on with it.
            return outcome;
        }
        let whole = record
            .copy(record.first_place())
            .is_some_and(|copy| copy.state == CopyState::Whole);
        record.state = match &outcome {
            _ if whole => JobState::Completed,
            Err(error) if error.kind() == ErrorKind::Cancelled => JobState::Cancelled,
            _ => JobState::Failed,
        };
        let why = outcome.err().map(|error| error.chain());
        record.failure = why.clone().filter(|_| !whole);
        record.ended = Some(now);
        for copy in &mut record.copies {
            if copy.state == CopyState::Writing {
                copy.failure = copy.failure.take().or_else(|| why.clone());
                copy.leftovers.extend(copy.traces.take());
                copy.failures += 1;
                copy.due = next_try(now, now, copy.failures, None, self.clock.draw());
                copy.state = if whole {
                    CopyState::Retrying
                } else {
                    CopyState::Failed
                };
            }
        }
        let notices = match self.teller {
            Some(_) => Notices::Wanted,
            None => Notices::Unwanted,
        };
        record.tellings = Telling::all_of(record, now, notices);
        // Durable before anything is removed or said: it does not come back to life.
        self.jobs.update(record).await?;
        for place in [Place::Own, Place::Customers] {
            self.remove_leftovers(record, place).await;
        }
        self.jobs.update(record).await
    }
}
