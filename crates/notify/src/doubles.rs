//! A channel and a mailer that keep what they are given, and fail on command.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Channel, Error, ErrorKind, Mail, Mailer, Message};

/// Keeps every message, and every mail; fails as often as it is told to.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    messages: Vec<Message>,
    mails: Vec<Mail>,
    failures: VecDeque<ErrorKind>,
}

impl Recorder {
    /// One that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next attempts fail like this, in order. What fails is not kept.
    pub fn fail(&self, kinds: impl IntoIterator<Item = ErrorKind>) {
        self.inner().failures.extend(kinds);
    }

    /// What was taken.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.inner().messages.clone()
    }

    /// The mails that were taken.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.inner().mails.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure(&self) -> Result<(), Error> {
        match self.inner().failures.pop_front() {
            Some(kind) => Err(Error::new(kind, "failed on command")),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Channel for Recorder {
    async fn send(&self, message: &Message) -> Result<(), Error> {
        self.failure()?;
        self.inner().messages.push(message.clone());
        Ok(())
    }
}

#[async_trait]
impl Mailer for Recorder {
    async fn mail(&self, mail: &Mail) -> Result<(), Error> {
        self.failure()?;
        self.inner().mails.push(mail.clone());
        Ok(())
    }
}
