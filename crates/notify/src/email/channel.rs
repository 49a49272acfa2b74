//! E-mail as a channel: each message as a mail to some people.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Mail, Mailbox, Mailer};
use crate::channel::Channel;
use crate::{Error, ErrorKind, Message};

/// Mails each message to some people, as a text.
#[derive(Clone, Debug)]
pub struct EmailChannel {
    mailer: Arc<dyn Mailer>,
    to: Vec<Mailbox>,
}

impl EmailChannel {
    /// Mails to `to`, by `mailer`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] where there is nobody to mail to.
    pub fn new(mailer: Arc<dyn Mailer>, to: Vec<Mailbox>) -> Result<Self, Error> {
        if to.is_empty() {
            return Err(Error::new(ErrorKind::InvalidConfig, "e-mail has no receiver"));
        }
        Ok(Self { mailer, to })
    }
}

#[async_trait]
impl Channel for EmailChannel {
    async fn send(&self, message: &Message) -> Result<(), Error> {
        let subject = format!("[bucketline] {}", message.title());
        let mail = Mail::new(self.to.clone(), subject, message.text(), message.id.clone());
        self.mailer.mail(&mail).await
    }
}
