//! What a cache is made of: settings, and the clock and jitter that tests replace.

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use aws_credential_types::provider::ProvideCredentials;
use tracing::Span;

use super::{Cached, Shared, State};
use crate::clock::{Clock, Jitter};
use crate::driver::{SystemClock, SystemJitter};
use crate::refresh::{RefreshSettings, Schedule};

/// Makes a [`Cached`].
#[derive(Debug)]
pub struct CachedBuilder<P> {
    provider: P,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    settings: RefreshSettings,
    span: Option<Span>,
}

impl<P: ProvideCredentials + 'static> CachedBuilder<P> {
    pub(super) fn new(provider: P) -> Self {
        Self {
            provider,
            clock: Arc::new(SystemClock::default()),
            jitter: Arc::new(SystemJitter::default()),
            settings: RefreshSettings::default(),
            span: None,
        }
    }

    /// How early and how often to fetch again.
    #[must_use]
    pub fn settings(mut self, settings: RefreshSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of jitter than the operating system's randomness.
    #[must_use]
    pub fn jitter(mut self, jitter: Arc<dyn Jitter>) -> Self {
        self.jitter = jitter;
        self
    }

    /// What is told of fetching by `tracing` is told within this span; unless given, within that of whoever asked first.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The cache, which fetches nothing until it is asked.
    #[must_use]
    pub fn build(self) -> Cached<P> {
        let Self {
            provider,
            clock,
            jitter,
            settings,
            span,
        } = self;
        let state = State {
            schedule: Schedule::new(settings),
            credentials: None,
            last_error: None,
            flight: None,
            epoch: 0,
        };
        Cached {
            shared: Arc::new(Shared {
                provider,
                clock,
                jitter,
                span,
                state: Mutex::new(state),
                fresh: ArcSwapOption::empty(),
            }),
        }
    }
}
