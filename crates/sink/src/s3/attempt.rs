//! One request to its end: the time it has, and what is made of a bad one. It must not make a second.

use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::{RequestId, RequestIdExt};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::s3::settings::ChecksumHeaders;
use crate::s3::{S3Sink, failure};
use crate::{Error, ErrorKind, Operation, Region};

/// What is under way, for time limits and messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) operation: Operation,
    pub(super) key: &'a str,
    pub(super) patience: Duration,
}

impl Call<'_> {
    /// The slowest transfer that is waited for.
    pub(super) const BYTES_PER_SECOND: u64 = 256 * 1024;

    /// With the time that a body of this size may take.
    pub(super) fn carrying(self, bytes: u64) -> Self {
        Self {
            patience: self.patience + Duration::from_secs(bytes / Self::BYTES_PER_SECOND),
            ..self
        }
    }
}

/// Why a request has no good answer.
pub(super) enum Refusal<E> {
    Sdk(Box<SdkError<E, HttpResponse>>),
    TimedOut(Duration),
}

impl<E> Refusal<E> {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Sdk(error) => error.raw_response().map(|response| response.status().as_u16()),
            Self::TimedOut(_) => None,
        }
    }

    /// Whether it speaks of the headers of checksums, as stores do that do not know them.
    fn names_checksum_header(&self) -> bool {
        const HEADERS: [&str; 3] = ["x-amz-checksum", "x-amz-sdk-checksum", "x-amz-trailer"];
        let Self::Sdk(error) = self else { return false };
        let body = error.raw_response().and_then(|response| response.body().bytes());
        let text = String::from_utf8_lossy(body.unwrap_or_default()).to_ascii_lowercase();
        HEADERS.iter().any(|header| text.contains(header))
    }
}

impl S3Sink {
    /// A call that has the time of one request.
    pub(super) fn call<'a>(&self, operation: Operation, key: &'a str) -> Call<'a> {
        Call {
            operation,
            key,
            patience: self.0.settings.attempt_timeout,
        }
    }

    pub(super) fn sends_checksums(&self) -> bool {
        self.0.settings.checksums == ChecksumHeaders::Sent
    }

    /// Whether it is the store itself that refused.
    pub(super) fn is_own<E: ProvideErrorMetadata>(&self, refusal: &Refusal<E>) -> bool {
        let Refusal::Sdk(error) = refusal else {
            return false;
        };
        error.raw_response().is_some_and(|response| {
            let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
            self.0.settings.habits.refuses(response, code, true)
        })
    }

    /// Runs one request to its end, or to the end of its time.
    pub(super) async fn attempt<T, E>(
        &self,
        call: &Call<'_>,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    ) -> Result<T, Refusal<E>> {
        let answer = match tokio::time::timeout(call.patience, request).await {
            Ok(result) => result.map_err(|error| Refusal::Sdk(Box::new(error))),
            // The request's future is gone, and its connection with it.
            Err(_) => Err(Refusal::TimedOut(call.patience)),
        };
        let status = answer.as_ref().err().and_then(Refusal::status);
        tracing::debug!(request = %call.operation, good = answer.is_ok(), status, "a request to S3 ended");
        answer
    }

    /// Puts a refusal into the crate's words, and forgets a region that turned out wrong.
    pub(super) async fn explain<E>(&self, call: &Call<'_>, region: &Region, refusal: Refusal<E>) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let settings = &self.0.settings;
        let may_refuse_checksums =
            self.sends_checksums() && settings.endpoint.is_some() && call.operation.sends_checksum();
        let names_checksum = may_refuse_checksums && refusal.names_checksum_header();
        let error = match refusal {
            Refusal::Sdk(error) => failure::error(call.operation, region.as_str(), &settings.habits, *error),
            Refusal::TimedOut(patience) => Error::new(
                call.operation,
                ErrorKind::TimedOut,
                call.operation.effect_if_sent(),
            )
            .with_message(format!(
                "no answer within {} s; the connection was closed",
                patience.as_secs_f32()
            )),
        };
        let error = match error.kind() {
            ErrorKind::Unsupported | ErrorKind::InvalidRequest | ErrorKind::Unexpected if names_checksum => {
                error.with_kind(ErrorKind::ChecksumRefused)
            }
            ErrorKind::Unsupported if may_refuse_checksums => {
                let said = error.message().unwrap_or("not implemented").to_owned();
                error.with_message(format!(
                    "{said}; it does not say which header it means: where it is the checksum's, `checksum = \"off\"` leaves it out"
                ))
            }
            _ => error,
        };
        if matches!(error.kind(), ErrorKind::WrongRegion { .. }) && call.operation != Operation::Locate {
            self.forget(region).await;
        }
        let error = if call.key.is_empty() {
            error
        } else {
            error.with_key(call.key)
        };
        error.with_place(self.to_string())
    }

    /// The bucket was deleted and made anew elsewhere: the next call asks again, unless one has done so already.
    async fn forget(&self, region: &Region) {
        if self.0.settings.region.is_none() {
            let mut known = self.0.known.lock().await;
            known
                .connection
                .take_if(|connection| connection.region == *region);
        }
    }
}

/// An answer that was good in form and cannot be used.
pub(super) fn unusable(sink: &S3Sink, call: &Call<'_>, kind: ErrorKind, message: &str) -> Error {
    Error::new(call.operation, kind, call.operation.effect_if_sent())
        .with_key(call.key)
        .with_place(sink.to_string())
        .with_message(message)
}

pub(super) fn request_ids(answer: &(impl RequestId + RequestIdExt)) -> (Option<String>, Option<String>) {
    let given = |id: Option<&str>| id.filter(|id| !id.trim().is_empty()).map(str::to_owned);
    (given(answer.request_id()), given(answer.extended_request_id()))
}
