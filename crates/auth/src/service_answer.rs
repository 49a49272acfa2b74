//! What AWS said when it refused a call, and the error that it is. Knows nothing of the SDK, and of requests only the name
//! of the call.

use std::time::Duration;

use crate::cause::Cause;
use crate::error::{CallEffect, Error};

/// What AWS said when it refused a call.
///
/// An answer counts as a refusal of AWS's only with a code *and* a request id: a bare 403 is a proxy's, a firewall's or a
/// sign-in page's, and must not end a session that is valid.
///
/// ```
/// use bucketline_auth::{Cause, ErrorKind, ServiceAnswer};
///
/// let refusal = ServiceAnswer::new("AccessDenied", 403).request_id("req-1");
/// assert_eq!(refusal.cause(), Cause::Denied);
/// let proxys = ServiceAnswer::new("", 403);
/// assert_eq!(proxys.into_error("AssumeRole", "").kind(), ErrorKind::Unavailable);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceAnswer {
    /// The error code: `AccessDenied`.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// AWS's own words.
    pub message: Option<String>,
    /// The id under which AWS knows the call.
    pub request_id: Option<String>,
    /// How long the service asks to be left alone (`Retry-After`).
    pub retry_after: Option<Duration>,
}

impl ServiceAnswer {
    /// An answer with this code.
    #[must_use]
    pub fn new(code: impl Into<String>, status: u16) -> Self {
        Self {
            code: Some(code.into()),
            status: Some(status),
            ..Self::default()
        }
    }

    /// AWS's own words.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The id under which AWS knows the call.
    #[must_use]
    pub fn request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// What the answer means.
    #[must_use]
    pub fn cause(&self) -> Cause {
        Cause::of(
            self.code.as_deref().unwrap_or_default(),
            self.message.as_deref().unwrap_or_default(),
            self.status,
            self.request_id.as_deref().is_some_and(|id| !id.is_empty()),
        )
    }

    /// The error that this answer to `operation` on `subject` is: its cause, what it means and what to do next.
    #[must_use]
    pub fn into_error(self, operation: &'static str, subject: &str) -> Error {
        let cause = self.cause();
        let message = match self.message.as_deref().filter(|said| !said.is_empty()) {
            Some(said) if !cause.hides_words() => format!("{}: {said}", cause.meaning()),
            _ => cause.meaning().to_owned(),
        };
        let mut error = Error::new(cause.kind(), message)
            .with_operation(operation)
            .with_cause(cause)
            .with_remedy(cause.remedy());
        if !subject.is_empty() {
            error = error.with_subject(subject);
        }
        if self
            .status
            .is_some_and(|status| (400..500).contains(&status) && status != 408)
        {
            error = error.with_effect(CallEffect::NotApplied);
        }
        if let Some(code) = self.code.filter(|code| !code.is_empty()) {
            error = error.with_code(code);
        }
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(request_id) = self.request_id {
            error = error.with_request_id(request_id);
        }
        if let Some(pause) = self.retry_after {
            error = error.with_retry_after(pause);
        }
        error
    }
}

#[cfg(test)]
mod tests;
