//! A disk that loses what it had kept: what can still be read is delivered, the rest is shown, and every start works.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{Blockage, Ledger, Multiplexer, State};
use bucketline_sink::{MemorySink, Operation, PutOptions, Sink, SinkExt};
use bucketline_spool::{Frame, Lsn, OpenOptions, OsDisk, Record, Spool};

use crate::fixture::{MINUTE, assert_exactly_once, delivered, start, submit, submit_alone};
use crate::scripted::{Fault, Scripted};

/// Bytes of the header that a frame's body stands behind.
const HEADER: usize = 36;

fn segment(spool: &Path) -> PathBuf {
    spool.join("shard-00").join("00000000000000000000.seg")
}

/// Where the frames stand that `wanted` chooses.
fn frames(spool: &Path, wanted: impl Fn(&Record) -> bool) -> Vec<Lsn> {
    use bucketline_spool::Log as _;
    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), spool, OpenOptions::read_only()).unwrap();
    let mut found = Vec::new();
    log.read(Lsn::ZERO, &mut |Frame { lsn, record, .. }| {
        if wanted(&record) {
            found.push(lsn);
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// Changes one byte of a frame's body.
fn damage(spool: &Path, frame: Lsn) {
    let path = segment(spool);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[usize::try_from(frame.get()).unwrap() + HEADER + 3] ^= 0x20;
    std::fs::write(path, bytes).unwrap();
}

fn unreadable(mux: &Multiplexer) -> (u64, u64, bool) {
    let unreadable = mux.ledger().unreadable();
    assert_eq!(unreadable.bytes > 0, unreadable.stretches > 0);
    (
        unreadable.stretches,
        unreadable.events,
        unreadable.more_events_possible,
    )
}

/// Three batches of 30, then a damaged frame, then two starts; what is in the bucket after the second.
async fn survives(deliver_first: bool, choose: impl Fn(&Path) -> Lsn) -> (Arc<MemorySink>, (u64, u64, bool)) {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    for from in [0, 30, 60] {
        submit(&mux, from, from + 30).await;
    }
    if deliver_first {
        assert!(mux.drain(MINUTE).await.is_complete());
    }
    mux.shutdown().await;
    damage(spool.path(), choose(spool.path()));

    let mut told = (0, 0, false);
    for _ in 0..2 {
        let mux = start(spool.path(), bucket.clone()).await;
        let report = mux.drain(MINUTE).await;
        assert!(report.is_complete(), "{report:?}");
        assert!(mux.ledger().balances());
        told = unreadable(&mux);
        mux.shutdown().await;
    }
    (bucket, told)
}

fn nth(number: usize, wanted: fn(&Record) -> bool) -> impl Fn(&Path) -> Lsn {
    move |spool| frames(spool, wanted)[number]
}

fn is_events(record: &Record) -> bool {
    matches!(record, Record::Events(_))
}

async fn ids(bucket: &MemorySink) -> BTreeMap<u64, usize> {
    delivered(bucket, "f1/").await
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_is_counted_and_the_others_arrive() {
    let (bucket, told) = survives(false, nth(1, is_events)).await;
    let expected: BTreeMap<u64, usize> = (0..30).chain(60..90).map(|id| (id, 1)).collect();
    assert_eq!(ids(&bucket).await, expected);
    assert_eq!(told, (1, 30, false));
}

#[tokio::test]
async fn a_delivered_batch_that_cannot_be_read_stops_nothing_and_doubles_nothing() {
    for number in 0..3 {
        let (bucket, _) = survives(true, nth(number, is_events)).await;
        assert_exactly_once(&*bucket, "f1/", 90).await;
    }
}

#[tokio::test]
async fn seals_and_commits_that_cannot_be_read_stop_nothing_and_double_nothing() {
    for wanted in [
        (|record| matches!(record, Record::Seal(_))) as fn(&Record) -> bool,
        |record| matches!(record, Record::Commit(_)),
    ] {
        for number in 0..3 {
            let (bucket, (stretches, ..)) = survives(true, nth(number, wanted)).await;
            assert_exactly_once(&*bucket, "f1/", 90).await;
            assert!(stretches <= 1);
        }
    }
}

#[tokio::test]
async fn an_opening_that_cannot_be_read_is_known_again_by_the_configuration() {
    for deliver_first in [false, true] {
        let opened = |record: &Record| matches!(record, Record::Opened(_));
        let (bucket, told) = survives(deliver_first, nth(0, opened)).await;
        assert_exactly_once(&*bucket, "f1/", 90).await;
        assert_eq!(told.0, 1);
    }
}

#[tokio::test]
async fn a_sealed_object_that_cannot_be_built_again_blocks_its_lane_alone() {
    let spool = tempfile::tempdir().unwrap();
    let hangs = (0..3).fold(Scripted::default(), |store, _| {
        store.then(Operation::Put, Fault::Hang)
    });
    let mux = start(spool.path(), Arc::new(hangs)).await;
    // Two batches of one lane, then one seal over both.
    submit_alone(&mux, 0, 1).await;
    submit_alone(&mux, 3, 4).await;
    assert!(mux.drain(Duration::from_millis(300)).await.timed_out);
    mux.shutdown().await;
    damage(spool.path(), frames(spool.path(), is_events)[1]);

    let bucket = Arc::new(MemorySink::new());
    for round in 0..2 {
        let mux = start(spool.path(), bucket.clone()).await;
        submit_alone(&mux, 10 + round * 10, 20 + round * 10).await;
        let report = mux.drain(MINUTE).await;
        let state = report.connectors[0].state;
        assert_eq!(state, State::Blocked(Blockage::Conflict), "{report:?}");
        mux.shutdown().await;
    }
    let events = ids(&bucket).await;
    let others = (10..30).filter(|id| id % 3 != 0);
    assert!(
        others.into_iter().all(|id| events.get(&id) == Some(&1)),
        "{events:?}"
    );
}

#[tokio::test]
async fn damage_in_any_place_lets_every_start_work() {
    let whole = tempfile::tempdir().unwrap();
    let store = Arc::new(MemorySink::new());
    let mux = start(whole.path(), store.clone()).await;
    submit(&mux, 0, 9).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    submit(&mux, 9, 18).await;
    mux.shutdown().await;
    let mux = start(whole.path(), store.clone()).await;
    submit(&mux, 18, 27).await;
    mux.shutdown().await;
    let bytes = std::fs::read(segment(whole.path())).unwrap();
    for at in (0..bytes.len()).step_by(97) {
        let spool = tempfile::tempdir().unwrap();
        std::fs::create_dir(spool.path().join("shard-00")).unwrap();
        std::fs::copy(whole.path().join("FORMAT"), spool.path().join("FORMAT")).unwrap();
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        std::fs::write(segment(spool.path()), damaged).unwrap();
        let (mut log, recovered) =
            Spool::open(Arc::new(OsDisk::new()), spool.path(), OpenOptions::read_only()).unwrap();
        Ledger::read(&mut log, &recovered.gaps).unwrap();
        drop(log);
        let store = copy(&store).await;
        for _ in 0..2 {
            let mux = start(spool.path(), store.clone()).await;
            mux.drain(MINUTE).await;
            assert_eq!(mux.failure().map(|error| error.to_string()), None, "byte {at}");
            assert!(mux.ledger().balances(), "byte {at}");
            mux.shutdown().await;
        }
        let events = ids(&store).await;
        assert!(
            events.values().all(|copies| *copies == 1),
            "byte {at}: {events:?}"
        );
    }
}

/// A store with the same objects.
async fn copy(store: &MemorySink) -> Arc<MemorySink> {
    let copy = MemorySink::new();
    for listed in store.list_all("").await.unwrap() {
        let key = listed.object_key().unwrap();
        let object = store.get(&key).await.unwrap();
        let mut options = PutOptions::create();
        for (name, value) in object.info.metadata {
            options = options.metadata(name, value);
        }
        copy.put(&key, object.payload.into(), &options).await.unwrap();
    }
    Arc::new(copy)
}
