//! The SDK's errors, lowered: an answer of the service, or the reason why there is none.
//!
//! The SDK's own error is never kept as a source: its `Debug` holds the whole response, session token included.

use std::error::Error as StdError;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use crate::{CallEffect, Error, ErrorKind, ServiceAnswer};

/// Nobody is left alone for longer, whatever a service asks for.
const LONGEST_PAUSE: u64 = 300;

/// Why a call did not succeed.
pub(crate) enum Failure {
    /// The service answered no.
    Answer(ServiceAnswer),
    /// There is no answer, or none that can be read.
    NoAnswer(Error),
}

impl Failure {
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        match error {
            SdkError::ServiceError(service) => {
                Self::Answer(answer(service.err(), service.raw(), error.request_id()))
            }
            SdkError::ResponseError(response) => {
                Self::NoAnswer(unreadable(response.raw(), error.request_id()))
            }
            SdkError::TimeoutError(_) => Self::NoAnswer(timed_out()),
            SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => Self::NoAnswer(timed_out()),
            other => Self::NoAnswer(not_sent(other)),
        }
    }

    /// The error, where a refusal needs no words but those for its code.
    pub(crate) fn into_error(self, operation: &'static str, subject: &str) -> Error {
        match self {
            Self::Answer(answer) => answer.into_error(operation, subject),
            Self::NoAnswer(error) if subject.is_empty() => error.with_operation(operation),
            Self::NoAnswer(error) => error.with_operation(operation).with_subject(subject),
        }
    }
}

impl Error {
    /// The error that the SDK's answer to `operation` on `subject` is: for adapters over other services of AWS's.
    ///
    /// Nothing of the SDK's own error is kept, since its `Debug` holds whole requests and responses.
    #[must_use]
    pub fn of_call<E>(operation: &'static str, subject: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        Failure::of(error).into_error(operation, subject)
    }
}

/// Most codes are not modelled by the SDK, AccessDenied among them: only the metadata has them all.
fn answer(
    error: &impl ProvideErrorMetadata,
    response: &HttpResponse,
    request_id: Option<&str>,
) -> ServiceAnswer {
    ServiceAnswer {
        code: error.code().map(str::to_owned),
        message: error.message().map(str::to_owned),
        status: Some(response.status().as_u16()),
        request_id: request_id
            .or_else(|| error.meta().request_id())
            .map(str::to_owned),
        retry_after: response.headers().get("retry-after").and_then(pause),
    }
}

/// `Retry-After` in seconds. Its other form, a date, would need the service's clock.
fn pause(text: &str) -> Option<Duration> {
    let seconds: u64 = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_PAUSE)))
}

fn unreadable(response: &HttpResponse, request_id: Option<&str>) -> Error {
    // A body that was read whole is held in memory: one that is not broke off on its way.
    let error = if response.body().bytes().is_none() {
        Error::new(
            ErrorKind::Unavailable,
            "the connection broke in the middle of the answer",
        )
        .with_remedy("wait, then look at the network and any proxy")
    } else {
        Error::new(ErrorKind::Unexpected, "the answer is not one of AWS")
            .with_remedy("look at the endpoint and at any proxy before it")
    };
    let error = error.with_status(response.status().as_u16());
    match request_id {
        Some(request_id) => error.with_request_id(request_id),
        None => error,
    }
}

fn timed_out() -> Error {
    Error::new(ErrorKind::TimedOut, "there was no answer in time")
        .with_remedy("wait, then look at the network, proxy and endpoint")
}

/// Nothing reached the service, except perhaps where the connection broke on the way.
fn not_sent(error: &(dyn StdError + 'static)) -> Error {
    if let Some(below) = provider_failure(error) {
        // The credentials that were to sign the call could not be had. A refusal there concerns us, not the customer.
        let kind = match below.kind() {
            ErrorKind::Denied => ErrorKind::Unauthenticated,
            kind => kind,
        };
        return Error::new(kind, "the credentials that sign the call cannot be had")
            .with_effect(CallEffect::NotApplied)
            .with_source(below);
    }
    let cause = causes(error);
    Error::new(
        ErrorKind::Unavailable,
        format!("the service cannot be reached: {cause}"),
    )
    .with_remedy("look at the network, proxy and endpoint")
}

/// What the provider of the signing credentials answered, where that is what went wrong.
fn provider_failure(error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(failure) = current.downcast_ref::<CredentialsError>() {
            return Some(Error::from_provider_ref(failure));
        }
        next = current.source();
    }
    None
}

/// The texts below an error, which for a failed connection hold the one line that matters.
fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
        next = cause.source();
    }
    if texts.is_empty() {
        error.to_string()
    } else {
        texts.join(": ")
    }
}
