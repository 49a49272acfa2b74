//! The one error of this crate: what went wrong, in which call, what AWS said, and what to do next.
//! It knows no SDK type: adapters lower theirs into it, so that fakes and other adapters can make the same errors.

mod kind;

pub use kind::{CallEffect, ErrorKind};

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;

use crate::cause::Cause;

/// An answer of AWS longer than this is cut: it is there to be read by a person.
const MAX_MESSAGE: usize = 600;

/// Why credentials could not be had.
///
/// Cheap to clone, since one refresh answers many waiters. No secret is ever part of it.
///
/// Its text reads *where: what [AWS's code, status, request id]; what to do next*:
///
/// ```
/// use bucketline_auth::{AccessKeyId, ErrorKind};
///
/// let error = "AKIA 123".parse::<AccessKeyId>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidConfig);
/// assert!(error.to_string().starts_with("access key id"));
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    effect: CallEffect,
    operation: Option<&'static str>,
    subject: Option<String>,
    message: String,
    cause: Option<Cause>,
    code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    remedy: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// An error of `kind`; `message` is a lower-case fragment without secrets and without a full stop.
    ///
    /// Its [`effect`](Self::effect) is what is usual for the kind: unknown where no answer came back.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            effect: kind.usual_effect(),
            operation: None,
            subject: None,
            message: one_line(&message.into()),
            cause: None,
            code: None,
            status: None,
            request_id: None,
            retry_after: None,
            remedy: None,
            source: None,
        }))
    }

    /// A setting that cannot be used as it is.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidConfig, message)
    }

    /// The call that failed, as AWS names it: `AssumeRole`.
    #[must_use]
    pub fn with_operation(self, operation: &'static str) -> Self {
        self.map(|inner| inner.operation = Some(operation))
    }

    /// What the call was about: a role's ARN, a file, a variable.
    #[must_use]
    pub fn with_subject(self, subject: impl Into<String>) -> Self {
        self.map(|inner| inner.subject = Some(one_line(&subject.into())))
    }

    /// What AWS's answer meant.
    #[must_use]
    pub fn with_cause(self, cause: Cause) -> Self {
        self.map(|inner| inner.cause = Some(cause))
    }

    /// How long to leave the service alone: asked for by it, or by a cache that has just asked in vain.
    #[must_use]
    pub fn with_retry_after(self, pause: Duration) -> Self {
        self.map(|inner| inner.retry_after = Some(pause))
    }

    /// AWS's error code: `AccessDenied`.
    #[must_use]
    pub fn with_code(self, code: impl Into<String>) -> Self {
        self.map(|inner| inner.code = Some(one_line(&code.into())))
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.map(|inner| inner.status = Some(status))
    }

    /// The id under which AWS knows the call: what its support asks for first.
    #[must_use]
    pub fn with_request_id(self, request_id: impl Into<String>) -> Self {
        self.map(|inner| inner.request_id = Some(one_line(&request_id.into())))
    }

    /// What to do next, as an imperative: `ask the customer to ...`.
    #[must_use]
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        self.map(|inner| inner.remedy = Some(one_line(&remedy.into())))
    }

    /// Whether the call took effect, where that is known better than from the kind alone.
    #[must_use]
    pub fn with_effect(self, effect: CallEffect) -> Self {
        self.map(|inner| inner.effect = effect)
    }

    /// The error below this one. It must hold no secret: it is printed by whoever walks the chain.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        let source: Box<dyn StdError + Send + Sync + 'static> = source.into();
        self.map(|inner| inner.source = Some(Arc::from(source)))
    }

    /// What sort of trouble this is; see there for what to do about each.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether a call that writes (IAM) may have taken effect.
    #[must_use]
    pub fn effect(&self) -> CallEffect {
        self.0.effect
    }

    /// The call that failed, as AWS names it.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// What the call was about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What went wrong, alone.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What AWS's answer meant; absent where there was none.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.0.cause
    }

    /// How long asking again is of no use. Whoever retries waits this long, and adds no pause of its own to it.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// AWS's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The HTTP status of AWS's answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The id under which AWS knows the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }

    /// Whether the same call may succeed a little later with nothing changed by anyone.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.kind.is_transient()
    }

    /// The error of this crate inside `error` or below it: an SDK client wraps what a credentials provider
    /// answered several layers deep.
    #[must_use]
    pub fn find_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(current) = next {
            if let Some(found) = current.downcast_ref::<Self>() {
                return Some(found);
            }
            next = current.source();
        }
        None
    }

    /// What a provider answered, as an error of this crate; one of ours inside is kept as it is.
    pub(crate) fn from_provider(error: CredentialsError) -> Self {
        let lowered = Self::from_provider_ref(&error);
        if Self::find_in(&error).is_some() {
            lowered
        } else {
            lowered.with_source(error)
        }
    }

    /// The same where the provider's error is not ours to keep: the words below it are told instead.
    pub(crate) fn from_provider_ref(error: &CredentialsError) -> Self {
        if let Some(found) = Self::find_in(error) {
            return found.clone();
        }
        let (kind, message) = match error {
            CredentialsError::CredentialsNotLoaded(_) => {
                (ErrorKind::NotLoaded, "no credentials are configured")
            }
            CredentialsError::ProviderTimedOut(_) => (
                ErrorKind::TimedOut,
                "the credentials provider did not answer in time",
            ),
            CredentialsError::InvalidConfiguration(_) => (
                ErrorKind::InvalidConfig,
                "the credentials provider is not configured properly",
            ),
            CredentialsError::ProviderError(_) => (ErrorKind::Unavailable, "the credentials provider failed"),
            _ => (
                ErrorKind::Unexpected,
                "the credentials provider failed in a way it did not explain",
            ),
        };
        match error.source() {
            Some(below) => Self::new(kind, format!("{message}: {below}")),
            None => Self::new(kind, message),
        }
    }

    fn map(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (inner.operation, &inner.subject) {
            (Some(operation), Some(subject)) => write!(f, "{operation} of `{subject}`: ")?,
            (Some(operation), None) => write!(f, "{operation}: ")?,
            (None, Some(subject)) => write!(f, "{subject}: ")?,
            (None, None) => {}
        }
        f.write_str(&inner.message)?;
        let said = [
            inner.code.clone(),
            inner.status.map(|status| format!("HTTP {status}")),
            inner.request_id.as_ref().map(|id| format!("request id `{id}`")),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if !said.is_empty() {
            write!(f, " [{}]", said.join(", "))?;
        }
        if let Some(remedy) = &inner.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("effect", &inner.effect)
            .field("operation", &inner.operation)
            .field("subject", &inner.subject)
            .field("message", &inner.message)
            .field("cause", &inner.cause)
            .field("code", &inner.code)
            .field("status", &inner.status)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("remedy", &inner.remedy)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// The SDK's words for the same thing, with this error kept as the source: [`Error::find_in`] gets it back.
impl From<Error> for CredentialsError {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::NotLoaded => Self::not_loaded(error),
            ErrorKind::InvalidConfig => Self::invalid_configuration(error),
            ErrorKind::Unexpected => Self::unhandled(error),
            _ => Self::provider_error(error),
        }
    }
}

/// A name or a document that the policy crate refuses is a setting that cannot be used.
impl From<bucketline_policy::Error> for Error {
    fn from(error: bucketline_policy::Error) -> Self {
        Self::invalid(error.to_string())
    }
}

/// Words of a foreign service end up in logs and terminals: no control characters, no endless lines.
fn one_line(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_MESSAGE + 1)
        .collect();
    if line.chars().count() > MAX_MESSAGE {
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
