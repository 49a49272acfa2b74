//! How an exporter is made. Starts nothing.

use std::sync::Arc;
use std::time::Duration;

use bucketline_notify::{Clock, Mailer, SystemClock, Teller};

use super::{Exporter, Tools};
use crate::{JobStore, Places, Poster, Sources};

/// How many exports of a workspace may run at a time, unless said otherwise.
const CAP: usize = 100;
/// How long a download link is good, unless said otherwise.
const LINK_LIFETIME: Duration = Duration::from_secs(4 * 3_600);

/// Makes an [`Exporter`].
#[derive(Debug)]
#[must_use]
pub struct ExporterBuilder {
    tools: Tools,
}

impl ExporterBuilder {
    pub(super) fn new(jobs: Arc<dyn JobStore>, sources: Arc<dyn Sources>, places: Arc<dyn Places>) -> Self {
        Self {
            tools: Tools {
                jobs,
                sources,
                places,
                mailer: None,
                poster: None,
                teller: None,
                clock: Arc::new(SystemClock::default()),
                cap: CAP,
                link_lifetime: LINK_LIFETIME,
            },
        }
    }

    /// Sends mail by this. Without, jobs that want mail are refused.
    pub fn mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.tools.mailer = Some(mailer);
        self
    }

    /// Posts callbacks by this. Without, jobs that want one are refused.
    pub fn poster(mut self, poster: Arc<dyn Poster>) -> Self {
        self.tools.poster = Some(poster);
        self
    }

    /// Hands `export.completed` and `export.failed` to this.
    pub fn teller(mut self, teller: Arc<dyn Teller>) -> Self {
        self.tools.teller = Some(teller);
        self
    }

    /// Takes the time from `clock`.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.tools.clock = clock;
        self
    }

    /// At most so many exports of a workspace at a time; 100 unless set.
    pub fn cap(mut self, cap: usize) -> Self {
        self.tools.cap = cap.max(1);
        self
    }

    /// How long a download link is good; four hours unless set.
    pub fn link_lifetime(mut self, lifetime: Duration) -> Self {
        self.tools.link_lifetime = lifetime;
        self
    }

    /// The exporter.
    #[must_use]
    pub fn build(self) -> Exporter {
        Exporter { tools: self.tools }
    }
}
