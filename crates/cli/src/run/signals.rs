//! SIGINT and SIGTERM: the first asks to drain, the second ends the program where it is.

use bucketline_service::supervise::Stop;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::report::note;

/// Listens from now on.
///
/// # Errors
/// The system gives no signals.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver of signals: one task listens as long as the program runs"
)]
pub(crate) fn listen() -> Outcome<Stop> {
    let kind = |kind| {
        signal(kind)
            .map_err(|error| Failure::usage(format!("the program cannot listen for signals: {error}")))
    };
    let (mut interrupt, mut terminate) = (kind(SignalKind::interrupt())?, kind(SignalKind::terminate())?);
    let (stopper, stop) = Stop::channel();
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        note("stopping: what was accepted is delivered first; a second signal stops at once");
        stopper.ask();
        either(&mut interrupt, &mut terminate).await;
        note("stopped at once; what was accepted is kept, and the next run delivers it");
        // The spool is made to be left at any moment.
        std::process::exit(Exit::NotDelivered.code().into());
    });
    Ok(stop)
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
