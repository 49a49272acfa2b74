//! From errors of `object_store` to the sink's: kind and effect. It must not look at texts.

use std::error::Error as StdError;

use bucketline_sink::{Effect, Error, ErrorKind, ObjectKey, Operation};
use object_store::client::{HttpError, HttpErrorKind};

/// Settings that no store can be made of.
#[cfg(feature = "http")]
pub(crate) fn unusable(error: object_store::Error) -> Error {
    Error::new(Operation::Open, ErrorKind::InvalidRequest, Effect::NotApplied)
        .with_message(innermost(&error))
        .with_source(error)
}

/// A call that failed.
pub(crate) fn failed(operation: Operation, key: &str, place: &str, error: object_store::Error) -> Error {
    use object_store::Error as E;
    let (kind, refused) = match &error {
        E::NotFound { .. } => (ErrorKind::NotFound, true),
        E::PermissionDenied { .. } => (ErrorKind::AccessDenied, true),
        E::Unauthenticated { .. } => (ErrorKind::Credentials, true),
        E::InvalidPath { .. } | E::UnknownConfigurationKey { .. } => (ErrorKind::InvalidRequest, true),
        E::NotSupported { .. } | E::NotImplemented { .. } => (ErrorKind::Unsupported, true),
        E::AlreadyExists { .. } | E::Precondition { .. } => (ErrorKind::Busy, true),
        _ => match find::<HttpError>(&error).map(HttpError::kind) {
            Some(HttpErrorKind::Connect) => (ErrorKind::Connection, true),
            Some(HttpErrorKind::Timeout) => (ErrorKind::TimedOut, false),
            Some(HttpErrorKind::Request | HttpErrorKind::Interrupted | HttpErrorKind::Decode) => {
                (ErrorKind::Connection, false)
            }
            // The store's refusals that have no kind of their own are told in words alone: the effect is open then.
            _ => (ErrorKind::Unexpected, false),
        },
    };
    let effect = if refused {
        Effect::NotApplied
    } else {
        operation.effect_if_sent()
    };
    Error::new(operation, kind, effect)
        .with_key(key)
        .with_place(place)
        .with_message(innermost(&error))
        .with_source(error)
}

/// A key that these stores cannot have.
pub(crate) fn not_a_path(operation: Operation, key: &ObjectKey, error: object_store::path::Error) -> Error {
    Error::new(operation, ErrorKind::InvalidRequest, Effect::NotApplied)
        .with_key(key.as_str())
        .with_message(error.to_string())
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
