//! One process over one copy of the log: the real engine, appender and log, on a simulated disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Appender, AttemptId, BuildJob, CompareJob, Engine, LookJob, PutJob, Request, RequestId};
use crate::{Admission, ConnectorConfig, Destination, ErrorKind, Ledger, Settings, State};
use bucketline_format::{EventSelection, Schema, SchemaRegistry};
use bucketline_sink::Encryption;
use bucketline_spool::{GenerationId, Log, OpenOptions, SimDisk, Spool, SpoolTime};

use super::random::Random;

pub(super) const DIR: &str = "/spool";

/// How an error begins that the disk is to blame for.
pub(super) const DISK: &str = "the disk:";

/// What does not change over a history.
#[derive(Debug)]
pub(super) struct Installation {
    pub(super) schemas: Arc<SchemaRegistry>,
    pub(super) connectors: Vec<ConnectorConfig>,
    pub(super) settings: Settings,
}

/// A process, or the disk it left behind.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) disk: SimDisk,
    pub(super) up: Option<Process>,
    /// Its input: batches of events, by their numbers. It is read on from where the log says, also after a crash.
    pub(super) input: Vec<Vec<u64>>,
    /// How many batches of it have been submitted.
    pub(super) read: usize,
}

/// A running process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) log: Box<dyn Log>,
    pub(super) appender: Appender,
    pub(super) engine: Engine,
    pub(super) generations: Vec<GenerationId>,
    pub(super) admission: Admission,
    pub(super) connectors: Vec<ConnectorConfig>,
    /// What the log's clock said at the start, and the world's.
    base: (SpoolTime, u64),
    pub(super) appends: Vec<Request>,
    pub(super) tasks: Vec<Task>,
    /// Events under way, by submission.
    pub(super) submitted: BTreeMap<RequestId, Vec<u64>>,
    pub(super) drained: bool,
    /// The state of each connector, as it was told last.
    pub(super) told: BTreeMap<String, State>,
}

/// A call under way.
#[derive(Debug)]
pub(super) enum Task {
    Build(BuildJob),
    Put(PutJob),
    Look(LookJob),
    Compare(CompareJob),
}

impl Task {
    pub(super) fn attempt(&self) -> AttemptId {
        match self {
            Self::Build(job) => job.attempt(),
            Self::Put(job) => job.attempt(),
            Self::Look(job) => job.attempt(),
            Self::Compare(job) => job.attempt(),
        }
    }
}

impl Installation {
    /// Three connectors of two workspaces: two take everything, one a part.
    pub(super) fn new() -> Self {
        let schema = |event_type: &str, id: u32| {
            let avsc = r#"{"type": "record", "name": "E", "fields": [{"name": "id", "type": "string"}]}"#;
            let name = event_type.rsplit('.').next().unwrap();
            let avsc = avsc.replace("\"E\"", &format!("\"{name}\""));
            Schema::parse(event_type.parse().unwrap(), id.try_into().unwrap(), &avsc).unwrap()
        };
        let schemas = SchemaRegistry::new(vec![schema("mail.Open", 1), schema("push.Send", 2)]).unwrap();
        let connector = |digit: &str, workspace: &str, events: &str| {
            ConnectorConfig::new(
                digit.repeat(24).parse().unwrap(),
                workspace.parse().unwrap(),
                Destination::bucket("bucket", "sim:", format!("folder-{digit}").parse().unwrap()),
                "c".parse().unwrap(),
                "z".parse().unwrap(),
            )
            .events(EventSelection::parse([events]).unwrap())
        };
        let connectors = vec![
            connector("1", "acme", "*"),
            connector("2", "acme", "mail.*"),
            connector("3", "globex", "*"),
        ];
        let settings = Settings::default()
            .seal_count(6)
            .max_count(9)
            .quiet(Duration::from_secs(90))
            .put_slots(3)
            .put_slots_per_connector(2)
            .memory(4_000)
            .checkpoint_every(3_000)
            .cold_after(9_000);
        Self {
            schemas: Arc::new(schemas),
            connectors,
            settings,
        }
    }

