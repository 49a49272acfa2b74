//! How fast the log is: one JSON line per figure.
//!
//! `cargo bench -p bucketline-spool` measures; run as a test it only shows that it runs.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use bucketline_spool::{
    Body, Encoding, Events, GenerationId, Group, Hour, Log, Lsn, OpenOptions, OsDisk, PartitionId, Retired,
    Route, Sequence, SourceId, Spool, SpoolTime, StoredEvent, WorkspaceCounts,
};
use bytes::Bytes;

const EVENT_BYTES: usize = 600;

fn main() {
    let measure = std::env::args().any(|argument| argument == "--bench");
    let (commits, batch) = if measure { (100, 10_000) } else { (2, 100) };
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions::write();
    let (mut spool, _) = Spool::open(Arc::new(OsDisk::new()), dir.path(), options.clone()).unwrap();

    let groups: Vec<Group> = (0..commits).map(|commit| events(commit, batch)).collect();
    let events = commits * batch;
    let start = Instant::now();
    for group in &groups {
        spool
            .append(std::slice::from_ref(group), SpoolTime::ZERO)
            .unwrap();
    }
    report("append", "events", events, start);

    let small: u64 = if measure { 500 } else { 2 };
    let group = Group::from(Retired {
        connector: "5f1e0c2ab7d94e00a1b2c3d4".to_owned(),
    });
    let start = Instant::now();
    for _ in 0..small {
        spool
            .append(std::slice::from_ref(&group), SpoolTime::ZERO)
            .unwrap();
    }
    report("commit_one_record", "commits", small, start);

    drop(spool);
    let start = Instant::now();
    let (mut spool, _) = Spool::open(Arc::new(OsDisk::new()), dir.path(), options).unwrap();
    report("open", "events", events, start);

    let start = Instant::now();
    let mut frames = 0;
    spool
        .read(Lsn::ZERO, &mut |_| {
            frames += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(frames, commits + small);
    report("read", "events", events, start);
}

fn report(figure: &str, unit: &str, count: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let rate = count as f64 / seconds;
    let bytes = if unit == "events" {
        rate * EVENT_BYTES as f64 / 1e6
    } else {
        0.0
    };
    println!(
        r#"{{"bench":"spool/{figure}","{unit}":{count},"seconds":{seconds:.4},"{unit}_per_s":{rate:.0},"mb_per_s":{bytes:.0}}}"#
    );
}

fn events(commit: u64, count: u64) -> Group {
    let bodies = Bytes::from(vec![0x5A; EVENT_BYTES]);
    let event = StoredEvent {
        event_type: 0,
        schema: 42,
        routing: 0,
        body: Body {
            encoding: Encoding::Avro,
            bytes: bodies,
        },
        others: vec![],
    };
    Group::from(Events {
        partition: PartitionId::from_random(7),
        first: commit * count,
        source: SourceId::from_bytes([1; 16]),
        sequence: Sequence::Offset {
            start: 0,
            end: commit,
            line: commit,
        },
        hour: Hour::new(498_738),
        admitted: None,
        counts: vec![WorkspaceCounts {
            workspace: "acme".into(),
            received: count,
            accepted: count,
            duplicate: 0,
            rejected: 0,
        }],
        generations: vec![GenerationId::from_bytes([2; 16])],
        event_types: vec!["users.messages.email.Open".into()],
        routings: vec![vec![Route {
            generation: 0,
            body: 0,
        }]],
        offsets: vec![],
        events: (0..count).map(|_| event.clone()).collect(),
        proof: None,
    })
}
