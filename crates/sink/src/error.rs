//! The one error of the crate: what went wrong, where, and whether it may have taken effect. It must not hold
//! secrets.

use std::fmt;
use std::sync::Arc;

pub use crate::error::kind::{Effect, ErrorKind, Operation};

mod kind;

/// Why a call on a sink failed.
///
/// Decide by [`kind`](Self::kind) and [`effect`](Self::effect), never by the text. The text is one line for a
/// person: what was tried, where, what the store said, and its request id.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    operation: Operation,
    kind: ErrorKind,
    effect: Effect,
    place: Option<String>,
    key: Option<String>,
    code: Option<String>,
    status: Option<u16>,
    message: Option<String>,
    request_id: Option<String>,
    host_id: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of `operation`. Where it is not sure that nothing was done, `effect` is [`Effect::Unknown`].
    #[must_use]
    pub fn new(operation: Operation, kind: ErrorKind, effect: Effect) -> Self {
        Self(Box::new(Inner {
            operation,
            kind,
            effect,
            place: None,
            key: None,
            code: None,
            status: None,
            message: None,
            request_id: None,
            host_id: None,
            source: None,
        }))
    }

    /// A value that no sink would take.
    pub(crate) fn invalid(message: String) -> Self {
        Self::new(Operation::Parse, ErrorKind::InvalidRequest, Effect::NotApplied).with_message(message)
    }

    /// Names the sink, as its `Display` does.
    #[must_use]
    pub fn with_place(mut self, place: impl Into<String>) -> Self {
        self.0.place = Some(place.into());
        self
    }

    /// Names the key, or the prefix of a listing.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// Says what kind it is, where more is known of it further out: a wrapper that knows the credentials provider, for one.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Says which operation it was, where that is known only further out.
    #[must_use]
    pub fn with_operation(mut self, operation: Operation) -> Self {
        self.0.operation = operation;
        self
    }

    /// Keeps the store's own code, like `AccessDenied`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(printable(&code.into()));
        self
    }

    /// Keeps the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Keeps what the store said, on one line and cut to a bearable length. The caller leaves secrets out.
    #[must_use]
    pub fn with_message(mut self, message: impl AsRef<str>) -> Self {
        let line = message.as_ref().split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.message = Some(printable(&line));
        self
    }

    /// Keeps the ids that the store's support asks for.
    #[must_use]
    pub fn with_request_ids(mut self, request_id: Option<String>, host_id: Option<String>) -> Self {
        self.0.request_id = request_id.as_deref().map(printable);
        self.0.host_id = host_id.as_deref().map(printable);
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What kind of trouble it is: what the operator has to do depends on it.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether the call may have taken effect, or may yet.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The key, or the prefix of a listing.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The sink, as it shows itself.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// The store's own code, like `AccessDenied`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the store said, on one line, up to 600 characters.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The store's id of the request (`x-amz-request-id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The store's extended id of the request (`x-amz-id-2`).
    #[must_use]
    pub fn host_id(&self) -> Option<&str> {
        self.0.host_id.as_deref()
    }
}

/// The longest text of a store that is kept, in characters.
const MAX_TEXT: usize = 600;

/// A store's words without what a terminal would obey, and not endless.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if inner.operation == Operation::Parse {
            return f.write_str(inner.message.as_deref().unwrap_or("invalid value"));
        }
        write!(f, "{}", inner.operation)?;
        if let Some(key) = &inner.key {
            write!(f, " `{}`", key.escape_debug())?;
        }
        if let Some(place) = &inner.place {
            write!(f, " in {place}")?;
        }
        write!(f, ": {}", inner.kind)?;
        match (&inner.code, inner.status) {
            (Some(code), Some(status)) => write!(f, " ({code}, HTTP {status})")?,
            (Some(code), None) => write!(f, " ({code})")?,
            (None, Some(status)) => write!(f, " (HTTP {status})")?,
            (None, None) => {}
        }
        if let Some(message) = &inner.message {
            write!(f, ": {message}")?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " [request id {id}]")?;
        }
        Ok(())
    }
}

/// Of the cause its text alone: a client's error may hold a whole answer, and a store may repeat in it what was signed.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("effect", &inner.effect)
            .field("display", &format_args!("{self}"))
            .field("host_id", &inner.host_id)
            .field("source", &inner.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_where_and_what_the_store_said() {
        let error = Error::new(Operation::Put, ErrorKind::AccessDenied, Effect::NotApplied)
            .with_key("currents/a.avro")
            .with_place("s3://acme-events")
            .with_code("AccessDenied")
            .with_status(403)
            .with_message("no identity-based policy\nallows  it")
            .with_request_ids(Some("R1".to_owned()), Some("H1".to_owned()));
        assert_eq!(
            error.to_string(),
            "put `currents/a.avro` in s3://acme-events: access denied (AccessDenied, HTTP 403): \
             no identity-based policy allows it [request id R1]"
        );
        assert_eq!(error.host_id(), Some("H1"));
    }

    #[test]
    fn a_long_message_is_cut() {
        let error = Error::invalid("x".repeat(10_000));
        assert_eq!(error.message().map(str::len), Some(600));
    }

    #[test]
    fn control_characters_of_a_store_do_not_reach_a_terminal() {
        let error = Error::new(Operation::Get, ErrorKind::Unexpected, Effect::NotApplied)
            .with_key("a\u{1b}[31m")
            .with_code("Odd\u{1b}]0;title\u{7}")
            .with_request_ids(Some("R\u{9b}1".to_owned()), None)
            .with_message("\u{1b}[2Jgone\u{7}");
        assert!(!error.to_string().chars().any(char::is_control), "{error}");
    }
}