    /// What someone may have made of the configuration by the next start: a connector is missing, or has other settings.
    pub(super) fn changed(&self, random: &mut Random, moves: bool, removes: bool) -> Vec<ConnectorConfig> {
        let mut connectors = self.connectors.clone();
        if removes && random.one_in(4) {
            connectors.remove(random.below(3));
        }
        for config in &mut connectors {
            if random.one_in(4) {
                config.encryption = Encryption::Aes256;
            }
            if random.one_in(4) {
                config.zone = "y".parse().unwrap();
            }
            if moves && random.one_in(3) {
                elsewhere(config);
            }
        }
        connectors
    }
}

/// Another destination of the same connector.
pub(super) fn elsewhere(config: &mut ConnectorConfig) {
    let folder = format!("{}-moved", config.destination.folder());
    config.destination = Destination::bucket("bucket", "sim:", folder.parse().unwrap());
}

impl Replica {
    pub(super) fn new(disk: SimDisk) -> Self {
        Self {
            disk,
            up: None,
            input: Vec::new(),
            read: 0,
        }
    }

    /// Starts the process. What stands in the way, if something does.
    pub(super) fn start(
        &mut self,
        installation: &Installation,
        connectors: Vec<ConnectorConfig>,
        random: &mut Random,
        now: u64,
    ) -> Result<(), String> {
        let options = OpenOptions::write().segment_bytes(4_096).reserve_bytes(0);
        let (spool, recovered) = Spool::open(Arc::new(self.disk.clone()), Path::new(DIR), options)
            .map_err(|error| format!("{DISK} {error}"))?;
        if !recovered.gaps.is_empty() {
            return Err(format!("the log has gaps: {:?}", recovered.gaps));
        }
        let mut log: Box<dyn Log> = Box::new(spool);
        let started = Engine::start(
            &mut *log,
            &connectors,
            Arc::clone(&installation.schemas),
            installation.settings.clone(),
            &mut || u32::try_from(random.next() & 0xffff_ffff).unwrap(),
        )
        .map_err(|error| match error.kind() {
            ErrorKind::Spool(_) => format!("{DISK} {error}"),
            _ => error.to_string(),
        })?;
        self.up = Some(Process {
            log,
            appender: Appender::default(),
            engine: started.engine,
            generations: started.generations,
            admission: Admission::new(&installation.schemas, [], &connectors),
            connectors,
            base: (started.now, now),
            appends: Vec::new(),
            tasks: Vec::new(),
            submitted: BTreeMap::new(),
            drained: false,
            told: BTreeMap::new(),
        });
        Ok(())
    }

    /// What the log means, folded anew from what is on the disk.
    pub(super) fn recount(&self, installation: &Installation) -> Result<Ledger, String> {
        let mut copy = Self::new(self.disk.fork(1));
        copy.start(
            installation,
            installation.connectors.clone(),
            &mut Random::new(99),
            0,
        )?;
        copy.up
            .map(|process| process.engine.ledger())
            .ok_or_else(|| "it did not start".to_owned())
    }
}

impl Process {
    /// The log's time at a moment of the world.
    pub(super) fn time(&self, now: u64) -> SpoolTime {
        self.base.0.plus(Duration::from_millis(now - self.base.1))
    }

    /// A connector that is in another state than was told.
    pub(super) fn untold(&self, now: u64) -> Option<String> {
        let statuses = self.engine.status(self.time(now)).into_iter();
        let mut untold = statuses.filter_map(|status| {
            let told = self.told.get(&status.id).copied().unwrap_or(State::Running);
            let is = status.state;
            (told != is).then(|| format!("{} is {is}, and was told to be {told}", status.id))
        });
        untold.next()
    }

    /// How many events it holds.
    pub(super) fn held(&self) -> u64 {
        let ledger = self.engine.ledger();
        ledger.connectors().map(|(_, _, events)| events.pending()).sum()
    }

    /// The world's moment of the next timer.
    pub(super) fn next_timeout(&self) -> Option<u64> {
        let time = self.engine.next_timeout()?;
        Some(self.base.1 + u64::try_from(time.since(self.base.0).as_millis()).unwrap())
    }
}
