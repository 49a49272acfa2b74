//! Whom an event is about. Knows nothing of what happened.

use serde::{Deserialize, Serialize};

use super::data::bounded;

/// Whom an event is about; in a payload `"connector": "<id>"` and so on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// A connector, by its id.
    Connector(String),
    /// A grant, by its id.
    Grant(String),
    /// The data export integration of a workspace, by the workspace's id.
    DataExport(String),
    /// One export, by its job's id.
    Export(String),
    /// An event type.
    EventType(String),
}

impl Subject {
    /// A connector.
    pub fn connector(id: impl AsRef<str>) -> Self {
        Self::Connector(name(id.as_ref()))
    }

    /// A grant.
    pub fn grant(id: impl AsRef<str>) -> Self {
        Self::Grant(name(id.as_ref()))
    }

    /// The data export integration of a workspace.
    pub fn data_export(workspace: impl AsRef<str>) -> Self {
        Self::DataExport(name(workspace.as_ref()))
    }

    /// One export job.
    pub fn export(id: impl AsRef<str>) -> Self {
        Self::Export(name(id.as_ref()))
    }

    /// An event type.
    pub fn event_type(event_type: impl AsRef<str>) -> Self {
        Self::EventType(name(event_type.as_ref()))
    }

    /// The word for what it is, as people say it.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Connector(_) => "connector",
            Self::Grant(_) => "grant",
            Self::DataExport(_) => "data export of",
            Self::Export(_) => "export",
            Self::EventType(_) => "event type",
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Connector(id)
            | Self::Grant(id)
            | Self::DataExport(id)
            | Self::Export(id)
            | Self::EventType(id) => id,
        }
    }

    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.noun(), self.id())
    }
}

fn name(text: &str) -> String {
    bounded(text, 300)
}
