//! A way to tell somebody. Knows nothing of retries, nor of what was told before.

mod log;

pub use log::LogChannel;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, Message};

/// A way to tell somebody: one attempt at a time, one message at a time.
#[async_trait]
pub trait Channel: Debug + Send + Sync + 'static {
    /// Makes one attempt to hand `message` over. A repeated one has the same [`Message::id`].
    ///
    /// # Errors
    ///
    /// [`NotTaken`](crate::ErrorKind::NotTaken) where it is worth another attempt;
    /// [`Refused`](crate::ErrorKind::Refused) where it is not. Whether the receiver has the message is unknown after
    /// `NotTaken`: so it may come twice, under one id.
    ///
    /// # Cancel safety
    ///
    /// Given up, the attempt counts as one whose outcome is unknown.
    async fn send(&self, message: &Message) -> Result<(), Error>;
}

#[async_trait]
impl<T: Channel + ?Sized> Channel for Arc<T> {
    async fn send(&self, message: &Message) -> Result<(), Error> {
        self.as_ref().send(message).await
    }
}
