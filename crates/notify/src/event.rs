//! One thing that happened, and to whom. It holds names, counts, causes and times, and never a customer's data.

mod data;
mod kind;
mod subject;

pub use data::{AwsAnswer, Dropped, EventData, Turn};
pub use kind::EventKind;
pub use subject::Subject;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Timestamp;

/// One thing that happened.
///
/// ```
/// use bucketline_notify::{Event, EventData, EventKind, Subject, Timestamp, Turn};
///
/// let event = Event::new(
///     EventKind::ConnectorBlocked,
///     Subject::connector("60aa11bb22cc33dd44ee55ff"),
///     Timestamp::from_millis(1_793_491_200_000),
/// )
/// .workspace("globex")
/// .data(EventData::default().cause("auth").turn(Turn::Customer).pending(41_200));
/// assert_eq!(
///     event.payload(),
///     r#"{"type":"connector.blocked","timestamp":"2026-11-01T00:00:00Z","data":{"#.to_owned()
///         + r#""workspace":"globex","connector":"60aa11bb22cc33dd44ee55ff","cause":"auth","turn":"customer","pending":41200}}"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    kind: EventKind,
    subject: Subject,
    timestamp: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
    #[serde(default)]
    data: EventData,
}

/// What a webhook carries, in the order in which it is written.
#[derive(Serialize)]
struct Payload<'a> {
    r#type: EventKind,
    timestamp: Timestamp,
    data: PayloadData<'a>,
}

#[derive(Serialize)]
struct PayloadData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
    #[serde(flatten)]
    subject: &'a Subject,
    #[serde(flatten)]
    data: &'a EventData,
}

impl Event {
    /// An event of `kind` about `subject`, at `timestamp`: to the second, as it is written, so that it is the same event when it is
    /// read again.
    #[must_use]
    pub fn new(kind: EventKind, subject: Subject, timestamp: Timestamp) -> Self {
        Self {
            kind,
            subject,
            timestamp: Timestamp::from_millis(timestamp.as_seconds().saturating_mul(1_000)),
            workspace: None,
            data: EventData::default(),
        }
    }

    /// In which workspace: only channels of that workspace, and those of all workspaces, get it.
    #[must_use]
    pub fn workspace(mut self, workspace: impl Into<String>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }

    /// With these particulars.
    #[must_use]
    pub fn data(mut self, data: EventData) -> Self {
        self.data = data;
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// To whom.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// In which workspace.
    #[must_use]
    pub fn in_workspace(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// The particulars.
    #[must_use]
    pub fn particulars(&self) -> &EventData {
        &self.data
    }

    /// The body of a webhook: `{"type", "timestamp", "data"}`, under 20,000 bytes, since all texts in it are bounded.
    #[must_use]
    pub fn payload(&self) -> String {
        let payload = Payload {
            r#type: self.kind,
            timestamp: self.timestamp,
            data: PayloadData {
                workspace: self.workspace.as_deref(),
                subject: &self.subject,
                data: &self.data,
            },
        };
        // INVARIANT: names, numbers and texts alone: there is nothing in it that JSON cannot write.
        serde_json::to_string(&payload).unwrap_or_default()
    }

    /// The place where what is said of a subject's losses is remembered.
    pub(crate) fn loss_slot(&self) -> String {
        format!("loss/{}", self.subject.key())
    }

    /// The place where what is said of this subject is remembered: a newer event of one slot replaces an older.
    pub(crate) fn slot(&self) -> String {
        let family = match self.kind {
            EventKind::GrantExpiring => "expiring",
            EventKind::CheckFailed | EventKind::CheckPassed => "check",
            // Beside the state: a connector that is blocked stays so while its loss comes near.
            EventKind::ConnectorWarned | EventKind::ConnectorDropped => "loss",
            _ => "state",
        };
        format!("{family}/{}", self.subject.key())
    }

    /// What the event says, without when: two events that say the same are one change.
    pub(crate) fn saying(&self) -> String {
        let said = &self.data;
        let detail = match self.kind {
            EventKind::ConnectorWarned => said.percent.map(|percent| percent.to_string()),
            EventKind::GrantExpiring => said.expires_at.map(|at| at.to_string()),
            EventKind::ConnectorDropped => said.dropped.as_ref().map(|dropped| dropped.reason.clone()),
            EventKind::HourCompleted => {
                let revision = said.revision.unwrap_or_default();
                said.hour.as_ref().map(|hour| format!("{hour}.{revision}"))
            }
            EventKind::SchemaChanged => said.schema_id.map(|id| id.to_string()),
            EventKind::GrantRotated => Some(self.timestamp.as_millis().to_string()),
            _ => said.cause.clone(),
        };
        format!("{}:{}", self.kind, detail.unwrap_or_default())
    }

    /// The id of the message that tells of it: the same for the same event, so that a receiver can tell a repetition
    /// after a crash. A state that comes back later is another message.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hasher = Sha256::new();
        for part in [
            self.workspace.as_deref().unwrap_or(""),
            &self.slot(),
            &self.saying(),
        ] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        if self.kind.is_state() {
            hasher.update(self.timestamp.as_millis().to_le_bytes());
        }
        let digest = hasher.finalize();
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("msg_{hex}")
    }
}
