//! The counts, and that a restart recounts them to the same.

use std::sync::Arc;

use bucketline_connector::{Batch, Ledger, Line};
use bucketline_sink::MemorySink;
use bucketline_spool::Sequence;

use crate::fixture::{MINUTE, SOURCE, batch, connector, line, start};

#[tokio::test]
async fn every_line_and_event_is_counted_over_restarts() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    let lines = [
        Line::new(1, 0, line("mail.Open", 1)),
        Line::new(2, 100, "no JSON"),
        Line::new(3, 200, line("mail.Shut", 1)),
        Line::new(4, 300, line("mail.Open", 2).replace("acme", "nobody")),
        Line::oversized(5, 400),
    ];
    let mixed = Batch::new(SOURCE, Sequence::Key([1; 16]), "mixed").lines(lines);
    let accepted = mux.submit(mixed.clone()).await.unwrap();
    assert_eq!((accepted.accepted, accepted.rejected), (1, 4));
    assert_eq!(mux.submit(mixed).await.unwrap().duplicate, 5);
    mux.submit(batch(0, 30)).await.unwrap();
    let before = mux.ledger();
    assert_counts(&before, 0);
    assert!(mux.drain(MINUTE).await.is_complete());
    let after = mux.ledger();
    assert_counts(&after, 31);
    mux.shutdown().await;

    let mux = start(spool.path(), bucket).await;
    assert_eq!(mux.ledger(), after);
    mux.shutdown().await;
}

fn assert_counts(ledger: &Ledger, delivered: u64) {
    assert!(ledger.balances());
    let lines: Vec<_> = ledger
        .workspaces()
        .map(|(id, l)| (id.to_owned(), l.received, l.accepted, l.duplicate, l.rejected))
        .collect();
    assert_eq!(
        lines,
        [(String::new(), 6, 0, 3, 3), ("acme".to_owned(), 34, 31, 2, 1)]
    );
    let events = ledger.connector(connector('1').id.as_str());
    assert_eq!(
        (events.admitted, events.delivered, events.dropped),
        (31, delivered, 0)
    );
    assert_eq!(events.pending(), 31 - delivered);
    assert_eq!(ledger.connectors().count(), 3, "per event type");
}
