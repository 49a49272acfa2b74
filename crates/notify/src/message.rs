//! An event as it goes to a channel: with its id, and as a text for people. Sends nothing.

use std::fmt::Write;

use crate::{Event, EventData, EventKind, Timestamp, Turn};

/// An event on its way to one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// `webhook-id`: the same at every attempt.
    pub id: String,
    /// What happened.
    pub event: Event,
    /// When this attempt is made.
    pub sent_at: Timestamp,
}

impl Message {
    /// The message that tells of `event`, at an attempt made at `sent_at`.
    #[must_use]
    pub fn new(event: Event, sent_at: Timestamp) -> Self {
        Self {
            id: event.id(),
            event,
            sent_at,
        }
    }

    /// One line: what happened to whom.
    ///
    /// ```
    /// use bucketline_notify::{Event, EventData, EventKind, Message, Subject, Timestamp};
    ///
    /// let event = Event::new(EventKind::ConnectorBlocked, Subject::connector("60aa"), Timestamp::default())
    ///     .data(EventData::default().name("Globex").cause("auth"));
    /// assert_eq!(Message::new(event, Timestamp::default()).title(), "connector `Globex` is blocked (auth)");
    /// ```
    #[must_use]
    pub fn title(&self) -> String {
        let subject = self.event.subject();
        let data = self.event.particulars();
        let name = data.name.as_deref().unwrap_or(subject.id());
        let mut title = format!("{} `{name}` {}", subject.noun(), predicate(&self.event));
        if let Some(cause) = data.cause.as_deref().filter(|cause| !cause.is_empty()) {
            let _ = write!(title, " ({cause})");
        }
        title
    }

    /// The whole, for people: a line for each thing that is known.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.title());
        let data = self.event.particulars();
        let mut row = |label: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(text, "{label:<14} {value}");
            }
        };
        row("what", data.what.clone());
        row("AWS", data.aws.as_ref().map(aws));
        row("do next", data.remedy.clone());
        row("whose turn", data.turn.map(turn));
        row("since", data.since.map(|at| at.to_string()));
        row("waiting", data.pending.map(|count| format!("{count} events")));
        row("loss begins", data.loss_at.map(|at| at.to_string()));
        row(
            "dropped",
            data.dropped
                .as_ref()
                .map(|d| format!("{} events ({} bytes): {}", d.count, d.bytes, d.reason)),
        );
        row("ends", data.expires_at.map(|at| at.to_string()));
        row("rows", data.rows.map(|rows| rows.to_string()));
        row("objects", data.objects.map(|objects| objects.to_string()));
        row("bytes", data.bytes.map(|bytes| bytes.to_string()));
        row("stored under", data.object_prefix.clone());
        row("see", data.url.clone());
        row("workspace", self.event.in_workspace().map(str::to_owned));
        row(
            self.event.subject().noun(),
            data.name.as_ref().map(|_| self.event.subject().id().to_owned()),
        );
        row("at", Some(self.event.timestamp().to_string()));
        text
    }
}

fn predicate(event: &Event) -> String {
    let data: &EventData = event.particulars();
    match event.kind() {
        EventKind::ConnectorLaunched => "is running".to_owned(),
        EventKind::ConnectorDegraded => "is degraded".to_owned(),
        EventKind::ConnectorBlocked => "is blocked".to_owned(),
        EventKind::ConnectorRecovered => "delivers again".to_owned(),
        EventKind::ConnectorWarned => match data.percent {
            Some(percent) => format!("holds events for {percent} % of the retention"),
            None => "holds events for long".to_owned(),
        },
        EventKind::ConnectorDropped => "gave events up".to_owned(),
        EventKind::ConnectorPaused => "is paused".to_owned(),
        EventKind::ConnectorStopped => "is stopped".to_owned(),
        EventKind::CheckFailed => "failed its check".to_owned(),
        EventKind::CheckPassed => "passed its check".to_owned(),
        EventKind::GrantExpiring => "has credentials that should be replaced".to_owned(),
        EventKind::GrantRotated => "has new credentials".to_owned(),
        EventKind::HourCompleted => match &data.hour {
            Some(hour) => format!("has all events of {hour}"),
            None => "has all events of an hour".to_owned(),
        },
        EventKind::ExportCompleted => "is complete".to_owned(),
        EventKind::ExportFailed => "failed".to_owned(),
        EventKind::SchemaChanged => match data.schema_id {
            Some(id) => format!("has schema {id} now"),
            None => "has a new schema".to_owned(),
        },
    }
}

fn turn(turn: Turn) -> String {
    match turn {
        Turn::Customer => "the customer's",
        Turn::Us => "ours",
        Turn::Aws => "AWS's: it is tried again",
    }
    .to_owned()
}

fn aws(answer: &crate::AwsAnswer) -> String {
    let mut text = answer.code.clone();
    if let Some(action) = &answer.action {
        let _ = write!(text, " for {action}");
    }
    if let Some(id) = &answer.request_id {
        let _ = write!(text, ", request id {id}");
    }
    text
}
