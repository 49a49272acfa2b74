//! A process that is killed while it writes, on the operating system's own disk.

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use bucketline_spool::*;

use crate::records::{batch, rejects};

const DIR: &str = "BUCKETLINE_SPOOL_TEST_DIR";

fn open(dir: &Path) -> Spool {
    let options = OpenOptions::write().segment_bytes(200_000).reserve_bytes(4_096);
    Spool::open(Arc::new(OsDisk::new()), dir, options).unwrap().0
}

/// The first positions of all batches, each of which must have its rejects behind it.
fn batches(spool: &mut Spool) -> Vec<u64> {
    let (mut found, mut waiting) = (Vec::new(), false);
    spool
        .read(Lsn::ZERO, &mut |frame| {
            match frame.record {
                Record::Events(events) => {
                    assert!(!std::mem::replace(&mut waiting, true));
                    found.push(events.first);
                }
                Record::Rejects(_) => assert!(std::mem::take(&mut waiting)),
                other => panic!("nobody wrote {}", other.name()),
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(!waiting, "half a group was recovered");
    found
}

#[test]
fn what_a_killed_process_was_told_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = None;
    for round in 0..8 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "killed::writer"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let mut told = || {
            lines.find_map(|line| {
                line.unwrap()
                    .strip_prefix("acknowledged ")
                    .map(|at| at.parse::<u64>().unwrap())
            })
        };
        for _ in 0..3 + round * 5 {
            acknowledged = told();
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What it said before it died and was not read yet.
        while let Some(more) = told() {
            acknowledged = Some(more);
        }
        let found = batches(&mut open(dir.path()));
        let acknowledged = acknowledged.unwrap();
        assert!(
            found.len() as u64 > acknowledged,
            "{} of {acknowledged}",
            found.len()
        );
        assert!(
            found.len() as u64 <= acknowledged + 3,
            "one append of two groups was on its way at most"
        );
        assert_eq!(found, (0..found.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
#[ignore = "the process that the test above kills"]
fn writer() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the test above tells it where to write"
    )]
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let mut spool = open(dir.as_ref());
    let mut next = batches(&mut spool).len() as u64;
    loop {
        let group = |at| Group::new(vec![batch(at, 20, 500, at).into(), rejects(at).into()]);
        spool
            .append(&[group(next), group(next + 1)], SpoolTime::from_millis(next))
            .unwrap();
        println!("acknowledged {}", next + 1);
        next += 2;
    }
}
