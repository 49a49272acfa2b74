//! Being asked to stop: one side asks, others see it.

use tokio::sync::watch;

/// Whether somebody asked to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Asks to stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stop {
    /// Both sides.
    #[must_use]
    pub fn channel() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Self(receiver))
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked for; for ever where nobody is left to ask.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn wait(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Stopper {
    /// Asks.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}
