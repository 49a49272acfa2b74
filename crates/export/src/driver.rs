//! The one module that reads the clock, draws randomness, waits and starts tasks.

use std::time::Duration;

use crate::{Error, ErrorKind, JobId};

/// Runs `work` where it may block.
#[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Store, "work on another thread ended").with_source(error))
}

/// Waits, before something is tried again.
#[expect(clippy::disallowed_methods, reason = "this is the driver that waits")]
pub(crate) async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// The id of a new job.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the driver that draws randomness"
)]
pub(crate) fn random_id() -> Result<JobId, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(
            ErrorKind::Store,
            format!("this machine has no randomness: {error}"),
        )
    })?;
    Ok(JobId::from_random(bytes))
}
