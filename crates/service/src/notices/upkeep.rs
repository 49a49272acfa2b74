//! What is told of what a running installation finds beside its deliveries. Waits for nobody.

use bucketline_notify::{Clock as _, Event, EventData, EventKind, Subject, SystemClock, Timestamp, Turn};
use tokio::sync::mpsc::UnboundedSender;

use super::checks;
use crate::model::Installation;
use crate::upkeep::{UpkeepEvent, UpkeepObserver};

/// Hands on what is found, to be told with what is seen of the connectors.
#[derive(Debug)]
pub(super) struct Finder {
    pub(super) installation: Installation,
    pub(super) found: UnboundedSender<Event>,
}

impl UpkeepObserver for Finder {
    fn found(&self, event: UpkeepEvent) {
        if let Some(event) = told(&self.installation, event, SystemClock::default().now()) {
            // Nobody listens any more: the run is over.
            drop(self.found.send(event));
        }
    }
}

fn told(installation: &Installation, event: UpkeepEvent, now: Timestamp) -> Option<Event> {
    let what = event.to_string();
    let of_grant = |kind, grant: &str, data| {
        let event = Event::new(kind, Subject::grant(grant), now).data(data);
        match checks::workspace_of(installation, grant) {
            Some(workspace) => event.workspace(workspace),
            None => event,
        }
    };
    Some(match event {
        UpkeepEvent::KeyReplaced { grant, .. } => {
            of_grant(EventKind::GrantRotated, &grant, EventData::default().what(what))
        }
        UpkeepEvent::CheckFailed { report, .. } => checks::event(installation, &report, now),
        UpkeepEvent::CheckPassed { connector } => {
            let known = installation
                .connectors
                .iter()
                .find(|known| known.id.as_str() == connector);
            let event = Event::new(EventKind::CheckPassed, Subject::connector(&connector), now);
            match known {
                Some(known) => event
                    .workspace(known.workspace.as_str())
                    .data(EventData::default().name(&known.name)),
                None => event,
            }
        }
        UpkeepEvent::CredentialExpiring { grant, expires, .. } => {
            let data = EventData::default().expires_at(expires.into()).what(what);
            of_grant(EventKind::GrantExpiring, &grant, data)
        }
        UpkeepEvent::KeyOlderThan { grant, .. } => {
            let data = EventData::default().what(what).turn(Turn::Us);
            of_grant(EventKind::GrantExpiring, &grant, data)
        }
        // That we could not look says nothing of the customer.
        UpkeepEvent::CheckNotMade { .. } => return None,
    })
}
