//! Putting a multiplexer together: settings here, components there.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_sink::Sink;
use bucketline_spool::Log;

use super::Multiplexer;
use crate::config::{ConnectorConfig, Settings};
use crate::driver::{self, LogSource, Parts, WallClock};
use crate::error::{Error, ErrorKind};
use crate::meter::Meter;
use crate::{ConnectorId, WorkspaceId};

/// Puts a [`Multiplexer`] together. A log and schemas have to be given.
#[derive(Default)]
pub struct Builder {
    log: Option<LogSource>,
    schemas: Option<Arc<SchemaRegistry>>,
    workspaces: Vec<WorkspaceId>,
    connectors: Vec<ConnectorConfig>,
    sinks: Vec<(ConnectorId, Arc<dyn Sink>)>,
    settings: Settings,
    clock: Option<Arc<dyn WallClock>>,
    meter: Option<Arc<dyn Meter>>,
}

impl Builder {
    /// The log, opened for writing.
    #[must_use]
    pub fn spool(mut self, log: impl Log + 'static) -> Self {
        self.log = Some(LogSource::Open(Box::new(log)));
        self
    }

    /// The directory of the log, which is opened, or made, at start.
    #[must_use]
    pub fn spool_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.log = Some(LogSource::Dir(dir.into()));
        self
    }

    /// The schemas of all event types.
    #[must_use]
    pub fn schemas(mut self, schemas: Arc<SchemaRegistry>) -> Self {
        self.schemas = Some(schemas);
        self
    }

    /// A workspace whose events are accepted. Those of connectors are, also without this.
    #[must_use]
    pub fn workspace(mut self, workspace: WorkspaceId) -> Self {
        self.workspaces.push(workspace);
        self
    }

    /// A connector, and the sink that its objects are put into, under their full keys.
    #[must_use]
    pub fn connector(mut self, config: ConnectorConfig, sink: Arc<dyn Sink>) -> Self {
        self.sinks.push((config.id.clone(), sink));
        self.connectors.push(config);
        self
    }

    /// Settings other than the defaults.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The clock that the hours of events are taken from; default: the system's.
    #[must_use]
    pub fn wall_clock(mut self, clock: impl WallClock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Who is told of what is measured.
    #[must_use]
    pub fn meter(mut self, meter: impl Meter) -> Self {
        self.meter = Some(Arc::new(meter));
        self
    }

    /// Reads the log, checks the configuration against it, and goes on with what it holds.
    ///
    /// # Errors
    ///
    /// `Config`, `FolderConflict` and `MissingSchema` name the connector and what to change; `Spool` and
    /// `Contradiction` say what is wrong with the log. Nothing was delivered.
    ///
    /// # Cancel safety
    ///
    /// Dropped, nothing was delivered; the log may have been made or opened.
    pub async fn start(self) -> Result<Multiplexer, Error> {
        let missing = |what: &str| Error::new(ErrorKind::Config, format!("no {what} given to the builder"));
        let parts = Parts {
            log: self.log.ok_or_else(|| missing("spool"))?,
            schemas: self.schemas.ok_or_else(|| missing("schemas"))?,
            workspaces: self.workspaces,
            connectors: self.connectors,
            sinks: self.sinks.into_iter().collect(),
            settings: self.settings,
            clock: self.clock,
            meter: self.meter,
        };
        driver::start(parts).await.map(Multiplexer::new)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("connectors", &self.connectors)
            .field("workspaces", &self.workspaces)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
