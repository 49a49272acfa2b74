//! What is asked for is today's encryption, also for what was accepted under another; and a store that does not do as asked is given
//! nothing more, over all restarts, until somebody says that this was put right.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Blockage, Multiplexer, State};
use bucketline_sink::{Encryption, EncryptionSeen, ErrorKind, Sink, SinkExt};

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, start, submit, submit_alone};
use crate::scripted::{Fault, Scripted};

async fn encrypting(spool: &Path, store: &Arc<Scripted>) -> Multiplexer {
    builder(spool)
        .connector(connector('1').encryption(Encryption::Aes256), store.clone())
        .start()
        .await
        .unwrap()
}

fn state(mux: &Multiplexer) -> State {
    mux.status()[0].state
}

#[tokio::test]
async fn held_events_are_put_under_the_encryption_of_today() {
    for sealed in [false, true] {
        let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
        store.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
        let mux = start(spool.path(), store.clone()).await;
        submit(&mux, 0, 30).await;
        if sealed {
            mux.drain(MINUTE).await;
        }
        mux.shutdown().await;

        store.always(None);
        let mux = encrypting(spool.path(), &store).await;
        submit(&mux, 30, 60).await;
        assert!(mux.drain(MINUTE).await.is_complete());
        mux.shutdown().await;
        assert_exactly_once(&*store, "f1/", 60).await;
        for listed in store.memory.list_all("").await.unwrap() {
            let info = store.memory.head(&listed.object_key().unwrap()).await.unwrap();
            assert_eq!(info.encryption, EncryptionSeen::Aes256, "sealed before: {sealed}");
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_encrypt_as_asked_gets_no_second_object_however_often_we_start() {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    store.always(Some(Fault::Unencrypted));
    let mux = encrypting(spool.path(), &store).await;
    submit_alone(&mux, 0, 1).await;
    let report = mux.drain(MINUTE).await;
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Encryption));
    mux.shutdown().await;

    for run in 1..4 {
        let mux = encrypting(spool.path(), &store).await;
        assert_eq!(
            state(&mux),
            State::Blocked(Blockage::Encryption),
            "run {run}, with nothing held"
        );
        submit_alone(&mux, run * 3, run * 3 + 3).await;
        let report = mux.drain(MINUTE).await;
        assert!(!report.timed_out && !report.is_complete());
        let cause = report.connectors[0].cause.clone().unwrap();
        assert!(
            cause.message.contains("not encrypted as asked: `none`"),
            "{cause}"
        );
        mux.wake(&connector('1').id);
        mux.drain(MINUTE).await;
        mux.shutdown().await;
        assert_eq!(store.puts(), 1, "run {run}");
    }

    store.always(None);
    let mux = encrypting(spool.path(), &store).await;
    mux.resume(&connector('1').id);
    assert!(mux.drain(MINUTE).await.is_complete());
    assert_eq!(state(&mux), State::Running);
    mux.shutdown().await;
    let mux = encrypting(spool.path(), &store).await;
    assert_eq!(
        state(&mux),
        State::Running,
        "the first right answer ends it for good"
    );
    mux.shutdown().await;
}

#[tokio::test]
async fn an_operator_who_is_wrong_costs_one_more_object() {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    store.always(Some(Fault::Unencrypted));
    let mux = encrypting(spool.path(), &store).await;
    submit(&mux, 0, 30).await;
    mux.drain(MINUTE).await;
    let before = store.puts();
    mux.resume(&connector('1').id);
    mux.drain(MINUTE).await;
    assert_eq!(store.puts(), before + 1);
    assert_eq!(state(&mux), State::Blocked(Blockage::Encryption));
    mux.shutdown().await;
}

#[tokio::test]
async fn who_asks_for_nothing_any_more_is_not_held_up() {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    store.always(Some(Fault::Unencrypted));
    let mux = encrypting(spool.path(), &store).await;
    submit(&mux, 0, 1).await;
    mux.drain(MINUTE).await;
    mux.shutdown().await;

    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 1, 30).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
}
