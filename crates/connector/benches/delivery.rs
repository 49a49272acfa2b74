//! What delivery costs on one core, stage by stage: one JSON line per figure.
//!
//! `cargo bench -p bucketline-connector` measures; run as a test it only shows that it runs. The engine is driven without tasks or
//! threads, over a log in a temporary folder, into a store that takes everything at once.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench may panic")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bucketline_connector::engine::{Appender, Command, Engine, Input, Request, RequestId, Started};
use bucketline_connector::{Admission, Batch, ConnectorConfig, Destination, Line, Settings};
use bucketline_format::sample::Generator;
use bucketline_format::{Schema, SchemaRegistry};
use bucketline_sink::{PutOutcome, Receipt};
use bucketline_spool::{Hour, OpenOptions, OsDisk, Sequence, SourceId, Spool};

/// Events in a batch.
const BATCH: usize = 5_000;

fn main() {
    let measure = std::env::args().any(|argument| argument == "--bench");
    let events = if measure { 400_000 } else { 1_000 };
    let lines: Vec<String> = Generator::new(1).take(events.min(40_000)).collect();
    for connectors in [1, 3] {
        run(&lines, events, connectors);
    }
}

/// A moment: of this thread's time on a processor, where the system tells it (Linux), so that a busy machine changes little; else of the
/// clock.
enum Clock {
    Processor(Duration),
    Wall(Instant),
}

impl Clock {
    fn now() -> Self {
        processor_time().map_or_else(|| Self::Wall(Instant::now()), Self::Processor)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Processor(begun) => processor_time().unwrap_or_default().saturating_sub(*begun),
            Self::Wall(begun) => begun.elapsed(),
        }
    }
}

fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// Where the time goes.
#[derive(Default)]
struct Stages {
    prepare: Duration,
    /// The engine's own decisions, folding included.
    decide: Duration,
    append: Duration,
    build: Duration,
    objects: u64,
}

fn run(lines: &[String], events: usize, connectors: usize) {
    let schemas = schemas();
    let workspaces = Generator::WORKSPACES;
    let mut configs = Vec::new();
    for (place, workspace) in workspaces.iter().enumerate() {
        for copy in 0..connectors {
            configs.push(connector(place * connectors + copy, workspace));
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), dir.path(), OpenOptions::write()).unwrap();
    let admission = Admission::new(&schemas, [], &configs);
    let settings = Settings::default();
    let started = Engine::start(&mut log, &configs, schemas, settings, &mut || 7).unwrap();
    let Started {
        mut engine,
        shard,
        generations,
        now,
        ..
    } = started;
    let (mut appender, mut stages) = (Appender::default(), Stages::default());
    let mut taken = 0;
    let before = resident();
    while taken < events {
        let first = taken % lines.len();
        let texts = lines.iter().cycle().skip(first).take(BATCH.min(events - taken));
        let texts: Vec<Line> = (1..)
            .zip(texts)
            .map(|(number, text)| Line::new(number, 0, text.clone()))
            .collect();
        let count = texts.len();
        let sequence = Sequence::Offset {
            start: taken as u64,
            end: (taken + count) as u64,
            line: (taken + count) as u64,
        };
        let batch = Batch::new(SourceId::from_bytes([1; 16]), sequence, "bench").lines(texts);
        let begun = Clock::now();
        let batch = admission.prepare(batch, Hour::new(1), &generations);
        stages.prepare += begun.elapsed();
        let id = RequestId(taken as u64);
        drive(
            &mut engine,
            &mut appender,
            &mut log,
            now,
            Input::Submit { shard, id, batch },
            &mut stages,
        );
        taken += count;
    }
    let held = resident().saturating_sub(before);
    drive(
        &mut engine,
        &mut appender,
        &mut log,
        now,
        Input::Drain {
            id: RequestId(u64::MAX),
        },
        &mut stages,
    );
    let delivered: u64 = engine
        .ledger()
        .connectors()
        .map(|(_, _, counts)| counts.delivered)
        .sum();
    assert!(engine.ledger().balances() && delivered > 0);
    let per = |time: Duration, count: u64| time.as_nanos() / u128::from(count.max(1));
    println!(
        r#"{{"figure":"delivery","connectors_per_event":{connectors},"events":{events},"delivered":{delivered},"objects":{},"prepare_ns_per_event":{},"append_ns_per_event":{},"decide_ns_per_route":{},"build_ns_per_route":{},"held_bytes_per_event":{}}}"#,
        stages.objects,
        per(stages.prepare, events as u64),
        per(stages.append, events as u64),
        per(stages.decide, delivered),
        per(stages.build, delivered),
        held / events as u64,
    );
}

/// Carries out everything that an input leads to.
fn drive(
    engine: &mut Engine,
    appender: &mut Appender,
    log: &mut Spool,
    now: bucketline_spool::SpoolTime,
    input: Input,
    stages: &mut Stages,
) {
    let mut inputs = vec![input];
    while let Some(input) = inputs.pop() {
        let begun = Clock::now();
        let commands = engine.handle(now, input);
        stages.decide += begun.elapsed();
        for command in commands {
            let begun = Clock::now();
            match command {
                Command::Append { ticket, records, .. } => {
                    let appended = appender.append(log, vec![Request { ticket, records }], now);
                    stages.append += begun.elapsed();
                    let told = |(ticket, result)| Input::Appended { ticket, result };
                    inputs.extend(appended.into_iter().map(told));
                }
                Command::Build(job) => {
                    let attempt = job.attempt();
                    let result = job.run();
                    stages.build += begun.elapsed();
                    inputs.push(Input::Built { attempt, result });
                }
                Command::Look(job) => inputs.push(Input::Looked {
                    attempt: job.attempt(),
                    found: Ok(None),
                }),
                Command::Put(job) => {
                    stages.objects += 1;
                    inputs.push(Input::Put {
                        attempt: job.attempt(),
                        answer: Ok(PutOutcome::Created(Receipt::default())),
                    });
                }
                Command::Accepted { result, .. } => drop(result.unwrap()),
                Command::Drained { .. } => {}
                other => panic!("nothing else is to be done here: {other:?}"),
            }
        }
    }
}

fn connector(number: usize, workspace: &str) -> ConnectorConfig {
    ConnectorConfig::new(
        format!("{number:024x}").parse().unwrap(),
        workspace.parse().unwrap(),
        Destination::bucket("bucket", "bench:", format!("f{number}").parse().unwrap()),
        "c".parse().unwrap(),
        "z".parse().unwrap(),
    )
}

/// Bytes of memory in use.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4_096
}

fn schemas() -> Arc<SchemaRegistry> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut schemas = Vec::new();
    let folders = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let event_type = folder.file_name().unwrap().to_str().unwrap().parse().unwrap();
            let id = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            schemas.push(Schema::parse(event_type, id, &text).unwrap());
        }
    }
    Arc::new(SchemaRegistry::new(schemas).unwrap())
}
