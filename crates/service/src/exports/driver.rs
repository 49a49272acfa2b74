//! Goes on with exports while the program runs: the one module here that starts a task and waits.

use std::time::Duration;

use bucketline_export::{Exporter, JobState};
use tokio::sync::watch;
use tokio::task::JoinHandle;

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
    pub(super) fn start(exporter: Exporter) -> Self {
        let (passed, passes) = watch::channel(0);
        let task = tokio::spawn(async move {
            loop {
                pass(&exporter).await;
                passed.send_modify(|passes| *passes += 1);
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { passes, task }
    }

    /// Waits until all that is left was looked at once.
    ///
    /// # Cancel safety
    ///
    /// Given up, it goes on as before.
    pub async fn once(&mut self) {
        // It is an error where the task has ended, which is never before it is dropped.
        let _ = self.passes.wait_for(|passes| *passes > 0).await;
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
