//! Moves file work off the async threads. It must not know what the work is.

use crate::{Error, ErrorKind, Operation};

/// Runs `work` on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    operation: Operation,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "file calls block; this is the one place that moves them off"
    )]
    let task = tokio::task::spawn_blocking(work);
    match task.await {
        Ok(result) => result,
        // The runtime is shutting down, or the work panicked: how far it came is not known.
        Err(error) => Err(
            Error::new(operation, ErrorKind::Unexpected, operation.effect_if_sent())
                .with_message("the file work did not end")
                .with_source(error),
        ),
    }
}
