//! One object, to the last byte: what was sealed by this version has to be built again by every later one. The expected text is
//! `tests/cases/frozen_object.txt`; a difference here means that a retry after an upgrade would not recognise its own object.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::engine::{Appender, Command, Engine, Input, Request, RequestId};
use bucketline_connector::{Admission, Settings};
use bucketline_sink::{PutOutcome, Receipt};
use bucketline_spool::{Hour, OpenOptions, SimDisk, Spool};

use crate::fixture::{batch, connector, schemas};

const EXPECTED: &str = include_str!("../cases/frozen_object.txt");

#[test]
fn an_object_of_the_first_version_is_built_the_same() {
    let (mut log, _) = Spool::open(
        Arc::new(SimDisk::new(1)),
        Path::new("/spool"),
        OpenOptions::write().reserve_bytes(0),
    )
    .unwrap();
    let connectors = [connector('1')];
    let started = Engine::start(&mut log, &connectors, schemas(), Settings::default(), &mut || {
        12_345
    })
    .unwrap();
    let (mut engine, now, mut appender) = (started.engine, started.now, Appender::default());
    let admission = Admission::new(&schemas(), [], &connectors);

    let batch = admission.prepare(batch(0, 9), Hour::new(498_738), &started.generations);
    let mut found = Vec::new();
    let mut inputs = vec![
        Input::Drain { id: RequestId(1) },
        Input::Submit {
            shard: started.shard,
            id: RequestId(2),
            batch,
        },
    ];
    while let Some(input) = inputs.pop() {
        for command in engine.handle(now, input) {
            match command {
                Command::Append { ticket, records, .. } => {
                    let appended = appender.append(&mut log, vec![Request { ticket, records }], now);
                    inputs.extend(
                        appended
                            .into_iter()
                            .map(|(ticket, result)| Input::Appended { ticket, result }),
                    );
                }
                Command::Build(job) => {
                    inputs.push(Input::Built {
                        attempt: job.attempt(),
                        result: job.run(),
                    });
                }
                Command::Look(job) => inputs.push(Input::Looked {
                    attempt: job.attempt(),
                    found: Ok(None),
                }),
                Command::Put(job) => {
                    let mut text = format!("{}\n", job.key());
                    for (name, value) in job.options().metadata {
                        text.push_str(&format!("{name}: {value}\n"));
                    }
                    text.push_str(&format!("size: {}\n", job.payload().len()));
                    text.push_str(&format!("sha256: {}\n", job.payload().checksum().hex()));
                    found.push(text);
                    inputs.push(Input::Put {
                        attempt: job.attempt(),
                        answer: Ok(PutOutcome::Created(Receipt::default())),
                    });
                }
                _ => {}
            }
        }
    }
    found.sort();
    let found = found.join("\n");
    assert_eq!(found.trim(), EXPECTED.trim(), "found:\n{found}");
}
