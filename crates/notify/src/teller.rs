//! Where whoever knows of a change hands it over. Knows nothing of who hears of it.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, Event, Notifier};

/// Takes events, so that people are told of them: a [`Notifier`], or a [`Desk`](crate::Desk) that several processes share.
#[async_trait]
pub trait Teller: Debug + Send + Sync + 'static {
    /// Hands `event` over. Returns once it is remembered; whether it was news is the teller's to know.
    ///
    /// # Errors
    ///
    /// As [`Notifier::notify`]: it is not told, and may be handed over again.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether the event was taken; handing it over again tells nothing twice.
    async fn tell(&self, event: Event) -> Result<(), Error>;
}

#[async_trait]
impl Teller for Notifier {
    async fn tell(&self, event: Event) -> Result<(), Error> {
        self.notify(event).await.map(drop)
    }
}

#[async_trait]
impl<T: Teller + ?Sized> Teller for Arc<T> {
    async fn tell(&self, event: Event) -> Result<(), Error> {
        self.as_ref().tell(event).await
    }
}
