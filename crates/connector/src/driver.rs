//! The only module that starts tasks and threads, waits, reads clocks and draws randomness. It carries out what the engine
//! commands, and tells it what came of it; it decides nothing.
//!
//! ```text
//!  submit ─> intake ───────────────┐                      ┌───────> spool thread: group commit, reading back
//!            (encodes in parallel, │                      │            │
//!             keeps the order)     v                      │ Append     │ Appended
//!                               run loop ── commands ─────┤<───────────┘
//!  drain, wake, shutdown ─────────>│                      │ Build              blocking threads
//!                                  │<── inputs ───────────┤ Put, Look, Compare one task each, on the connector's sink
//!                               Engine                    │
//!                        (behind a mutex, so that         └─ Accepted, Drained: the caller's oneshot
//!                         status can be asked for)
//! ```
//!
//! Everything that happens becomes an [`Input`] in one channel, and the run loop takes them one by one. A task that ends without an
//! answer (a panic, a shutdown) has told nothing, which for a put means that its outcome is unknown.

mod clock;
mod handle;
mod intake;
mod run_loop;
mod spool_thread;
mod stores;

pub use clock::WallClock;
pub(crate) use handle::Handle;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bucketline_format::SchemaRegistry;
use bucketline_sink::Sink;
use bucketline_spool::{Group, Log, OpenOptions, OsDisk, Record, Spool};
use tokio::sync::mpsc;

use crate::changes::Subscribers;
use crate::config::{ConnectorConfig, Settings};
use crate::engine::{Engine, Input, Started};
use crate::error::Error;
use crate::loss::LossTeller;
use crate::meter::Meter;
use crate::{Admission, ConnectorId, WorkspaceId};
use clock::{SpoolClock, SystemClock};
use run_loop::{Message, RunLoop};
use spool_thread::SpoolThread;
use stores::Stores;

/// Where the log is.
pub(crate) enum LogSource {
    Open(Box<dyn Log>),
    Dir(PathBuf),
}

/// What a multiplexer is made of.
pub(crate) struct Parts {
    pub(crate) log: LogSource,
    pub(crate) schemas: Arc<SchemaRegistry>,
    pub(crate) workspaces: Vec<WorkspaceId>,
    pub(crate) connectors: Vec<ConnectorConfig>,
    pub(crate) sinks: HashMap<ConnectorId, Arc<dyn Sink>>,
    pub(crate) settings: Settings,
    pub(crate) clock: Option<Arc<dyn WallClock>>,
    pub(crate) meter: Option<Arc<dyn Meter>>,
}

/// Opens the log, starts the engine on it, and everything that drives it.
pub(crate) async fn start(parts: Parts) -> Result<Handle, Error> {
    let Parts {
        log,
        schemas,
        workspaces,
        connectors,
        sinks,
        settings,
        clock,
        meter,
    } = parts;
    let admission = Admission::new(&schemas, workspaces, &connectors);
    let opening = move || -> Result<(Box<dyn Log>, Started), Error> {
        let mut log = open(log)?;
        let started = Engine::start(&mut *log, &connectors, schemas, settings, &mut draw)?;
        Ok((log, started))
    };
    let (log, started) = blocking(opening).await??;

    let admission = Arc::new(admission.without(&started.schema_changes));
    let clock_of_log = SpoolClock::starting_at(started.now);
    let engine = Arc::new(Mutex::new(started.engine));
    let (messages, inbox) = mpsc::unbounded_channel();
    let spool = SpoolThread::start(started.shard, log, clock_of_log, messages.clone(), meter.clone())?;
    let intake = intake::start(
        Arc::clone(&admission),
        started.generations.into(),
        clock.unwrap_or_else(|| Arc::new(SystemClock)),
        messages.clone(),
    );
    let changes = Arc::new(Subscribers::default());
    let losses = LossTeller::new();
    let told = losses.source();
    let run_loop = RunLoop {
        engine: Arc::clone(&engine),
        clock: clock_of_log,
        shard: started.shard,
        journal: Box::new(spool.clone()),
        stores: Stores::new(sinks, messages.downgrade()),
        changes: Arc::clone(&changes),
        meter,
        losses,
        messages: messages.downgrade(),
    };
    let ended = run_loop.start(inbox);
    // Delivery of what is held begins at once.
    let _ = messages.send(Message::Input(Input::Tick));
    Ok(Handle {
        engine,
        admission,
        clock: clock_of_log,
        shard: started.shard,
        schema_changes: started.schema_changes,
        messages,
        changes,
        losses: told,
        intake,
        spool,
        ended,
    })
}

fn open(log: LogSource) -> Result<Box<dyn Log>, Error> {
    match log {
        LogSource::Open(log) => Ok(log),
        LogSource::Dir(dir) => {
            let (mut spool, recovered) = Spool::open(Arc::new(OsDisk::new()), &dir, OpenOptions::write())?;
            // What the disk has lost is told by the log itself from now on, so that it is never taken for nothing.
            let gaps: Vec<Record> = recovered.gaps.into_iter().map(Record::from).collect();
            if !gaps.is_empty() {
                spool.append(&[Group::new(gaps)], recovered.last_time)?;
            }
            Ok(Box::new(spool))
        }
    }
}

/// 32 random bits.
fn draw() -> u32 {
    let mut bytes = [0; 4];
    #[expect(clippy::disallowed_methods, reason = "a driver module")]
    if getrandom::fill(&mut bytes).is_err() {
        // Without a source of randomness the time has to do: what counts is that no other opening drew the same.
        return clock::nanoseconds();
    }
    u32::from_le_bytes(bytes)
}

/// Runs what blocks on a thread made for that.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    #[expect(clippy::disallowed_methods, reason = "a driver module")]
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::stopped())
}
