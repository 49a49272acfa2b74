//! The protocol's table of answers, through the driver: whatever the store does, each event arrives once.

use std::sync::Arc;

use bucketline_connector::{Blockage, State};
use bucketline_sink::{Encryption, ErrorKind, Operation, PutOptions, Sink, SinkExt};
use bucketline_spool::{Learnt, Log, Lsn, OpenOptions, OsDisk, Record, Spool};

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, start, submit};
use crate::scripted::{Fault, Scripted};

/// What the log says of its commits: how each was learnt, and whether after an unknown outcome.
fn commits(spool: &std::path::Path) -> Vec<(Learnt, bool)> {
    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), spool, OpenOptions::read_only()).unwrap();
    let mut commits = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Commit(commit) = frame.record {
            commits.push((commit.learnt, commit.after_unknown));
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    commits
}

/// Delivers one event through a store, and says what the log says of it.
async fn deliver_one(store: Scripted) -> ((Learnt, bool), Arc<Scripted>) {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(store));
    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 0, 1).await;
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "{report:?}");
    mux.shutdown().await;
    assert_exactly_once(&*store, "f1/", 1).await;
    (commits(spool.path())[0], store)
}

#[tokio::test]
async fn an_answered_put_is_a_commit() {
    let (commit, store) = deliver_one(Scripted::default()).await;
    assert_eq!(commit, (Learnt::Answered, false));
    assert_eq!(store.puts(), 1);
}

#[tokio::test]
async fn a_lost_reply_is_found_and_verified() {
    let lost = Fault::ReplyLost(ErrorKind::TimedOut);
    let (commit, _) = deliver_one(Scripted::default().then(Operation::Put, lost)).await;
    assert_eq!(commit, (Learnt::Verified, true));
}

#[tokio::test]
async fn a_lost_request_is_sent_again() {
    for kind in [
        ErrorKind::Busy,
        ErrorKind::Server,
        ErrorKind::Throttled,
        ErrorKind::Connection,
    ] {
        let lost = Fault::RequestLost(kind);
        let (commit, _) = deliver_one(Scripted::default().then(Operation::Put, lost)).await;
        assert_eq!(commit, (Learnt::Answered, true));
    }
}

#[tokio::test]
async fn a_success_of_something_in_between_is_settled_by_looking() {
    let (commit, store) = deliver_one(Scripted::default().then(Operation::Put, Fault::Impostor)).await;
    assert_eq!(commit, (Learnt::Answered, true));
    assert_eq!(store.puts(), 2, "nothing was there, and it is put again");
    let (commit, store) = deliver_one(Scripted::default().then(Operation::Put, Fault::Stripped)).await;
    assert_eq!(commit, (Learnt::Verified, true));
    assert_eq!(store.puts(), 1, "it was there, and is not put again");
}

#[tokio::test]
async fn a_sink_that_breaks_has_told_nothing() {
    let (commit, _) = deliver_one(Scripted::default().then(Operation::Put, Fault::Panic)).await;
    assert_eq!(commit, (Learnt::Answered, true));
}

#[tokio::test]
async fn a_late_request_and_its_repeat_make_one_object() {
    let (commit, _) = deliver_one(Scripted::default().then(Operation::Put, Fault::Late)).await;
    assert_eq!(commit, (Learnt::Verified, true));
}

#[tokio::test]
async fn a_refusal_is_probed_and_leaves_no_doubt() {
    let refused = Fault::Refuse(ErrorKind::AccessDenied);
    let store = Scripted::default()
        .then(Operation::Put, refused.clone())
        .then(Operation::Put, refused);
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(store));
    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 0, 1).await;
    let report = mux.drain(MINUTE).await;
    assert!(!report.is_complete());
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Auth));
    while mux.ledger().connector(connector('1').id.as_str()).delivered < 1 {
        tokio::task::yield_now().await;
    }
    mux.shutdown().await;
    assert_eq!(commits(spool.path()), [(Learnt::Answered, false)]);
}

#[tokio::test]
async fn what_cannot_be_looked_at_waits() {
    let store = Scripted::default()
        // Before anything is sealed: who may put need not be allowed to look.
        .then(Operation::List, Fault::Refuse(ErrorKind::AccessDenied))
        .then(Operation::Put, Fault::ReplyLost(ErrorKind::TimedOut))
        .then(Operation::List, Fault::Refuse(ErrorKind::AccessDenied))
        .then(Operation::Head, Fault::Refuse(ErrorKind::Throttled));
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(store));
    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 0, 1).await;
    let report = mux.drain(MINUTE).await;
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Auth));
    assert!(mux.drain(MINUTE).await.is_complete(), "a new drain looks again");
    mux.shutdown().await;
    assert_eq!(commits(spool.path()), [(Learnt::Verified, true)]);
}

