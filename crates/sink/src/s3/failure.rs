//! From the SDK's error to the crate's: what was refused, what was never sent, and what nobody knows. It must
//! not retry.

use std::error::Error as StdError;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::{RequestId as _, RequestIdExt as _};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::s3::classify::{Refused, classify};
use crate::s3::region;
use crate::{Effect, Error, ErrorKind, Operation};

/// Puts an error of the SDK into the crate's words.
pub(super) fn error<E>(operation: Operation, signed_for: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let found = match &error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let response = service.raw();
            let status = response.status().as_u16();
            let region = region::from_response(response);
            let (kind, effect) = classify(&Refused {
                operation,
                status,
                code: meta.code(),
                message: meta.message(),
                region: region.as_deref(),
                signed_for,
            });
            let mut found = Error::new(operation, kind, effect).with_status(status);
            if let Some(code) = meta.code() {
                found = found.with_code(code);
            }
            if let Some(message) = meta.message() {
                found = found.with_message(message);
            }
            found.with_request_ids(
                error.request_id().map(str::to_owned),
                error.extended_request_id().map(str::to_owned),
            )
        }
        // An answer came, and could not be read: a broken connection, or no S3 at the other end.
        SdkError::ResponseError(response) => {
            Error::new(operation, ErrorKind::Connection, operation.effect_if_sent())
                .with_status(response.raw().status().as_u16())
                .with_message(format!("the answer could not be read: {}", innermost(&error)))
        }
        SdkError::TimeoutError(_) => Error::new(operation, ErrorKind::TimedOut, operation.effect_if_sent()),
        SdkError::DispatchFailure(failure) => undispatched(operation, &error, failure.is_timeout()),
        // It was not even made: a value that cannot stand in a header or a host name.
        SdkError::ConstructionFailure(_) => {
            Error::new(operation, ErrorKind::InvalidRequest, Effect::NotApplied)
                .with_message(innermost(&error))
        }
        _ => Error::new(operation, ErrorKind::Unexpected, operation.effect_if_sent()),
    };
    found.with_source(error)
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
