//! `--log`: what happens, as lines for machines on standard error: time, level, connector, what, and its fields. It must not
//! know what is told, and lets through only what Bucketline itself tells: a library below may trace what holds secrets.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use clap::ValueEnum;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// What all our targets begin with.
const OURS: &str = "bucketline";

static ON: AtomicBool = AtomicBool::new(false);

/// How a line is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Time, level, message, then `name=value`.
    Text,
    /// One JSON object.
    Json,
}

/// From which level on is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// What ends the run.
    Error,
    /// What a person should look at.
    Warn,
    /// What changes: states, sessions, inputs.
    Info,
    /// Each call to a store and to STS.
    Debug,
    /// The rest.
    Trace,
}

/// Tells from now on, until the process ends.
pub(crate) fn begin(format: LogFormat, level: LogLevel) {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(|| {
        let filter = Targets::new().with_target(OURS, Level::from(level));
        let subscriber = Registry::default().with(Lines(format).with_filter(filter));
        // Only a second subscriber could be refused, and there is none.
        if tracing::subscriber::set_global_default(subscriber).is_ok() {
            ON.store(true, Ordering::Relaxed);
        }
    });
}

/// Whether what is for a person is to be told by the log instead.
pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Writes each event as one line, with the fields of the spans that it happened in.
#[derive(Debug)]
struct Lines(LogFormat);

/// The fields of a span, kept until the span ends.
#[derive(Debug)]
struct Fields(Map<String, Value>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Map::new();
            attributes.record(&mut Collect(&mut fields));
            span.extensions_mut().insert(Fields(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(Fields(more)) = span.extensions().get::<Fields>() {
                fields.extend(more.clone());
            }
        }
        event.record(&mut Collect(&mut fields));
        let line = self
            .0
            .line(crate::clock::wall(), *event.metadata().level(), fields);
        // Nowhere is left to say that even this could not be written.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }
}

impl LogFormat {
    fn line(self, now: SystemTime, level: Level, mut fields: Map<String, Value>) -> String {
        let time = OffsetDateTime::from(now).format(&Rfc3339).unwrap_or_default();
        let message = fields.remove("message").unwrap_or_default();
        let connector = fields.remove("connector");
        match self {
            Self::Json => {
                // By hand, so that what every line has comes first.
                let known = [
                    ("time", Some(time.into())),
                    ("level", Some(level.as_str().into())),
                    ("connector", connector),
                    ("message", Some(message)),
                ];
                let known = known
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)));
                let pairs: Vec<String> = known
                    .chain(fields)
                    .map(|(name, value)| format!("{}:{value}", Value::from(name)))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }
            Self::Text => {
                let mut line = format!("{time} {level:<5} {}", plain(&message));
                for (name, value) in connector
                    .map(|connector| ("connector".to_owned(), connector))
                    .into_iter()
                    .chain(fields)
                {
                    // Into a string, which never fails.
                    let _ = write!(line, " {name}={value}");
                }
                line
            }
        }
    }
}

/// A text without what would break its line, as JSON escapes it.
fn plain(message: &Value) -> String {
    let text = message.as_str().unwrap_or_default();
    let escaped = Value::from(text.replace(['"', '\\'], "'")).to_string();
    escaped.trim_matches('"').to_owned()
}

/// Takes fields in, as JSON values.
struct Collect<'a>(&'a mut Map<String, Value>);

impl Collect<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn fields() -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("message".to_owned(), "a \"thing\"\nhappened".into());
        fields.insert("connector".to_owned(), "5f1e".into());
        fields.insert("count".to_owned(), 3.into());
        fields
    }

    #[test]
    fn a_line_is_one_line_and_says_time_level_and_connector() {
        let now = UNIX_EPOCH + Duration::from_millis(1_764_190_800_250);
        assert_eq!(
            LogFormat::Text.line(now, Level::WARN, fields()),
            r#"2025-11-26T21:00:00.25Z WARN  a 'thing'\nhappened connector="5f1e" count=3"#
        );
        let json: Value = serde_json::from_str(&LogFormat::Json.line(now, Level::WARN, fields())).unwrap();
        let expected = serde_json::json!({"time": "2025-11-26T21:00:00.25Z", "level": "WARN", "connector": "5f1e",
            "message": "a \"thing\"\nhappened", "count": 3});
        assert_eq!(json, expected);
    }
}
