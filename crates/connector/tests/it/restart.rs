//! Over restarts: what was accepted arrives, once, and nothing is accepted twice.

use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::State;
use bucketline_sink::{ErrorKind, MemorySink, Operation};

use crate::fixture::{MINUTE, SOURCE, assert_exactly_once, batch, builder, connector, start, submit};
use crate::scripted::{Fault, Scripted};

#[tokio::test]
async fn what_was_accepted_arrives_after_a_restart() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    submit(&mux, 0, 30).await;
    mux.shutdown().await;
    assert!(bucket.is_empty());

    let mux = start(spool.path(), bucket.clone()).await;
    assert_eq!(mux.resume_point(&SOURCE).unwrap().line, 30);
    submit(&mux, 30, 60).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 60).await;
}

#[tokio::test]
async fn a_batch_submitted_again_is_acknowledged_and_not_stored() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    let (first, again) = (mux.submit(batch(0, 30)), mux.submit(batch(0, 30)));
    assert_eq!(first.await.unwrap().accepted, 30);
    assert_eq!(again.await.unwrap().duplicate, 30, "while the first is under way");
    mux.shutdown().await;

    let mux = start(spool.path(), bucket.clone()).await;
    assert_eq!(submit(&mux, 0, 30).await.duplicate, 30, "after a restart");
    assert!(mux.drain(MINUTE).await.is_complete());
    let ledger = mux.ledger();
    let (_, acme) = ledger.workspaces().next().unwrap();
    assert_eq!((acme.received, acme.accepted, acme.duplicate), (90, 30, 60));
    assert!(ledger.balances());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 30).await;
}

#[tokio::test]
async fn a_put_of_unknown_outcome_is_settled_by_the_next_run() {
    for fault in [
        Fault::ReplyLost(ErrorKind::TimedOut),
        Fault::RequestLost(ErrorKind::TimedOut),
        Fault::Late,
        Fault::Hang,
    ] {
        let spool = tempfile::tempdir().unwrap();
        let store = Arc::new(Scripted::default().then(Operation::Put, fault.clone()));
        let mux = start(spool.path(), store.clone()).await;
        submit(&mux, 0, 1).await;
        while store.puts() == 0 {
            let _ = mux.drain(Duration::from_millis(1)).await;
        }
        mux.shutdown().await;

        let mux = start(spool.path(), store.clone()).await;
        submit(&mux, 1, 30).await;
        assert!(mux.drain(MINUTE).await.is_complete(), "{fault:?}");
        mux.shutdown().await;
        assert_exactly_once(&*store, "f1/", 30).await;
    }
}

#[tokio::test]
async fn many_restarts_lose_and_double_nothing() {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    for round in 0..20u64 {
        store.always(match round % 4 {
            0 => Some(Fault::ReplyLost(ErrorKind::Connection)),
            1 => Some(Fault::Refuse(ErrorKind::AccessDenied)),
            2 => Some(Fault::Late),
            _ => None,
        });
        let mux = start(spool.path(), store.clone()).await;
        let from = mux.resume_point(&SOURCE).map_or(0, |point| point.line);
        assert_eq!(from, round * 9);
        submit(&mux, from, from + 9).await;
        let _ = mux.drain(Duration::from_millis(10)).await;
        mux.shutdown().await;
    }
    store.always(None);
    let mux = start(spool.path(), store.clone()).await;
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "{report:?}");
    assert!(mux.ledger().balances());
    mux.shutdown().await;
    assert_exactly_once(&*store, "f1/", 180).await;
}

#[tokio::test]
async fn a_backlog_larger_than_memory_is_read_back() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    for from in 0..20 {
        submit(&mux, from * 30, from * 30 + 30).await;
    }
    mux.shutdown().await;
    let mux = builder(spool.path())
        .settings(crate::fixture::hasty().memory(0))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 600).await;
}

#[tokio::test]
async fn a_connector_that_left_the_configuration_keeps_its_events() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    submit(&mux, 0, 30).await;
    mux.shutdown().await;

    let mux = builder(spool.path())
        .connector(connector('2'), bucket.clone())
        .start()
        .await
        .unwrap();
    let report = mux.drain(MINUTE).await;
    assert!(!report.timed_out && !report.is_complete());
    assert_eq!(
        (report.connectors[1].state, report.connectors[1].pending),
        (State::Orphaned, 30)
    );
    mux.shutdown().await;
    assert!(bucket.is_empty());

    let mux = start(spool.path(), bucket.clone()).await;
    let _ = mux.drain(MINUTE).await;
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 30).await;

    let mux = builder(spool.path())
        .connector(connector('2'), bucket.clone())
        .start()
        .await
        .unwrap();
    let status = mux
        .status()
        .into_iter()
        .find(|status| status.state == State::Orphaned);
    assert_eq!(status.unwrap().cause, None, "nobody misses anything");
    mux.shutdown().await;
}

#[tokio::test]
async fn a_handle_that_is_dropped_gives_the_log_back() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    submit(&mux, 0, 30).await;
    drop(mux);
    let mux = loop {
        let again = builder(spool.path())
            .connector(connector('1'), bucket.clone())
            .start()
            .await;
        match again {
            Ok(mux) => break mux,
            Err(error) => assert!(error.to_string().contains("process"), "{error}"),
        }
    };
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 30).await;
}

#[tokio::test]
async fn what_a_lost_reply_left_behind_is_found_by_looking_and_not_put_again() {
    let spool = tempfile::tempdir().unwrap();
    let store = Scripted::default().then(Operation::Put, Fault::ReplyLost(ErrorKind::TimedOut));
    let store = Arc::new(store);
    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 0, 1).await;
    while store.puts() == 0 {
        let _ = mux.drain(Duration::from_millis(1)).await;
    }
    mux.shutdown().await;
    let puts = store.puts();

    let mux = start(spool.path(), store.clone()).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_eq!(store.puts(), puts);
    assert_exactly_once(&*store, "f1/", 1).await;
}
