//! What is held for a connector beyond its quota is given up, from the end that it asks for, and accounted for.

use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{GivesUp, Multiplexer, Quota};
use bucketline_sink::ErrorKind;

use crate::fixture::{MINUTE, builder, connector, delivered, submit};
use crate::scripted::{Fault, Scripted};

/// 30 events in batches of 3, of which 9 may be held, into a bucket that refuses; then it takes them. Which events arrive.
async fn held_to_nine(gives_up: GivesUp) -> Vec<u64> {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(Scripted::default()));
    bucket.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    let config = connector('1').quota(Quota::of_events(9).gives_up(gives_up));
    let mux = builder(spool.path())
        .connector(config.clone(), bucket.clone())
        .connector(connector('2'), bucket.clone())
        .start()
        .await
        .unwrap();
    for batch in 0..10 {
        submit(&mux, 3 * batch, 3 * batch + 3).await;
    }
    let counts = |mux: &Multiplexer, id: &str| mux.ledger().connector(id);
    for _ in 0..500 {
        if counts(&mux, config.id.as_str()).pending <= 9 {
            break;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a test waits for what goes on by itself"
        )]
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let ledger = mux.ledger();
    assert!(ledger.balances());
    let own = counts(&mux, config.id.as_str());
    assert_eq!((own.admitted, own.dropped, own.pending), (30, 21, 9));
    let reasons = ledger.given_up(config.id.as_str(), "mail.Open");
    assert!(
        reasons
            .into_iter()
            .all(|given_up| given_up.reason.as_str() == "quota" && given_up.known)
    );
    assert_eq!(
        counts(&mux, connector('2').id.as_str()).dropped,
        0,
        "nobody else loses anything"
    );

    // A restart counts the same.
    mux.shutdown().await;
    bucket.always(None);
    let mux = builder(spool.path())
        .connector(config.clone(), bucket.clone())
        .connector(connector('2'), bucket.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(counts(&mux, config.id.as_str()).dropped, 21);
    assert!(mux.drain(MINUTE).await.is_complete());
    assert_eq!(delivered(&*bucket, "f2/").await.len(), 30);
    mux.shutdown().await;
    let arrived = delivered(&*bucket, "f1/").await;
    assert!(arrived.values().all(|times| *times == 1));
    arrived.into_keys().collect()
}

#[tokio::test]
async fn the_oldest_events_make_room_for_the_newest() {
    assert_eq!(held_to_nine(GivesUp::Oldest).await, (21..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn or_the_newest_are_not_taken_in() {
    assert_eq!(held_to_nine(GivesUp::Newest).await, (0..9).collect::<Vec<_>>());
}
