//! The one error of the crate: what went wrong, where, and whether it may have taken effect. It must not hold
//! secrets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    retry_after: Option<Duration>,
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
            retry_after: None,
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

    /// Keeps what the store said, on one line and cut to a bearable length. The caller leaves secrets out; a session
    /// token or a signature that is repeated under its own name is taken out here.
    #[must_use]
    pub fn with_message(mut self, message: impl AsRef<str>) -> Self {
        let line = message.as_ref().split_whitespace().collect::<Vec<_>>().join(" ");
        let line = without_secrets(&line);
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

    /// Keeps the pause that the store asks for (`Retry-After`). Whoever tries again keeps it, and nobody else.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    /// Keeps the cause. Its `Debug` and `Display` must be without secrets, and so must be those of its own causes.
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

    /// How long the store asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
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

/// Names under which requests carry what must not be shown.
const SECRET_NAMES: [&str; 3] = ["x-amz-security-token", "x-amz-signature", "signature="];

/// The line without the values that follow a secret's name.
fn without_secrets(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let mut kept = String::with_capacity(line.len());
    let mut at = 0;
    while let Some(rest) = lower.get(at..) {
        let next = SECRET_NAMES
            .iter()
            .filter_map(|name| rest.find(name).map(|found| found + name.len()))
            .min();
        let Some(end) = next else { break };
        let value = rest.get(end..).unwrap_or_default();
        let begin = value
            .find(|c: char| !matches!(c, ':' | '=' | ' ' | '"'))
            .unwrap_or(value.len());
        let after = value.get(begin..).unwrap_or_default();
        let len = after.find([' ', '"', '&', '<', ',']).unwrap_or(after.len());
        kept.push_str(line.get(at..at + end + begin).unwrap_or_default());
        if len > 0 {
            kept.push_str("**");
        }
        at += end + begin + len;
    }
    kept.push_str(line.get(at..).unwrap_or_default());
    kept
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
    fn what_follows_a_secret_s_name_is_left_out() {
        for (said, kept) in [
            ("no", "no"),
            ("x-amz-security-token:abc x", "x-amz-security-token:** x"),
            ("a X-Amz-Security-Token: abc", "a X-Amz-Security-Token: **"),
            ("?X-Amz-Signature=abc&b=1", "?X-Amz-Signature=**&b=1"),
            (
                "Signature=abc, x-amz-security-token",
                "Signature=**, x-amz-security-token",
            ),
        ] {
            assert_eq!(without_secrets(said), kept);
        }
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
