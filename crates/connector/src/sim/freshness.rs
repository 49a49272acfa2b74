//! Quiet connectors stay fresh, whatever the others do: five minutes of virtual time with one connector in a flood, one whose store
//! hangs, one whose store refuses, and twenty that see an event now and then.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Appender, AttemptId, Command, Engine, Input, Request, RequestId, ShardId};
use crate::mutant::{self, Mutant};
use crate::{Admission, Batch, ConnectorConfig, Destination, Line, Settings};
use bucketline_sink::{Effect, Error, ErrorKind, Operation, PutOutcome, Receipt};
use bucketline_spool::{GenerationId, Hour, OpenOptions, Sequence, SimDisk, SourceId, Spool, SpoolTime};

use super::replica::{DIR, Installation};

const SEAL_AGE: Duration = Duration::from_secs(60);
const QUIET: usize = 20;
/// As many as there are slots, and more.
const HANGING: usize = 6;
const REFUSED: usize = 1 + HANGING;
const FIRST_QUIET: usize = 1 + REFUSED;

struct Clockwork {
    engine: Engine,
    appender: Appender,
    log: Spool,
    admission: Admission,
    generations: Vec<GenerationId>,
    now: u64,
    /// Answers under way, by the moment they come.
    coming: BTreeMap<(u64, u64), Input>,
    last: u64,
}

/// Whether the store of a folder hangs.
fn hangs(folder: &str) -> bool {
    (1..=HANGING).any(|number| folder == format!("f{number}"))
}

/// Connector 0 is flooded, some hang, one is refused, the others are quiet; each has a workspace of its own.
fn connector(number: usize) -> ConnectorConfig {
    ConnectorConfig::new(
        format!("{number:024}").parse().unwrap(),
        format!("w{number}").parse().unwrap(),
        Destination::bucket("bucket", "sim:", format!("f{number}").parse().unwrap()),
        "c".parse().unwrap(),
        "z".parse().unwrap(),
    )
}

/// Whether this is what a call that was broken off would have been answered.
fn is_answer(input: &Input, broken_off: AttemptId) -> bool {
    match input {
        Input::Put { attempt, .. } | Input::Looked { attempt, .. } => *attempt == broken_off,
        _ => false,
    }
}

impl Clockwork {
    fn start() -> Self {
        let connectors: Vec<_> = (0..FIRST_QUIET + QUIET).map(connector).collect();
        let schemas = Installation::new().schemas;
        let (mut log, _) = Spool::open(
            Arc::new(SimDisk::new(1)),
            Path::new(DIR),
            OpenOptions::write().reserve_bytes(0),
        )
        .unwrap();
        let settings = Settings::default()
            .seal_age(SEAL_AGE)
            .seal_count(10)
            .put_slots(4)
            .put_slots_per_connector(3)
            .trouble_slots(1);
        let admission = Admission::new(&schemas, [], &connectors);
        let started = Engine::start(&mut log, &connectors, schemas, settings, &mut || 7).unwrap();
        Self {
            engine: started.engine,
            appender: Appender::default(),
            log,
            admission,
            generations: started.generations,
            now: 0,
            coming: BTreeMap::new(),
            last: 0,
        }
    }

    fn later(&mut self, delay: u64, input: Input) {
        self.last += 1;
        self.coming.insert((self.now + delay, self.last), input);
    }

