//! What is told of a connector's state: when it changes, why, and whose turn it is.

use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{Blockage, Party, State, StateChange, StateChanges};
use bucketline_sink::{ErrorKind, MemorySink};

use crate::fixture::{MINUTE, builder, connector, start, submit};
use crate::scripted::{Fault, Scripted};

async fn next(changes: &mut StateChanges) -> StateChange {
    let change = tokio::time::timeout(MINUTE, changes.next()).await;
    change.unwrap().unwrap()
}

#[tokio::test]
async fn a_change_is_told_with_its_cause_and_whose_turn_it_is() {
    let spool = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    let mux = start(spool.path(), store.clone()).await;
    let mut changes = mux.changes();
    submit(&mux, 0, 9).await;
    mux.drain(MINUTE).await;
    assert!(mux.status()[0].last_delivered.is_some());
    assert!(changes.try_next().is_none(), "it runs, as it did before");

    let cases = [
        (ErrorKind::AccessDenied, Blockage::Auth, Party::Customer),
        (ErrorKind::NoSuchBucket, Blockage::Bucket, Party::Customer),
        (ErrorKind::OwnCredentials, Blockage::Vendor, Party::Us),
        (ErrorKind::ClockSkew, Blockage::Auth, Party::Us),
        (ErrorKind::DiskFull, Blockage::Quota, Party::Us),
    ];
    for ((kind, blockage, turn), from) in cases.into_iter().zip((9..).step_by(9)) {
        store.always(Some(Fault::Refuse(kind.clone())));
        submit(&mux, from, from + 9).await;
        assert!(!mux.drain(MINUTE).await.is_complete());
        let blocked = next(&mut changes).await;
        assert_eq!(blocked.before, State::Running);
        assert_eq!(blocked.now.state, State::Blocked(blockage), "{kind:?}");
        assert_eq!(blocked.now.cause.as_ref().unwrap().turn, turn, "{kind:?}");
        assert_eq!(blocked.now.workspace, "acme");
        let status = &mux.status()[0];
        assert_eq!(status.state, blocked.now.state);
        assert!(status.next_probe.is_some() && status.since < MINUTE);

        store.always(None);
        assert!(mux.drain(MINUTE).await.is_complete());
        let again = next(&mut changes).await;
        assert_eq!(
            (again.before, again.now.state),
            (State::Blocked(blockage), State::Running)
        );
        assert!(again.now.last_delivered.is_some());
    }
    mux.shutdown().await;
    assert!(changes.next().await.is_none());
}

#[tokio::test]
async fn another_connector_s_trouble_is_not_told_of_this_one() {
    let spool = tempfile::tempdir().unwrap();
    let refusing = Arc::new(Scripted::default());
    refusing.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    let mux = builder(spool.path())
        .connector(connector('1'), Arc::new(MemorySink::new()))
        .connector(connector('2'), refusing)
        .start()
        .await
        .unwrap();
    let mut changes = mux.changes();
    submit(&mux, 0, 9).await;
    mux.drain(Duration::from_secs(10)).await;
    mux.shutdown().await;
    let mut told = Vec::new();
    while let Some(change) = changes.next().await {
        told.push((change.now.id, change.now.state));
    }
    assert_eq!(told, [("2".repeat(24), State::Blocked(Blockage::Auth))]);
}
