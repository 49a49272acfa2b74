//! The one module that reads the clock, draws randomness, waits and starts tasks.

use crate::{Error, ErrorKind};

/// Runs `work` where it may block.
#[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Store, "work on another thread ended").with_source(error))
}
