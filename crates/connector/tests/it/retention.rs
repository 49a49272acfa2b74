//! What cannot be delivered within the retention is given up and accounted for; whether it may have been delivered is found out.

use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{Loss, Multiplexer};
use bucketline_sink::{ErrorKind, Operation};

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, hasty, submit};
use crate::scripted::{Fault, Scripted};

const RETENTION: Duration = Duration::from_millis(300);

async fn start(spool: &std::path::Path, bucket: &Arc<Scripted>) -> Multiplexer {
    builder(spool)
        .settings(hasty().retention(RETENTION))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap()
}

async fn wait(how_long: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test waits for what goes on by itself"
    )]
    tokio::time::sleep(how_long).await;
}

#[tokio::test]
async fn what_a_store_refuses_for_too_long_is_given_up_and_accounted_for() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    bucket.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    let mux = start(spool.path(), &bucket).await;
    submit(&mux, 0, 30).await;
    let id = connector('1').id;
    for _ in 0..500 {
        if mux.ledger().connector(id.as_str()).dropped == 30 {
            break;
        }
        wait(Duration::from_millis(20)).await;
    }
    let check = |mux: &Multiplexer| {
        let ledger = mux.ledger();
        let counts = ledger.connector(id.as_str());
        assert_eq!((counts.dropped, counts.pending), (30, 0));
        assert!(ledger.balances());
        let given_up: Vec<_> = ledger.given_up(id.as_str(), "mail.Open").collect();
        assert_eq!(given_up.len(), 1);
        assert_eq!(
            (given_up[0].reason.as_str(), given_up[0].known),
            ("retention", true)
        );
        assert_eq!(given_up[0].count, 10);
    };
    check(&mux);
    // The bucket is back: what comes from now on is delivered, also into lanes of which something was given up.
    bucket.always(None);
    mux.wake(&id);
    mux.shutdown().await;
    let mux = start(spool.path(), &bucket).await;
    check(&mux);
    submit(&mux, 30, 60).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    let events = crate::fixture::delivered(&*bucket, "f1/").await;
    assert!(events.into_iter().eq((30..60).map(|id| (id, 1))));
    mux.shutdown().await;
}

#[tokio::test]
async fn what_waits_for_its_object_to_fill_is_delivered_within_the_retention() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    let settings = hasty().retention(Duration::from_secs(3)).seal_age(MINUTE);
    let mux = builder(spool.path())
        .settings(settings)
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 3).await;
    let id = connector('1').id;
    for _ in 0..500 {
        if mux.ledger().connector(id.as_str()).pending == 0 {
            break;
        }
        wait(Duration::from_millis(20)).await;
    }
    let counts = mux.ledger().connector(id.as_str());
    assert_eq!((counts.delivered, counts.dropped), (3, 0));
    mux.shutdown().await;
}

/// One event whose put ends like this, and all later ones are refused, until it is given up.
async fn given_up_in_doubt(fault: Fault) -> (tempfile::TempDir, Arc<Scripted>, Multiplexer) {
    let bucket = Scripted::default().then(Operation::Put, fault);
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(bucket));
    let mux = builder(spool.path())
        .settings(hasty().retention(RETENTION).quiet(RETENTION).seal_count(1))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 1).await;
    bucket.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    (spool, bucket, mux)
}

/// Waits until what was given up is settled: delivered and dropped, and whether that is known.
async fn settled(mux: &Multiplexer) -> (u64, u64, Vec<bool>) {
    let id = connector('1').id;
    let counts = |mux: &Multiplexer| {
        let ledger = mux.ledger();
        assert!(ledger.balances());
        let counts = ledger.connector(id.as_str());
        let known = ledger
            .given_up(id.as_str(), "mail.Open")
            .map(|given_up| given_up.known);
        (
            counts.pending,
            (counts.delivered, counts.dropped, known.collect::<Vec<_>>()),
        )
    };
    for _ in 0..500 {
        let (pending, known) = counts(mux);
        if pending == 0 && !known.2.contains(&false) {
            break;
        }
        wait(Duration::from_millis(20)).await;
    }
    counts(mux).1
}

