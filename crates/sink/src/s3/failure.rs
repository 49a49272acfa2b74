//! From the SDK's error to the crate's: what was refused, what was never sent, and what nobody knows. It must
//! not retry.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::s3::classify::{Refused, classify, classify_foreign};
use crate::s3::genuine::{Foreign, Habits};
use crate::s3::region;
use crate::{Effect, Error, ErrorKind, Operation, Region};

/// Puts an error of the SDK into the crate's words.
///
/// Of the SDK's error only what is below the answer is kept as a cause: the answer itself may repeat what was signed, the
/// session token with it.
pub(super) fn error<E>(
    operation: Operation,
    signed_for: &str,
    habits: &Habits,
    error: SdkError<E, HttpResponse>,
) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let response = service.raw();
            let meta = service.err().meta();
            refused(operation, signed_for, habits, response, meta)
        }
        // An answer came, and could not be read: a broken connection, or no S3 at the other end.
        SdkError::ResponseError(_) => {
            let status = error.raw_response().map(|response| response.status().as_u16());
            let found = if let Some(foreign) = find::<Foreign>(&error) {
                let described = error.raw_response().map(described).unwrap_or_default();
                Error::new(operation, ErrorKind::NotTheStore, operation.effect_if_sent())
                    .with_message(format!("{foreign}{described}"))
            } else {
                Error::new(operation, ErrorKind::Connection, operation.effect_if_sent())
                    .with_message(format!("the answer could not be read: {}", innermost(&error)))
            };
            status.into_iter().fold(found, Error::with_status)
        }
        SdkError::TimeoutError(_) => Error::new(operation, ErrorKind::TimedOut, operation.effect_if_sent()),
        SdkError::DispatchFailure(ref failure) => {
            let found = undispatched(operation, &error, failure.is_timeout());
            match error
                .into_source()
                .map(|source| source.downcast::<ConnectorError>())
            {
                Ok(Ok(cause)) => found.with_source(*cause),
                _ => found,
            }
        }
        // It was not even made: a value that cannot stand in a header or a host name.
        SdkError::ConstructionFailure(_) => {
            Error::new(operation, ErrorKind::InvalidRequest, Effect::NotApplied)
                .with_message(innermost(&error))
        }
        _ => Error::new(operation, ErrorKind::Unexpected, operation.effect_if_sent()),
    }
}

/// An answer that is no success: the store's own word, or somebody else's.
fn refused(
    operation: Operation,
    signed_for: &str,
    habits: &Habits,
    response: &HttpResponse,
    meta: &ErrorMetadata,
) -> Error {
    let status = response.status().as_u16();
    let has_body = operation != Operation::Head;
    let genuine = habits.refuses(response, meta.code(), has_body);
    let found = if genuine {
        let region = region::from_response(response);
        let (kind, effect) = classify(&Refused {
            operation,
            status,
            code: meta.code(),
            message: meta.message(),
            region: region.as_ref().map(Region::as_str),
            signed_for,
        });
        let found = Error::new(operation, kind, effect);
        let found = meta.code().into_iter().fold(found, Error::with_code);
        meta.message().into_iter().fold(found, Error::with_message)
    } else {
        let (kind, effect) = classify_foreign(operation, status);
        let what = match status {
            413 => TOO_LARGE.to_owned(),
            407 => format!("a proxy asks for a login{}", described(response)),
            _ => format!(
                "it has not the store's code and request id{}",
                described(response)
            ),
        };
        Error::new(operation, kind, effect).with_message(what)
    };
    found
        .with_status(status)
        .with_retry_after(retry_after(response))
        .with_request_ids(
            header(response, "x-amz-request-id"),
            header(response, "x-amz-id-2"),
        )
}

/// What a 413 means: nginx answers so before the store sees anything.
const TOO_LARGE: &str =
    "the server, or a proxy before it, takes no request of this size (nginx: client_max_body_size)";

/// Who may have answered, by what the answer says of itself.
fn described(response: &HttpResponse) -> String {
    let named = |name| header(response, name).filter(|text: &String| !text.trim().is_empty());
    match (named("content-type"), named("server").or_else(|| named("via"))) {
        (Some(kind), Some(server)) => format!(": `{kind}` from `{server}`"),
        (Some(kind), None) => format!(": `{kind}`"),
        (None, Some(server)) => format!(": from `{server}`"),
        (None, None) => String::new(),
    }
}

fn header(response: &HttpResponse, name: &str) -> Option<String> {
    let text = response.headers().get(name)?;
    Some(text.chars().take(80).collect())
}

/// The pause that an answer asks for: seconds, or a moment by the answer's own clock.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let text = response.headers().get("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| DateTime::from_str(text.trim(), DateTimeFormat::HttpDate).ok();
    let (until, now) = (moment(text)?, moment(response.headers().get("date")?)?);
    let seconds = until.secs().saturating_sub(now.secs());
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// Why no answer came. Nothing was applied only where surely nothing was sent: there were no credentials to
/// sign with, or there was no connection to send it over.
fn undispatched(operation: Operation, error: &(dyn StdError + 'static), timeout: bool) -> Error {
    if let Some(credentials) = find::<CredentialsError>(error) {
        let kind = match credentials {
            CredentialsError::ProviderTimedOut(_) => ErrorKind::TimedOut,
            _ => ErrorKind::Credentials,
        };
        // The provider's own words are one below; what it got them from is for those who read the whole
        // chain.
        let message = credentials
            .source()
            .map_or_else(|| credentials.to_string(), ToString::to_string);
        return Error::new(operation, kind, Effect::NotApplied).with_message(message);
    }
    let kind = if timeout {
        ErrorKind::TimedOut
    } else {
        ErrorKind::Connection
    };
    let never_connected =
        find::<hyper_util::client::legacy::Error>(error).is_some_and(|error| error.is_connect());
    let effect = if never_connected {
        Effect::NotApplied
    } else {
        operation.effect_if_sent()
    };
    Error::new(operation, kind, effect).with_message(innermost(error))
}

/// The first error of that type in the chain. What an `io::Error` wraps is not its source, so that is looked
/// into as well.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// What the chain ends in: the words of the system or of the credentials provider, where the SDK's own say
/// "dispatch failure".
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
