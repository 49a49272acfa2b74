//! Who is told of what changes here: connectors, checks, exports, schemas. What a message is and how it comes to people is
//! `bucketline-notify`'s.

mod channels;
mod checks;
mod connectors;
mod driver;
mod upkeep;

pub use driver::Watching;

use std::sync::Arc;
use std::time::Duration;

use bucketline_check::Reports;
use bucketline_connector::SchemaChange;
use bucketline_notify::{Clock as _, Desk, Event, EventData, EventKind, Subject, SystemClock, Teller};

use crate::model::{Installation, Notify};
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// The channels of an installation, over what was told before.
///
/// Several processes may have them at once: one of them tells, the others leave what they know with it.
#[derive(Clone, Debug)]
pub struct Notices {
    desk: Arc<Desk>,
}

/// The channels of `[notify]`; none where the installation has none.
///
/// # Errors
/// A secret or an address cannot be read or used, or what was told before not be read.
///
/// # Cancel safety
/// Given up, nothing is lost.
pub async fn open(installation: &Installation, variables: &Variables) -> Result<Option<Notices>, Error> {
    let Some(notify) = &installation.notify else {
        return Ok(None);
    };
    let channels = channels::all(notify, installation.mail.as_ref(), variables)?;
    let desk = Desk::open(&notify.dir, channels)
        .await
        .map_err(|error| unusable(notify, &error))?;
    Ok(Some(Notices { desk: Arc::new(desk) }))
}

fn unusable(notify: &Notify, error: &bucketline_notify::Error) -> Error {
    let problem = Problem::new(format!("nobody can be told of what changes: {}", chain(error)));
    Error::data_directory(problem.at(notify.dir.display()))
}

impl Notices {
    /// Where exports hand over what became of them.
    #[must_use]
    pub fn teller(&self) -> Arc<dyn Teller> {
        self.desk.clone()
    }

    /// Tells what came of checks. What cannot be written down is in the log, and stops nothing.
    ///
    /// # Cancel safety
    /// Given up, some may not have been told.
    pub async fn checked(&self, installation: &Installation, reports: &Reports) {
        let now = SystemClock::default().now();
        self.tell(checks::events(installation, reports, now)).await;
    }

    /// Tells of schemas whose files were changed under their ids.
    ///
    /// # Cancel safety
    /// As [`checked`](Self::checked).
    pub async fn schemas_changed(&self, changes: &[SchemaChange]) {
        let now = SystemClock::default().now();
        let events = changes.iter().map(|change| {
            Event::new(
                EventKind::SchemaChanged,
                Subject::event_type(change.event_type()),
                now,
            )
            .data(
                EventData::default()
                    .schema_id(change.schema_id())
                    .what(change.to_string()),
            )
        });
        self.tell(events).await;
    }

    /// Waits until all that can be told now was tried, no longer than this; how many messages still wait for a next try.
    ///
    /// # Cancel safety
    /// Changes nothing.
    pub async fn settle(&self, at_most: Duration) -> usize {
        self.desk.settle(at_most).await
    }

    async fn tell(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let (kind, subject) = (event.kind(), event.subject().id().to_owned());
            if let Err(error) = self.desk.tell(event).await {
                tracing::error!(%kind, subject, error = chain(&error), "nobody can be told of a change");
            }
        }
    }

    /// Takes up what other processes left.
    async fn collect(&self) {
        if let Err(error) = self.desk.collect().await {
            tracing::warn!(
                error = chain(&error),
                "what other processes left to be told cannot be read"
            );
        }
    }
}
