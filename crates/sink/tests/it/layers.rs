//! The wrappers: the contract holds through each, and each adds what it says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bucketline_sink::fault::{Fault, FaultSink};
use bucketline_sink::layer::{CreateProof, Limit, Observe, Outcome, PrefixJail, ProtectionSeen, Timeout};
use bucketline_sink::{
    Effect, ErrorKind, MemorySink, ObjectKey, Operation, Payload, PutOptions, Sink, SinkExt, conformance,
};
use tokio::task::JoinSet;

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_through_every_layer() {
    let store = MemorySink::new().page_size(3);
    let jailed = PrefixJail::new(store, key("conformance"));
    let limited = Limit::new(Timeout::new(jailed, Duration::from_secs(60)), 3);
    let proven = CreateProof::new(limited, ProtectionSeen::default());
    let observed = Observe::new(proven, || Duration::ZERO, |_| {});
    let shared: Arc<dyn Sink> = Arc::new(observed);
    conformance::all(|| Arc::clone(&shared)).await.unwrap();
    conformance::if_match_guards(|| Arc::clone(&shared))
        .await
        .unwrap();
}

#[tokio::test]
async fn nothing_outside_the_folder_reaches_the_store() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    let sink = PrefixJail::new(store, key("acme/currents"));
    for outside in [
        "a",
        "acme",
        "acme/currents",
        "acme/currents2/a",
        "acme/Currents/a",
        "_bucketline/check",
    ] {
        let at = key(outside);
        let errors = [
            sink.put(&at, Payload::from("x"), &PutOptions::overwrite())
                .await
                .unwrap_err(),
            sink.head(&at).await.unwrap_err(),
            sink.get(&at).await.unwrap_err(),
            sink.delete(&at).await.unwrap_err(),
            sink.list(outside, None).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(
                (error.kind(), error.effect()),
                (&ErrorKind::OutsidePrefix, Effect::NotApplied),
                "{error}"
            );
            assert_eq!(error.key(), Some(outside));
        }
    }
    sink.list("", None).await.unwrap_err();
    for operation in [
        Operation::Put,
        Operation::Head,
        Operation::Get,
        Operation::Delete,
        Operation::List,
    ] {
        assert_eq!(faults.calls(operation), 0, "{operation}");
    }
    sink.put_bytes(&key("acme/currents/a"), "x").await.unwrap();
    assert_eq!(sink.list_all("acme/currents/").await.unwrap().len(), 1);
    assert_eq!(sink.to_string(), "memory below `acme/currents/`");
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_given_up() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    let sink = Timeout::new(store.clone(), Duration::from_millis(50));
    faults.inject(Fault::slow(Duration::from_secs(60)));
    let error = sink.put_bytes(&key("a"), "x").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::Unknown),
        "{error}"
    );
    let error = sink.get(&key("a")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::NotApplied),
        "{error}"
    );
    faults.clear();
    faults.inject(Fault::slow(Duration::from_millis(5)));
    let patient = Timeout::new(store, Duration::from_secs(60));
    patient.put_bytes(&key("a"), "x").await.unwrap();
}

#[tokio::test]
async fn no_more_calls_than_the_limit_are_under_way() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    faults.inject(Fault::slow(Duration::from_millis(50)));
    let under_way = Arc::new(AtomicU64::new(0));
    // The clock of an observer runs at the start and the end of each call: a counter of what is under way.
    let peak = Arc::new(AtomicU64::new(0));
    let (enter, leave, top) = (Arc::clone(&under_way), Arc::clone(&under_way), Arc::clone(&peak));
    let clock = move || {
        top.fetch_max(enter.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Duration::ZERO
    };
    // The clock is read twice for each call, and told of once.
    let observed = Observe::new(store, clock, move |_| _ = leave.fetch_sub(2, Ordering::SeqCst));
    let sink = Limit::new(observed, 2);
    let start = tokio::time::Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..10 {
        let sink = sink.clone();
        calls.spawn(async move { sink.put_bytes(&key(&number.to_string()), "x").await.unwrap() });
    }
    calls.join_all().await;
    // A machine may be slower than that, never faster.
    let elapsed = start.elapsed();
    assert!(
        elapsed >= Duration::from_millis(250),
        "ten calls of 50 ms each, two at a time: {elapsed:?}"
    );
    assert!(
        peak.load(Ordering::SeqCst) <= 3,
        "two under way, and the second reading of one that ends"
    );
}

#[tokio::test]
async fn an_observer_is_told_of_every_end_once() {
    let (store, faults) = FaultSink::new(MemorySink::new());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    // A clock that goes a second on each time it is read: at the start and at the end of each call.
    let clock = AtomicU64::new(0);
    let sink = Observe::new(
        store,
        move || Duration::from_secs(clock.fetch_add(1, Ordering::SeqCst)),
        move |call| {
            let outcome = match call.outcome {
                Outcome::Done => "done".to_owned(),
                Outcome::PreconditionFailed => "taken".to_owned(),
                Outcome::Failed(error) => error.kind().to_string(),
                Outcome::Dropped => "dropped".to_owned(),
            };
            let line = format!(
                "{} {} {outcome} {} {}",
                call.operation,
                call.key,
                call.bytes,
                call.duration.as_secs()
            );
            record.lock().unwrap().push(line);
        },
    );
    sink.put_bytes(&key("a"), "four").await.unwrap();
    sink.put_bytes(&key("a"), "five!").await.unwrap();
    sink.get(&key("a")).await.unwrap();
    sink.head(&key("b")).await.unwrap_err();
    faults.inject(Fault::slow(Duration::from_secs(60)));
    let _ = tokio::time::timeout(Duration::from_millis(20), sink.list("a", None)).await;
    faults.clear();
    sink.delete(&key("a")).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "put a done 4 1",
            "put a taken 5 1",
            "read a done 4 1",
            "look at b no such object 0 1",
            "list a dropped 0 1",
            "delete a done 0 1",
        ]
    );
}
