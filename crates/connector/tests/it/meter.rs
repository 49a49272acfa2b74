//! What is measured is what happened.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bucketline_connector::{Batch, Delivered, Line, Meter};
use bucketline_sink::{ErrorKind, MemorySink, Operation};
use bucketline_spool::{Learnt, Rejects, Sequence, SourceId};

use crate::fixture::{MINUTE, builder, connector, submit};
use crate::scripted::{Fault, Scripted};

#[derive(Debug, Clone, Default)]
struct Counting(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    delivered: Vec<Delivered>,
    reasons: Vec<String>,
    flushes: usize,
}

impl Meter for Counting {
    fn delivered(&self, delivery: &Delivered) {
        self.0.lock().unwrap().delivered.push(delivery.clone());
    }

    fn refused(&self, rejects: &Rejects) {
        let reasons = rejects.lines.iter().map(|line| line.reason.clone());
        self.0.lock().unwrap().reasons.extend(reasons);
    }

    fn flushed(&self, _: Duration) {
        self.0.lock().unwrap().flushes += 1;
    }
}

#[tokio::test]
async fn every_object_is_measured_once_with_how_it_was_learnt() {
    let spool = tempfile::tempdir().unwrap();
    let meter = Counting::default();
    let store = Scripted::default().then(Operation::Put, Fault::ReplyLost(ErrorKind::TimedOut));
    let mux = builder(spool.path())
        .connector(connector('1'), Arc::new(store))
        .meter(meter.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 30).await;
    let refused = Batch::new(SourceId::from_bytes([3; 16]), Sequence::Key([1; 16]), "x")
        .lines([Line::new(1, 0, "no JSON"), Line::new(2, 8, "{}")]);
    mux.submit(refused).await.unwrap();
    let report = mux.drain(MINUTE).await;
    mux.shutdown().await;

    let counts = meter.0.lock().unwrap();
    assert_eq!(counts.delivered.len() as u64, report.connectors[0].objects);
    let events: u64 = counts.delivered.iter().map(|object| object.events).sum();
    assert_eq!(events, 30);
    let verified = counts
        .delivered
        .iter()
        .filter(|object| object.learnt == Learnt::Verified);
    assert_eq!(verified.count(), 1, "the one whose answer was lost");
    for object in &counts.delivered {
        assert!(object.bytes > 0 && object.delay < MINUTE && object.connector == "1".repeat(24));
    }
    assert_eq!(counts.reasons, ["not_an_envelope", "not_an_envelope"]);
    assert!(counts.flushes > 0);
}

/// A lane that an earlier run left is done, and forgotten, with its last object.
#[tokio::test]
async fn the_last_delivery_of_a_lane_that_is_done_is_known_too() {
    let spool = tempfile::tempdir().unwrap();
    let refusing = Arc::new(Scripted::default());
    refusing.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    let mux = builder(spool.path())
        .connector(connector('1'), refusing)
        .start()
        .await
        .unwrap();
    submit(&mux, 0, 9).await;
    mux.shutdown().await;

    let meter = Counting::default();
    let mux = builder(spool.path())
        .connector(connector('1'), Arc::new(MemorySink::new()))
        .meter(meter.clone())
        .start()
        .await
        .unwrap();
    assert!(mux.drain(MINUTE).await.is_complete());
    assert!(mux.status()[0].last_delivered.is_some());
    assert_eq!(meter.0.lock().unwrap().delivered.len(), 3);
    mux.shutdown().await;
}
