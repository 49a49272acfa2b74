//! Looks at the connectors while they run: the one module here that starts a task and waits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::Multiplexer;
use bucketline_notify::{Clock as _, SystemClock};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Notices;
use super::connectors::Connectors;
use super::upkeep::Finder;
use crate::model::Installation;
use crate::upkeep::UpkeepObserver;

/// How often the connectors are looked at, and what other processes left is taken up.
const EVERY: Duration = Duration::from_secs(1);

/// Connectors that are looked at, as long as this is kept.
#[derive(Debug)]
pub struct Watching {
    finder: Arc<Finder>,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Notices {
    /// Tells what changes with the connectors of `multiplexer` from now on; `checked` are those whose check has passed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
    pub fn watch(
        &self,
        installation: &Installation,
        multiplexer: &Multiplexer,
        checked: BTreeSet<String>,
    ) -> Watching {
        let mut connectors = Connectors::new(installation, checked, &multiplexer.ledger());
        let (notices, multiplexer) = (self.clone(), multiplexer.clone());
        let (end, mut ended) = oneshot::channel();
        let (found, mut finding) = mpsc::unbounded_channel();
        let finder = Finder {
            installation: installation.clone(),
            found,
        };
        let task = tokio::spawn(async move {
            loop {
                let last = tokio::time::timeout(EVERY, &mut ended).await.is_ok();
                let now = SystemClock::default().now();
                let events = connectors.look(now, &multiplexer.status(), &multiplexer.ledger());
                notices.tell(events).await;
                while let Ok(event) = finding.try_recv() {
                    notices.tell([event]).await;
                }
                notices.collect().await;
                if last {
                    return;
                }
            }
        });
        Watching {
            finder: Arc::new(finder),
            end: Some(end),
            task,
        }
    }
}

impl Watching {
    /// Where what is found beside deliveries is handed over.
    #[must_use]
    pub fn finder(&self) -> Arc<dyn UpkeepObserver> {
        self.finder.clone()
    }

    /// Looks once more, and ends. What is told then is still to be sent: [`Notices::settle`].
    ///
    /// # Cancel safety
    /// Given up, it ends without that look.
    pub async fn end(mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}
