//! The log as a channel: one event of `tracing` for each message.

use async_trait::async_trait;

use super::Channel;
use crate::{Error, EventKind, Message};

/// Writes each message to the log of the process, by `tracing`: trouble as a warning, the rest as information.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct LogChannel;

#[async_trait]
impl Channel for LogChannel {
    async fn send(&self, message: &Message) -> Result<(), Error> {
        let event = &message.event;
        let (kind, id, payload) = (event.kind().name(), message.id.as_str(), event.payload());
        let workspace = event.in_workspace();
        let title = message.title();
        match event.kind() {
            EventKind::ConnectorDropped => tracing::error!(kind, id, workspace, payload, "{title}"),
            EventKind::ConnectorBlocked
            | EventKind::ConnectorDegraded
            | EventKind::ConnectorWarned
            | EventKind::CheckFailed
            | EventKind::GrantExpiring
            | EventKind::ExportFailed => tracing::warn!(kind, id, workspace, payload, "{title}"),
            _ => tracing::info!(kind, id, workspace, payload, "{title}"),
        }
        Ok(())
    }
}
