//! A destination may change at any time, most of all one that was misspelt: what is held goes along, is counted once, and nobody else
//! notices.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Blockage, ConnectorConfig, Destination, Multiplexer, State};
use bucketline_sink::{MemorySink, Operation, Sink};

use crate::fixture::{
    MINUTE, assert_exactly_once, builder, connector, delivered, hasty, start, submit, submit_alone,
};
use crate::scripted::{Fault, Scripted};

fn moved(folder: &str) -> ConnectorConfig {
    let mut config = connector('1').name("Acme");
    config.destination = Destination::bucket("events", "memory:", folder.parse().unwrap());
    config
}

async fn start_moved(spool: &Path, folder: &str, sink: Arc<dyn Sink>) -> Multiplexer {
    let builder = builder(spool).connector(moved(folder), sink);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn what_is_held_goes_to_the_new_destination_and_is_counted_once() {
    for memory in [0, 1 << 20] {
        let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
        let mux = start(spool.path(), bucket.clone()).await;
        for from in [0, 10, 20] {
            submit(&mux, from, from + 10).await;
        }
        mux.shutdown().await;

        let mux = builder(spool.path())
            .settings(hasty().memory(memory))
            .connector(moved("elsewhere"), bucket.clone())
            .start()
            .await
            .unwrap();
        submit(&mux, 30, 60).await;
        let report = mux.drain(MINUTE).await;
        assert!(report.is_complete(), "{report:?}");
        let counts = mux.ledger().connector(connector('1').id.as_str());
        assert_eq!((counts.admitted, counts.delivered, counts.pending()), (60, 60, 0));
        mux.shutdown().await;
        assert_exactly_once(&*bucket, "elsewhere/", 60).await;
        assert!(delivered(&*bucket, "f1/").await.is_empty());

        let mux = start_moved(spool.path(), "elsewhere", bucket.clone()).await;
        assert!(
            mux.ledger().balances() && mux.report().is_complete(),
            "after one more start"
        );
        mux.shutdown().await;
    }
}

#[tokio::test]
async fn a_misspelt_bucket_is_corrected_and_nothing_stays_behind() {
    let (spool, right) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let wrong = Arc::new(Scripted::missing());
    let mux = start_moved(spool.path(), "misspelt", wrong.clone()).await;
    submit(&mux, 0, 30).await;
    let report = mux.drain(MINUTE).await;
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Bucket));
    mux.shutdown().await;
    assert_eq!(
        wrong.puts(),
        0,
        "nothing was sealed for a store that is not there"
    );

    let mux = start(spool.path(), right.clone()).await;
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "{report:?}");
    mux.shutdown().await;
    assert_exactly_once(&*right, "f1/", 30).await;
}

#[tokio::test]
async fn a_move_that_is_cut_short_goes_on_with_the_next_start() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    for from in 0..20 {
        submit(&mux, from * 10, from * 10 + 10).await;
    }
    mux.shutdown().await;
    for folder in ["a", "b", "a", "c"] {
        let mux = start_moved(spool.path(), folder, Arc::new(Scripted::missing())).await;
        tokio::task::yield_now().await;
        mux.shutdown().await;
    }
    let mux = start_moved(spool.path(), "d", bucket.clone()).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    assert!(mux.ledger().balances());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "d/", 200).await;
}

#[tokio::test]
async fn what_may_be_at_the_old_destination_stays_its_own_and_holds_up_nothing_else() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let hangs = Scripted::default().then(Operation::Put, Fault::Hang);
    let mux = start(spool.path(), Arc::new(hangs)).await;
    submit_alone(&mux, 0, 1).await;
    submit_alone(&mux, 3, 4).await;
    assert!(mux.drain(std::time::Duration::from_millis(300)).await.timed_out);
    submit_alone(&mux, 6, 30).await;
    mux.shutdown().await;

    let mux = builder(spool.path())
        .connector(moved("elsewhere"), bucket.clone())
        .connector(connector('2'), bucket.clone())
        .start()
        .await
        .unwrap();
    submit_alone(&mux, 30, 60).await;
    let report = mux.drain(MINUTE).await;
    assert!(!report.timed_out);
    let acme = &report.connectors[0];
    assert_eq!(acme.state, State::Blocked(Blockage::Bucket), "{report:?}");
    assert!(acme.cause.clone().unwrap().message.contains("f1/"), "{acme:?}");
    assert_eq!(report.connectors[1].pending, 0);
    mux.shutdown().await;
    let there = delivered(&*bucket, "elsewhere/").await;
    assert!((30..60).all(|id| there.get(&id) == Some(&1)), "{there:?}");

    let mux = start(spool.path(), bucket.clone()).await;
    assert!(mux.drain(MINUTE).await.is_complete(), "at the old destination");
    assert!(mux.ledger().balances());
    mux.shutdown().await;
    let mut all = delivered(&*bucket, "f1/").await;
    for (id, copies) in there {
        *all.entry(id).or_default() += copies;
    }
    let expected = [0, 3].into_iter().chain(6..60);
    assert!(expected.into_iter().all(|id| all.get(&id) == Some(&1)), "{all:?}");
}