    fn submit(&mut self, number: usize, events: usize) {
        self.last += 1;
        let line =
            format!(r#"{{"workspace": "w{number}", "event_type": "mail.Open", "event": {{"id": "x"}}}}"#);
        let batch = Batch::new(
            SourceId::from_bytes([0; 16]),
            Sequence::Key(u128::from(self.last).to_le_bytes()),
            "sim",
        )
        .lines((0..events).map(|_| Line::new(1, 0, line.clone())));
        let batch = self.admission.prepare(batch, Hour::new(1), &self.generations);
        let id = RequestId(self.last);
        self.handle(Input::Submit {
            shard: ShardId(0),
            id,
            batch,
        });
    }

    fn handle(&mut self, input: Input) {
        let commands = self.engine.handle(SpoolTime::from_millis(self.now), input);
        for command in commands {
            match command {
                Command::Append { ticket, records, .. } => {
                    let time = SpoolTime::from_millis(self.now);
                    let request = Request { ticket, records };
                    for (ticket, result) in self.appender.append(&mut self.log, vec![request], time) {
                        self.later(3, Input::Appended { ticket, result });
                    }
                }
                Command::Build(job) => {
                    let attempt = job.attempt();
                    self.later(
                        5,
                        Input::Built {
                            attempt,
                            result: job.run(),
                        },
                    );
                }
                Command::Look(job) => {
                    let delay = match job.key().as_str().split('/').next() {
                        Some(folder) if hangs(folder) => 45_000,
                        _ => 50,
                    };
                    let (attempt, found) = (job.attempt(), Ok(None));
                    self.later(delay, Input::Looked { attempt, found });
                }
                Command::Put(job) => {
                    let failure = |kind, effect| Err(Error::new(Operation::Put, kind, effect));
                    let (delay, answer) = match job.key().as_str().split('/').next() {
                        Some(folder) if hangs(folder) => {
                            (45_000, failure(ErrorKind::TimedOut, Effect::Unknown))
                        }
                        Some(folder) if folder == format!("f{REFUSED}") => {
                            (50, failure(ErrorKind::AccessDenied, Effect::NotApplied))
                        }
                        _ => (400, Ok(PutOutcome::Created(Receipt::default()))),
                    };
                    self.later(
                        delay,
                        Input::Put {
                            attempt: job.attempt(),
                            answer,
                        },
                    );
                }
                Command::BreakOff { attempt } => self.coming.retain(|_, input| !is_answer(input, attempt)),
                Command::Changed(_) | Command::Delivered(_) => {}
                Command::Accepted { result, .. } => assert!(result.is_ok()),
                other => panic!("nothing else is to be done here: {other:?}"),
            }
        }
    }

    /// Lets time pass, with all that happens in it.
    fn run_until(&mut self, end: u64) {
        loop {
            let answer = self.coming.first_key_value().map(|((time, _), _)| *time);
            let timeout = self.engine.next_timeout().map(SpoolTime::as_millis);
            let next = [answer, timeout].into_iter().flatten().min().unwrap_or(end);
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            match self.coming.first_entry() {
                Some(entry) if entry.key().0 <= self.now => {
                    let input = entry.remove();
                    self.handle(input);
                }
                _ => self.handle(Input::Tick),
            }
        }
        self.now = end;
    }
}

#[test]
fn without_slots_of_their_own_connectors_in_trouble_delay_the_others() {
    mutant::bend(Some(Mutant::NoSlotsApart));
    let bent = std::panic::catch_unwind(quiet_connectors_stay_fresh);
    mutant::bend(None);
    assert!(bent.is_err());
}

#[test]
fn quiet_connectors_stay_fresh() {
    let mut clockwork = Clockwork::start();
    let mut worst = Duration::ZERO;
    for second in 1..=300u64 {
        // More than the flooded connector's share of slots can carry in small objects.
        clockwork.submit(0, 300);
        for stuck in 1..FIRST_QUIET {
            clockwork.submit(stuck, 3);
        }
        let quiet = usize::try_from(second).unwrap() % (QUIET * 3);
        if quiet < QUIET {
            clockwork.submit(FIRST_QUIET + quiet, 1);
        }
        clockwork.run_until(second * 1_000);
        let status = clockwork.engine.status(SpoolTime::from_millis(clockwork.now));
        let oldest = status
            .iter()
            .skip(FIRST_QUIET)
            .filter_map(|status| status.oldest_held)
            .max();
        worst = worst.max(oldest.unwrap_or_default());
    }
    assert!(
        worst <= SEAL_AGE + Duration::from_secs(3),
        "an event of a quiet connector was held for {worst:?}"
    );
    let ledger = clockwork.engine.ledger();
    let flooded = ledger.connector(connector(0).id.as_str());
    assert!(
        flooded.pending() < 6_000,
        "the flooded one keeps up by larger objects: {flooded:?}"
    );
    assert!(
        ledger.objects(connector(0).id.as_str()) < flooded.delivered / 10,
        "larger than the least size"
    );
    for stuck in 1..FIRST_QUIET {
        assert_eq!(ledger.connector(connector(stuck).id.as_str()).delivered, 0);
    }
}
