//! The layer that tries again: what time may cure, within its budget, and never a put that may have been done.

use std::sync::Arc;
use std::time::Duration;

use bucketline_sink::fault::{Fault, FaultSink};
use bucketline_sink::layer::{Retry, RetrySettings};
use bucketline_sink::{
    Effect, ErrorKind, MemorySink, ObjectKey, Operation, Payload, PutOptions, Sink, SinkExt as _, conformance,
};

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

fn quick() -> RetrySettings {
    RetrySettings::default().pauses(Duration::from_millis(1), Duration::from_millis(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_through_it() {
    let shared: Arc<dyn Sink> = Arc::new(Retry::new(MemorySink::new().page_size(3), quick()));
    conformance::all(|| Arc::clone(&shared)).await.unwrap();
}

#[tokio::test]
async fn a_read_is_tried_again_while_time_may_cure_it() {
    for (kind, failures, attempts, works) in [
        (ErrorKind::Server, 2, 3, true),
        (ErrorKind::Throttled, 2, 3, true),
        (ErrorKind::Corrupt, 2, 3, true),
        (ErrorKind::Connection, 5, 3, false),
        (ErrorKind::AccessDenied, 1, 1, false),
        (ErrorKind::NotFound, 1, 1, false),
    ] {
        let (store, faults) = FaultSink::new(MemorySink::new());
        let sink = Retry::new(store, quick().attempts(3));
        sink.put_bytes(&key("a"), "x").await.unwrap();
        faults.inject(Fault::fail(kind.clone()).on(Operation::Get).times(failures));
        assert_eq!(sink.get(&key("a")).await.is_ok(), works, "{kind:?}");
        assert_eq!(faults.calls(Operation::Get), attempts, "{kind:?}");
    }
}

#[tokio::test]
async fn a_put_that_may_have_been_done_is_never_repeated() {
    for (effect, attempts) in [(Effect::Unknown, 1), (Effect::NotApplied, 2)] {
        let (store, faults) = FaultSink::new(MemorySink::new());
        let sink = Retry::new(store, quick());
        faults.inject(
            Fault::fail_with(ErrorKind::Server, effect)
                .on(Operation::Put)
                .times(1),
        );
        let put = sink
            .put(&key("a"), Payload::from("x"), &PutOptions::create())
            .await;
        assert_eq!(put.is_ok(), effect == Effect::NotApplied);
        assert_eq!(faults.calls(Operation::Put), attempts, "{effect:?}");
    }
}

#[tokio::test]
async fn a_store_in_trouble_is_not_asked_more_than_the_budget_allows() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    let sink = Retry::new(store, quick().budget(5));
    faults.inject(Fault::fail(ErrorKind::Server));
    for _ in 0..20 {
        assert!(sink.clone().head(&key("a")).await.is_err());
    }
    assert_eq!(faults.calls(Operation::Head), 20 + 5);
    faults.clear();
    sink.put_bytes(&key("a"), "x").await.unwrap();
    for _ in 0..9 {
        sink.head(&key("a")).await.unwrap();
    }
    faults.inject(Fault::fail(ErrorKind::Server));
    assert!(sink.head(&key("a")).await.is_err());
    assert_eq!(
        faults.calls(Operation::Head),
        20 + 5 + 9 + 2,
        "ten successes are one repeat"
    );
}

#[tokio::test]
async fn no_attempt_begins_after_the_deadline() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    let settings = quick()
        .pauses(Duration::from_secs(60), Duration::from_secs(60))
        .deadline(Duration::from_secs(1));
    let sink = Retry::new(store, settings);
    faults.inject(Fault::fail(ErrorKind::Server));
    assert!(sink.head(&key("a")).await.is_err());
    assert_eq!(faults.calls(Operation::Head), 1);
}
