//! The faulty sink: transparent without faults, and each fault as its name says.

use bucketline_sink::fault::{Fault, FaultHandle, FaultSink};
use bucketline_sink::{
    Effect, Encryption, EncryptionSeen, ErrorKind, MemorySink, ObjectKey, Operation, Payload, PutOptions,
    PutOutcome, Sink, SinkExt, conformance,
};

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

fn faulty() -> (FaultSink<MemorySink>, FaultHandle) {
    FaultSink::new(MemorySink::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_faults_it_keeps_the_contract() {
    let (sink, faults) = faulty();
    conformance::all(|| sink.clone()).await.unwrap();
    conformance::if_match_guards(|| sink.clone()).await.unwrap();
    assert_eq!(faults.faults(), 0);
    assert!(faults.calls(Operation::Put) > 10);
}

#[tokio::test]
async fn a_failed_call_did_nothing() {
    let (sink, faults) = faulty();
    faults.inject(Fault::fail(ErrorKind::Throttled).on(Operation::Put).times(1));
    faults.inject(Fault::fail(ErrorKind::AccessDenied).on(Operation::Put).times(1));
    for (kind, effect) in [
        (ErrorKind::Throttled, Effect::Unknown),
        (ErrorKind::AccessDenied, Effect::NotApplied),
    ] {
        let error = sink.put_bytes(&key("a"), "x").await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (&kind, effect));
        assert!(!sink.inner().exists(&key("a")).await.unwrap());
    }
    assert!(matches!(
        sink.put_bytes(&key("a"), "x").await.unwrap(),
        PutOutcome::Created(_)
    ));
}

#[tokio::test]
async fn a_lost_reply_is_of_a_call_that_was_done() {
    let (sink, faults) = faulty();
    faults.inject(Fault::reply_lost().times(2));
    let error = sink.put_bytes(&key("a"), "x").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::Unknown)
    );
    assert!(sink.inner().exists(&key("a")).await.unwrap());
    assert_eq!(
        sink.delete(&key("a")).await.unwrap_err().effect(),
        Effect::Unknown
    );
    assert!(!sink.inner().exists(&key("a")).await.unwrap());
}

#[tokio::test]
async fn a_late_request_arrives_when_it_is_let() {
    let (sink, faults) = faulty();
    faults.inject(Fault::late().on(Operation::Put).times(2));
    for name in ["a", "b"] {
        assert_eq!(
            sink.put_bytes(&key(name), "late").await.unwrap_err().effect(),
            Effect::Unknown
        );
    }
    assert_eq!((faults.late(), sink.inner().len()), (2, 0));
    sink.put_bytes(&key("b"), "in time").await.unwrap();
    let answers = sink.deliver_late().await;
    assert!(matches!(
        answers.as_slice(),
        [Ok(PutOutcome::Created(_)), Ok(PutOutcome::PreconditionFailed)]
    ));
    assert_eq!(sink.get(&key("a")).await.unwrap().payload, "late");
    assert_eq!(sink.get(&key("b")).await.unwrap().payload, "in time");
    assert_eq!(faults.late(), 0);
}

#[tokio::test]
async fn a_dropped_encryption_is_echoed_as_none() {
    let (sink, faults) = faulty();
    faults.inject(Fault::wrong_encryption().on(Operation::Put));
    let options = PutOptions::create().encryption(Encryption::Aes256);
    let outcome = sink.put(&key("a"), Payload::from("x"), &options).await.unwrap();
    assert!(matches!(outcome, PutOutcome::Created(receipt) if receipt.encryption == EncryptionSeen::None));
}

#[tokio::test]
async fn a_fault_can_be_narrowed() {
    let (sink, faults) = faulty();
    let fault = Fault::fail(ErrorKind::Server).on(Operation::Put).prefix("acme/");
    faults.inject(fault.after(1).times(1));
    assert!(sink.put_bytes(&key("globex/1"), "x").await.is_ok());
    assert!(
        sink.put_bytes(&key("acme/1"), "x").await.is_ok(),
        "the first is let through"
    );
    assert!(sink.list("acme/", None).await.is_ok());
    assert!(sink.put_bytes(&key("acme/2"), "x").await.is_err());
    assert!(sink.put_bytes(&key("acme/3"), "x").await.is_ok(), "used up");
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let (sink, faults) = faulty();
        faults.inject(Fault::fail(ErrorKind::Server).chance(300, seed));
        let mut run = Vec::new();
        for number in 0..200 {
            run.push(sink.put_bytes(&key(&number.to_string()), "x").await.is_ok());
        }
        assert!(
            (20..120).contains(&faults.faults()),
            "about three in ten fail: {}",
            faults.faults()
        );
        runs.push(run);
    }
    assert!(runs.first() == runs.get(1) && runs.get(1) != runs.get(2));
}
