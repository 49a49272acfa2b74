//! A full disk, and a disk that fails.

use std::ops::ControlFlow;
use std::sync::Arc;

use bucketline_spool::*;

use crate::records::{batch, seal};

fn open(disk: &SimDisk) -> Spool {
    let options = OpenOptions::write().segment_bytes(4_000).reserve_bytes(2_000);
    Spool::open(Arc::new(disk.clone()), "spool", options).unwrap().0
}

fn count(spool: &mut Spool) -> usize {
    let mut count = 0;
    spool
        .read(Lsn::ZERO, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    count
}

#[test]
fn a_full_disk_refuses_events_and_still_takes_deliveries() {
    let disk = SimDisk::new(0);
    let mut spool = open(&disk);
    let events = || Group::from(batch(0, 10, 100, 0));
    spool.append(&[events()], SpoolTime::ZERO).unwrap();
    disk.set_capacity(disk.used() + 500);
    let next = spool.usage().next_lsn;
    for _ in 0..3 {
        let error = spool.append(&[events()], SpoolTime::ZERO).unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Full, Effect::NotApplied),
            "{error}"
        );
        let mixed = spool
            .append(&[seal().into(), events()], SpoolTime::ZERO)
            .unwrap_err();
        assert_eq!(
            mixed.kind(),
            ErrorKind::Full,
            "a call that admits events stays out of the reserve"
        );
        assert_eq!(spool.usage().next_lsn, next);
    }
    let mut seals = 0;
    let error = loop {
        match spool.append(&[seal().into()], SpoolTime::ZERO) {
            Ok(_) => seals += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Full);
    assert!(seals >= 5, "the reserve and the rest hold {seals}");
    assert_eq!(count(&mut spool), 1 + seals);
    spool.append(&[events()], SpoolTime::ZERO).unwrap_err();

    disk.set_capacity(u64::MAX);
    spool.append(&[events()], SpoolTime::ZERO).unwrap();
    drop(spool);
    assert_eq!(count(&mut open(&disk)), 2 + seals);
}

#[test]
fn the_reserve_is_laid_again_once_there_is_room() {
    let disk = SimDisk::new(0);
    let mut spool = open(&disk);
    for _ in 0..10 {
        spool
            .append(&[batch(0, 10, 100, 0).into()], SpoolTime::ZERO)
            .unwrap();
    }
    let fill = |spool: &mut Spool| {
        (0..)
            .take_while(|_| spool.append(&[seal().into()], SpoolTime::ZERO).is_ok())
            .count()
    };
    disk.set_capacity(disk.used());
    assert!(fill(&mut spool) >= 4);
    assert_eq!(fill(&mut spool), 0);
    spool.trim(spool.usage().next_lsn).unwrap();
    disk.set_capacity(disk.used());
    assert!(fill(&mut spool) >= 4, "the reserve is there again");

    // Also where somebody else made room.
    disk.set_capacity(u64::MAX);
    for _ in 0..5 {
        spool
            .append(&[batch(0, 10, 100, 0).into()], SpoolTime::ZERO)
            .unwrap();
    }
    disk.set_capacity(disk.used());
    assert!(fill(&mut spool) >= 4, "the reserve is there once more");
}

#[test]
fn a_failed_fsync_closes_the_log_until_it_is_opened_again() {
    let disk = SimDisk::new(0);
    let mut spool = open(&disk);
    spool.append(&[seal().into()], SpoolTime::ZERO).unwrap();
    // A write and its sync: the second call from here.
    disk.plan(1, Fault::Io);
    let error = spool.append(&[seal().into()], SpoolTime::ZERO).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Io, Effect::Unknown),
        "{error}"
    );
    for error in [
        spool.append(&[seal().into()], SpoolTime::ZERO).unwrap_err(),
        spool.read_at(Lsn::ZERO).unwrap_err(),
        spool.trim(Lsn::ZERO).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Poisoned);
        assert_eq!(error.effect(), Effect::NotApplied);
    }
    drop(spool);
    // What was written and not synced was cut off again.
    assert_eq!(count(&mut open(&disk)), 1);
}

#[test]
fn after_a_failed_fsync_and_a_power_cut_the_rest_is_whole() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..64 {
        let disk = SimDisk::new(seed);
        let mut spool = open(&disk);
        spool.append(&[seal().into()], SpoolTime::ZERO).unwrap();
        disk.plan(1, Fault::Io);
        spool.append(&[seal().into()], SpoolTime::ZERO).unwrap_err();
        drop(spool);
        // The cut was not synced either.
        disk.crash();
        let mut spool = open(&disk);
        let found = count(&mut spool);
        seen.insert(found);
        // The log goes on behind what it found.
        spool.append(&[seal().into()], SpoolTime::ZERO).unwrap();
        assert_eq!(count(&mut spool), found + 1, "seed {seed}");
    }
    assert_eq!(Vec::from_iter(seen), [1, 2], "both happen, and nothing else does");
}
