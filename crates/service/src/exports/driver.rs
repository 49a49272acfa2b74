//! Goes on with exports while the program runs: the one module here that starts a task and waits.

use std::time::Duration;

use bucketline_export::{Exporter, JobState};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::chain;
use crate::model::Installation;
use crate::notices::Notices;
use crate::variables::Variables;

/// How often is looked for what is left.
const EVERY: Duration = Duration::from_secs(60);

/// Exports that are gone on with in the background. Dropped, it stops: what it was at is gone on with by the next one.
#[derive(Debug)]
pub struct Background {
    passes: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

impl Background {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver that starts tasks and waits"
    )]
    pub(super) fn start(
        installation: Installation,
        variables: Variables,
        notices: Option<Notices>,
        mut exporter: Option<Exporter>,
    ) -> Self {
        let (passed, passes) = watch::channel(0);
        let task = tokio::spawn(async move {
            loop {
                if exporter.is_none() && super::jobs_folder(&installation).exists() {
                    exporter = match super::open(&installation, &variables, notices.as_ref()).await {
                        Ok(exporter) => Some(exporter),
                        Err(error) => {
                            tracing::warn!(error = chain(&error), "exports cannot be gone on with");
                            None
                        }
                    };
                }
                if let Some(exporter) = &exporter {
                    pass(exporter).await;
                }
                passed.send_modify(|passes| *passes += 1);
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { passes, task }
    }

    /// Waits until all that is left was looked at once, no longer than this; whether it was.
    ///
    /// # Cancel safety
    ///
    /// Given up, it goes on as before.
    pub async fn once(&mut self, longest: Duration) -> bool {
        let once = self.passes.wait_for(|passes| *passes > 0);
        // The inner error is that the task has ended, which is never before it is dropped.
        tokio::time::timeout(longest, once)
            .await
            .is_ok_and(|passed| passed.is_ok())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(exporter: &Exporter) {
    match exporter.resume().await {
        Ok(resumed) => {
            for resumed in resumed {
                let record = resumed.record;
                let (id, state) = (record.id(), record.state.name());
                match record.state {
                    JobState::Failed => {
                        tracing::warn!(%id, failure = record.failure, "an export failed");
                    }
                    _ => tracing::info!(%id, state, "an export was gone on with"),
                }
            }
        }
        Err(error) => tracing::warn!(error = error.chain(), "exports cannot be gone on with"),
    }
}
