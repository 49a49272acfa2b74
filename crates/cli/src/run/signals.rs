//! SIGINT and SIGTERM: the first asks to drain, the second ends the program where it is.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::report::note;

/// Whether somebody asked to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system gives no signals.
    #[expect(
        clippy::disallowed_methods,
        reason = "the driver of signals: one task listens as long as the program runs"
    )]
    pub(crate) fn listen() -> Outcome<Self> {
        let kind = |kind| {
            signal(kind)
                .map_err(|error| Failure::usage(format!("the program cannot listen for signals: {error}")))
        };
        let (mut interrupt, mut terminate) = (kind(SignalKind::interrupt())?, kind(SignalKind::terminate())?);
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            note("stopping: what was accepted is delivered first; a second signal stops at once");
            sender.send_replace(true);
            either(&mut interrupt, &mut terminate).await;
            note("stopped at once; run the same command again to go on");
            // The spool is made to be left at any moment.
            std::process::exit(Exit::NotDelivered.code().into());
        });
        Ok(Self(receiver))
    }

    /// Whether it was asked for.
    pub(crate) fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked for. Cancel safe.
    pub(crate) async fn wait(&mut self) {
        // The sender lives as long as the program.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
