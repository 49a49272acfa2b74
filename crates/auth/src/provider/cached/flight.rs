//! One attempt to fetch credentials, awaited by any number of requests. Knows nothing of when one is due.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use tokio::sync::watch;
use tracing::{Instrument as _, Span};

use super::Shared;
use crate::driver::spawn;
use crate::{Error, ErrorKind};

/// A handle on the attempt: dropping it ends nothing.
#[derive(Clone, Debug)]
pub(super) struct Flight(watch::Receiver<Option<Result<Credentials, Error>>>);

impl Flight {
    /// Starts the attempt as a task of its own, so that no request that is cancelled takes it down with it.
    pub(super) fn start<P: ProvideCredentials + 'static>(
        shared: Arc<Shared<P>>,
        epoch: u64,
        limit: Duration,
    ) -> Self {
        let (sender, receiver) = watch::channel(None);
        let span = shared.span.clone().unwrap_or_else(Span::current);
        let fetch = async move {
            let answer = match tokio::time::timeout(limit, shared.provider.provide_credentials()).await {
                Ok(answer) => answer.map_err(Error::from_provider),
                Err(_) => Err(Error::new(
                    ErrorKind::TimedOut,
                    format!(
                        "the credentials provider did not answer within {} s",
                        limit.as_secs_f64()
                    ),
                )),
            };
            let answer = shared.landed(epoch, answer);
            match &answer {
                Ok(_) => tracing::info!("credentials were fetched"),
                Err(error) => tracing::warn!(%error, "credentials could not be fetched"),
            }
            sender.send_replace(Some(answer));
        };
        if spawn(fetch.instrument(span)) {
            return Self(receiver);
        }
        let error = Error::new(
            ErrorKind::Unexpected,
            "credentials are fetched by a tokio runtime, and none is running",
        )
        .with_remedy("call from within one");
        Self(watch::channel(Some(Err(error))).1)
    }

    /// Whether it has ended, be it by a panic of the provider or with the runtime it ran on.
    pub(super) fn is_over(&self) -> bool {
        self.0.borrow().is_some() || self.0.has_changed().is_err()
    }

    pub(super) async fn landed(mut self) -> Result<Credentials, Error> {
        let answer = self
            .0
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|answer| answer.clone());
        answer.unwrap_or_else(|| {
            Err(
                Error::new(ErrorKind::Unexpected, "fetching the credentials was interrupted")
                    .with_remedy("ask again; if it happens again, the provider panics"),
            )
        })
    }
}