#[tokio::test]
async fn a_blocked_drain_ends_with_the_cause_and_a_wake_delivers() {
    let (spool, store) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    let mux = start(spool.path(), store.clone()).await;
    store.always(Some(Fault::Refuse(ErrorKind::NoSuchBucket)));
    submit(&mux, 0, 30).await;
    let report = mux.drain(MINUTE).await;
    let blocked = &report.connectors[0];
    assert!(!report.timed_out);
    assert_eq!(
        (blocked.state, blocked.pending),
        (State::Blocked(Blockage::Bucket), 30)
    );
    let cause = blocked.cause.clone().unwrap();
    assert_eq!(
        (cause.code.as_deref(), cause.request_id.as_deref()),
        (Some("Scripted"), Some("REQ1"))
    );
    assert!(!cause.advice.is_empty());

    store.always(None);
    mux.wake(&connector('1').id);
    assert!(mux.drain(MINUTE).await.is_complete());
    assert_eq!(mux.status()[0].state, State::Running);
    mux.shutdown().await;
    assert_exactly_once(&*store, "f1/", 30).await;
}

#[tokio::test]
async fn a_foreign_object_stops_its_lane_alone_and_is_never_overwritten() {
    let spool = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default());
    store.always(Some(Fault::RequestLost(ErrorKind::Server)));
    let mut sealed = Vec::new();
    for _ in 0..100 {
        let mux = start(spool.path(), store.clone()).await;
        submit(&mux, 0, 3).await;
        let _ = mux.drain(std::time::Duration::from_millis(50)).await;
        mux.shutdown().await;
        sealed = sealed_keys(spool.path());
        if sealed.len() == 3 {
            break;
        }
    }
    assert_eq!(sealed.len(), 3);
    store
        .memory
        .put_bytes(&sealed[0].parse().unwrap(), "mine")
        .await
        .unwrap();

    store.always(None);
    let mux = start(spool.path(), store.clone()).await;
    let report = mux.drain(MINUTE).await;
    assert_eq!(
        (report.connectors[0].delivered, report.connectors[0].pending),
        (2, 1)
    );
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Conflict));
    let status = mux.status();
    assert_eq!(status[0].conflicts[0].key, sealed[0]);
    mux.shutdown().await;
    assert_eq!(
        store.get(&sealed[0].parse().unwrap()).await.unwrap().payload,
        "mine"
    );
}

fn sealed_keys(spool: &std::path::Path) -> Vec<String> {
    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), spool, OpenOptions::read_only()).unwrap();
    let mut keys = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Seal(seal) = frame.record {
            keys.push(seal.key);
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    keys
}

#[tokio::test]
async fn half_an_object_under_whole_metadata_is_a_conflict() {
    let spool = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default().then(Operation::Put, Fault::ReplyLost(ErrorKind::TimedOut)));
    let mux = start(spool.path(), store.clone()).await;
    submit(&mux, 0, 1).await;
    // The first look finds the put's answer lost; stop before a second one finds the object.
    store.always(Some(Fault::Hang));
    while store.puts() < 2 {
        let _ = mux.drain(std::time::Duration::from_millis(1)).await;
    }
    store.always(None);
    mux.shutdown().await;
    let key = sealed_keys(spool.path())[0].parse().unwrap();
    let whole = store.get(&key).await.unwrap();
    store.delete(&key).await.unwrap();
    let options = whole
        .info
        .metadata
        .iter()
        .fold(PutOptions::create(), |options, (name, value)| {
            options.metadata(name, value)
        });
    let half = whole.payload.slice(..whole.payload.len() / 2);
    store.memory.put(&key, half.into(), &options).await.unwrap();

    let mux = start(spool.path(), store.clone()).await;
    let report = mux.drain(MINUTE).await;
    assert_eq!(report.connectors[0].state, State::Blocked(Blockage::Conflict));
    mux.shutdown().await;
}

#[tokio::test]
async fn encryption_that_was_not_applied_is_flagged_and_blocks() {
    let spool = tempfile::tempdir().unwrap();
    let store = Arc::new(Scripted::default().then(Operation::Put, Fault::Unencrypted));
    let mux = builder(spool.path())
        .connector(connector('1').encryption(Encryption::Aes256), store.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 1).await;
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "the object is there, and counts");
    assert_eq!(mux.status()[0].state, State::Blocked(Blockage::Encryption));
    mux.shutdown().await;
    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), spool.path(), OpenOptions::read_only()).unwrap();
    let mut flags = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Commit(commit) = frame.record {
            flags.push((commit.encrypted_as_asked, commit.encryption));
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(flags, [(false, "none".to_owned())]);
}
