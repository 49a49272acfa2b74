//! One process over one copy of the log: the real engine, appender and log, on a simulated disk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use bucketline_connector::engine::{
    Appender, AttemptId, BuildJob, CompareJob, Engine, LookJob, PutJob, Request, RequestId,
};
use bucketline_connector::{Admission, ConnectorConfig, Destination, Ledger, Settings};
use bucketline_format::{EventSelection, Schema, SchemaRegistry};
use bucketline_sink::Encryption;
use bucketline_spool::{
    Appended, Carry, Error as SpoolError, Frame, GenerationId, Group, Log, Lsn, OpenOptions, Record, SimDisk,
    Spool, SpoolTime, Usage,
};

use crate::mutant::Mutant;
use crate::random::Random;

pub(crate) const DIR: &str = "/spool";

/// What does not change over a history.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) schemas: Arc<SchemaRegistry>,
    pub(crate) connectors: Vec<ConnectorConfig>,
    pub(crate) settings: Settings,
}

/// A process, or the disk it left behind.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) disk: SimDisk,
    pub(crate) up: Option<Process>,
    /// Its input: batches of events, by their numbers. It is read on from where the log says, also after a crash.
    pub(crate) input: Vec<Vec<u64>>,
    /// How many batches of it have been submitted.
    pub(crate) read: usize,
}

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) log: Box<dyn Log>,
    pub(crate) appender: Appender,
    pub(crate) engine: Engine,
    pub(crate) generations: Vec<GenerationId>,
    pub(crate) admission: Admission,
    pub(crate) connectors: Vec<ConnectorConfig>,
    /// What the log's clock said at the start, and the world's.
    base: (SpoolTime, u64),
    pub(crate) appends: Vec<Request>,
    pub(crate) tasks: Vec<Task>,
    /// Events under way, by submission.
    pub(crate) submitted: BTreeMap<RequestId, Vec<u64>>,
    pub(crate) drained: bool,
}

/// A call under way.
#[derive(Debug)]
pub(crate) enum Task {
    Build(BuildJob),
    Put(PutJob),
    Look(LookJob),
    Compare(CompareJob),
}

impl Task {
    pub(crate) fn attempt(&self) -> AttemptId {
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
    pub(crate) fn new() -> Self {
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
            .put_slots(3)
            .put_slots_per_connector(2)
            .memory(4_000);
        Self {
            schemas: Arc::new(schemas),
            connectors,
            settings,
        }
    }

    /// What someone may have made of the configuration by the next start: a connector is missing, or has other settings.
    pub(crate) fn changed(&self, random: &mut Random, moves: bool) -> Vec<ConnectorConfig> {
        let mut connectors = self.connectors.clone();
        if random.one_in(4) {
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
pub(crate) fn elsewhere(config: &mut ConnectorConfig) {
    let folder = format!("{}-moved", config.destination.folder());
    config.destination = Destination::bucket("bucket", "sim:", folder.parse().unwrap());
}

impl Replica {
    pub(crate) fn new(disk: SimDisk) -> Self {
        Self {
            disk,
            up: None,
            input: Vec::new(),
            read: 0,
        }
    }

    /// Starts the process. What stands in the way, if something does.
    pub(crate) fn start(
        &mut self,
        installation: &Installation,
        connectors: Vec<ConnectorConfig>,
        random: &mut Random,
        now: u64,
        mutant: Option<Mutant>,
    ) -> Result<(), String> {
        let options = OpenOptions::write().segment_bytes(4_096).reserve_bytes(0);
        let (spool, recovered) = Spool::open(Arc::new(self.disk.clone()), Path::new(DIR), options)
            .map_err(|error| error.to_string())?;
        if !recovered.gaps.is_empty() {
            return Err(format!("the log has gaps: {:?}", recovered.gaps));
        }
        let mut log: Box<dyn Log> = match mutant {
            Some(Mutant::TwoSealsPerLane) => Box::new(Forgetful(spool)),
            _ => Box::new(spool),
        };
        let started = Engine::start(
            &mut *log,
            &connectors,
            Arc::clone(&installation.schemas),
            installation.settings.clone(),
            &mut || u32::try_from(random.next() & 0xffff_ffff).unwrap(),
        )
        .map_err(|error| error.to_string())?;
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
        });
        Ok(())
    }

    /// What the log means, folded anew from what is on the disk.
    pub(crate) fn recount(&self, installation: &Installation) -> Result<Ledger, String> {
        let mut copy = Self::new(self.disk.fork(1));
        copy.start(
            installation,
            installation.connectors.clone(),
            &mut Random::new(99),
            0,
            None,
        )?;
        copy.up
            .map(|process| process.engine.ledger())
            .ok_or_else(|| "it did not start".to_owned())
    }
}

impl Process {
    /// The log's time at a moment of the world.
    pub(crate) fn time(&self, now: u64) -> SpoolTime {
        self.base
            .0
            .plus(std::time::Duration::from_millis(now - self.base.1))
    }

    /// The world's moment of the next timer.
    pub(crate) fn next_timeout(&self) -> Option<u64> {
        let time = self.engine.next_timeout()?;
        Some(self.base.1 + u64::try_from(time.since(self.base.0).as_millis()).unwrap())
    }
}

/// A log that hides the seals without a commit when it is read: the mutant of a restart that forgets them.
#[derive(Debug)]
struct Forgetful(Spool);

impl Log for Forgetful {
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, SpoolError> {
        self.0.append(groups, now)
    }

    fn read(&mut self, from: Lsn, visit: &mut dyn FnMut(Frame) -> ControlFlow<()>) -> Result<(), SpoolError> {
        let mut settled = Vec::new();
        self.0.read(from, &mut |frame| {
            if let Record::Commit(commit) = frame.record {
                settled.push((commit.lane, commit.first));
            }
            ControlFlow::Continue(())
        })?;
        self.0.read(from, &mut |frame| match &frame.record {
            Record::Seal(seal) if !settled.contains(&(seal.lane.clone(), seal.first)) => {
                ControlFlow::Continue(())
            }
            _ => visit(frame),
        })
    }

    fn read_at(&mut self, lsn: Lsn) -> Result<Frame, SpoolError> {
        self.0.read_at(lsn)
    }

    fn trim(&mut self, before: Lsn) -> Result<(), SpoolError> {
        self.0.trim(before)
    }

    fn keep_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, SpoolError> {
        self.0.keep_cold(frames)
    }

    fn trim_cold(&mut self, needed: &[Lsn]) -> Result<(), SpoolError> {
        self.0.trim_cold(needed)
    }

    fn write_checkpoint(&mut self, carry: &Carry) -> Result<(), SpoolError> {
        self.0.write_checkpoint(carry)
    }

    fn checkpoint(&mut self) -> Option<Carry> {
        self.0.checkpoint()
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}