#[tokio::test]
async fn what_was_delivered_without_an_answer_is_found_once_it_is_given_up() {
    let (spool, bucket, mux) = given_up_in_doubt(Fault::ReplyLost(ErrorKind::TimedOut)).await;
    assert_eq!(settled(&mux).await, (1, 0, vec![]));
    assert_eq!(mux.ledger().objects(connector('1').id.as_str()), 1);
    bucket.always(None);
    // The lane goes on behind the object that was found: three events further is the next of its type.
    submit(&mux, 1, 4).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    assert_exactly_once(&*bucket, "f1/", 4).await;
    mux.shutdown().await;
    let mux = start(spool.path(), &bucket).await;
    assert_eq!(settled(&mux).await.1, 0);
    mux.shutdown().await;
}

#[tokio::test]
async fn what_never_arrived_is_known_to_be_lost_once_nothing_can_arrive_any_more() {
    let (_spool, bucket, mux) = given_up_in_doubt(Fault::RequestLost(ErrorKind::TimedOut)).await;
    assert_eq!(settled(&mux).await, (0, 1, vec![true]));
    bucket.always(None);
    submit(&mux, 1, 4).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    let events = crate::fixture::delivered(&*bucket, "f1/").await;
    assert!(events.into_iter().eq((1..4).map(|id| (id, 1))));
    mux.shutdown().await;
}

#[tokio::test]
async fn a_restart_remembers_what_was_given_up_in_doubt() {
    let (spool, bucket, mux) = given_up_in_doubt(Fault::RequestLost(ErrorKind::TimedOut)).await;
    for _ in 0..500 {
        if mux.ledger().connector(connector('1').id.as_str()).dropped == 1 {
            break;
        }
        wait(Duration::from_millis(10)).await;
    }
    mux.shutdown().await;
    bucket.always(None);
    let mux = builder(spool.path())
        .settings(hasty().retention(RETENTION).quiet(RETENTION))
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(settled(&mux).await, (0, 1, vec![true]));
    mux.shutdown().await;
}

/// A program that is started again and again, and does nothing in between, comes to the end of a retention all the same.
#[tokio::test]
async fn restarts_do_not_put_off_the_end_of_a_retention() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::missing()));
    let id = connector('1').id;
    let mut dropped = 0;
    for run in 0..100 {
        let settings = hasty().retention(Duration::from_secs(1));
        let mux = builder(spool.path())
            .settings(settings)
            .connector(connector('1'), bucket.clone())
            .start()
            .await
            .unwrap();
        if run == 0 {
            submit(&mux, 0, 3).await;
        }
        wait(Duration::from_millis(250)).await;
        dropped = mux.ledger().connector(id.as_str()).dropped;
        mux.shutdown().await;
        if dropped == 3 {
            break;
        }
    }
    assert_eq!(dropped, 3);
}

/// Half, three quarters and nine tenths of the retention are told before anything is given up, each once.
#[tokio::test]
async fn a_loss_is_told_before_it_happens_and_when_it_does() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::missing()));
    let mux = builder(spool.path())
        .settings(hasty().retention(Duration::from_secs(2)))
        .connector(connector('1'), bucket)
        .start()
        .await
        .unwrap();
    let mut losses = mux.losses();
    submit(&mux, 0, 3).await;
    let (mut told, mut given_up) = (Vec::new(), 0);
    while given_up < 3 {
        let loss = tokio::time::timeout(MINUTE, losses.next())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(loss.connector(), connector('1').id.as_str());
        match loss {
            Loss::Ahead {
                percent,
                events_held,
                left,
                ..
            } => {
                assert_eq!((given_up, events_held), (0, 3));
                assert!(left <= Duration::from_secs(1));
                told.push(percent);
            }
            Loss::GivenUp {
                events,
                reason,
                known,
                ..
            } => {
                assert_eq!((reason.as_str(), known), ("retention", true));
                given_up += events;
            }
            other => panic!("{other:?}"),
        }
    }
    // A machine that is busy may sleep over one of them, but not over all.
    assert!(
        !told.is_empty()
            && told.is_sorted_by(|a, b| a < b)
            && told.iter().all(|percent| [50, 75, 90].contains(percent))
    );
    assert_eq!(losses.try_next(), None);
    mux.shutdown().await;
    assert_eq!(losses.next().await, None);
}
