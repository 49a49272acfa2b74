//! The crate as a customer uses it: from lines to objects, with the sample events of every type.

use std::sync::Arc;

use bucketline_connector::{State, WallClock};
use bucketline_format::EventSelection;
use bucketline_sink::{MemorySink, SinkExt};

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, delivered, hasty, submit};

#[derive(Debug)]
struct Fixed;

impl WallClock for Fixed {
    fn unix_seconds(&self) -> u64 {
        1_795_458_840
    }
}

#[tokio::test]
async fn lines_become_objects_of_every_connector_that_takes_them() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mail = connector('2').events(EventSelection::parse(["mail.*"]).unwrap());
    let mux = builder(spool.path())
        .connector(connector('1'), bucket.clone())
        .connector(mail, bucket.clone())
        .wall_clock(Fixed)
        .start()
        .await
        .unwrap();
    for from in 0..10 {
        let accepted = submit(&mux, from * 30, from * 30 + 30).await;
        assert_eq!(
            (accepted.accepted, accepted.duplicate, accepted.rejected),
            (30, 0, 0)
        );
    }
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(
        report
            .connectors
            .iter()
            .map(|c| (c.delivered, c.objects))
            .collect::<Vec<_>>(),
        [(300, 3), (200, 2)]
    );
    assert!(
        report
            .connectors
            .iter()
            .all(|c| c.state == State::Running && c.cause.is_none())
    );
    mux.shutdown().await;

    assert_exactly_once(&*bucket, "f1/", 300).await;
    assert_eq!(delivered(&*bucket, "f2/").await.len(), 200);
    for listed in bucket.list_all("").await.unwrap() {
        assert!(listed.key.contains("/date=2026-11-23-18/"), "{}", listed.key);
    }
}

#[tokio::test]
async fn a_lane_is_sealed_by_count_without_a_drain() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = builder(spool.path())
        .settings(hasty().seal_count(10))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 30).await;
    while mux.ledger().connector(connector('1').id.as_str()).delivered < 30 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bucket.list_all("").await.unwrap().len(), 3);
    mux.shutdown().await;
}

#[tokio::test]
async fn a_lane_is_sealed_by_age() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = builder(spool.path())
        .settings(hasty().seal_age(std::time::Duration::from_millis(50)))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 1).await;
    while bucket.is_empty() {
        tokio::task::yield_now().await;
    }
    mux.shutdown().await;
}

#[tokio::test]
async fn objects_keep_to_their_limits() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = builder(spool.path())
        .settings(hasty().max_count(7).memory(500))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    for from in 0..10 {
        submit(&mux, from * 30, from * 30 + 30).await;
    }
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 300).await;
    assert_eq!(bucket.len(), 3 * 15, "100 events of each type, 7 at a time");
}

#[tokio::test]
async fn batches_go_in_side_by_side_and_in_order() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = crate::fixture::start(spool.path(), bucket.clone()).await;
    let under_way: Vec<_> = (0..50)
        .map(|from| mux.submit(crate::fixture::batch(from * 6, from * 6 + 6)))
        .collect();
    for accepted in under_way {
        assert_eq!(accepted.await.unwrap().accepted, 6);
    }
    let point = mux.resume_point(&crate::fixture::SOURCE).unwrap();
    assert_eq!((point.end, point.line), (30_000, 300));
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 300).await;
}
