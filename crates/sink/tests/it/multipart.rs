//! Objects in parts, over memory and over a folder: the writer's cuts, what it does when calls fail, and what it leaves behind.

use std::sync::Arc;

use bucketline_sink::fault::{Fault, FaultSink};
use bucketline_sink::layer::{Limit, Observe, PrefixJail, Retry, RetrySettings, Timeout};
use bucketline_sink::{
    Effect, Error, ErrorKind, MemorySink, MultipartSink, ObjectKey, ObjectWriter, Operation, PutOptions,
    PutOutcome, Sink, SinkExt, WriterSettings, conformance,
};
use bytes::Bytes;
use proptest::prelude::*;
use std::time::Duration;

fn small() -> MemorySink {
    MemorySink::new().with_part_limits(10, 10_000)
}

fn key() -> ObjectKey {
    "reports/a.csv".parse().unwrap()
}

fn writer(sink: impl MultipartSink) -> ObjectWriter {
    let settings = WriterSettings::default().part_size(10).concurrency(2);
    ObjectWriter::new(Arc::new(sink), key(), PutOptions::create(), settings)
}

async fn write(mut writer: ObjectWriter, bytes: &'static [u8]) -> Result<PutOutcome, Error> {
    for piece in bytes.chunks(7) {
        writer.write(piece).await?;
    }
    writer.finish().await
}

const TEXT: &[u8] = b"thirty-five bytes of text, and more.";

#[tokio::test]
async fn sinks_keep_the_contract_of_uploads() {
    let sink = small();
    conformance::uploads(|| sink.clone()).await.unwrap();
    let sink = small();
    conformance::uploads(|| PrefixJail::new(sink.clone(), "conformance".parse().unwrap()))
        .await
        .unwrap();
}

#[tokio::test]
async fn layers_pass_uploads_on() {
    let sink = small();
    let layered = || {
        let timed = Timeout::new(Limit::new(sink.clone(), 2), Duration::from_secs(60));
        Observe::new(
            Retry::new(timed, RetrySettings::default()),
            || Duration::ZERO,
            |_| {},
        )
    };
    conformance::uploads(layered).await.unwrap();
    let jail = PrefixJail::new(sink, "elsewhere".parse().unwrap());
    let error = write(writer(jail), TEXT).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OutsidePrefix);
}

#[tokio::test]
async fn what_is_small_is_one_put_and_what_is_large_comes_in_parts() {
    for (bytes, puts, parts) in [
        (&TEXT[..0], 1, 0),
        (&TEXT[..9], 1, 0),
        (&TEXT[..10], 0, 1),
        (TEXT, 0, 4),
    ] {
        let sink = small();
        let (faulty, calls) = FaultSink::new(sink.clone());
        assert!(matches!(
            write(writer(faulty), bytes).await.unwrap(),
            PutOutcome::Created(_)
        ));
        assert_eq!(sink.get(&key()).await.unwrap().payload, bytes);
        let made = (calls.calls(Operation::Put), calls.calls(Operation::PutPart));
        assert_eq!(made, (puts, parts), "{} bytes", bytes.len());
        assert_eq!(sink.pending_uploads(), 0);
    }
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking() {
    for (bytes, operation) in [(&TEXT[..5], Operation::Put), (TEXT, Operation::CompleteUpload)] {
        let sink = small();
        let (faulty, faults) = FaultSink::new(sink.clone());
        faults.inject(Fault::reply_lost().on(operation).times(1));
        let outcome = write(writer(faulty), bytes).await.unwrap();
        assert!(
            matches!(outcome, PutOutcome::Created(_)),
            "{operation}: {outcome:?}"
        );
        assert_eq!(sink.get(&key()).await.unwrap().payload, bytes);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_while_another_object_lies_there_is_an_error() {
    let sink = small();
    sink.put_bytes(&key(), "somebody else's").await.unwrap();
    let (faulty, faults) = FaultSink::new(sink.clone());
    faults.inject(
        Fault::fail(ErrorKind::TimedOut)
            .on(Operation::CompleteUpload)
            .times(1),
    );
    let error = write(writer(faulty), TEXT).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::Unknown)
    );
    assert_eq!(sink.pending_uploads(), 0, "what was sent is removed");
    assert_eq!(sink.get(&key()).await.unwrap().payload, "somebody else's");
}

#[tokio::test]
async fn whatever_fails_leaves_no_parts_behind() {
    for operation in [Operation::PutPart, Operation::CompleteUpload] {
        let sink = small();
        let (faulty, faults) = FaultSink::new(sink.clone());
        faults.inject(
            Fault::fail(ErrorKind::AccessDenied)
                .on(operation)
                .after(u64::from(operation == Operation::PutPart)),
        );
        let error = write(writer(faulty), TEXT).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::AccessDenied, "{operation}");
        settled(&sink).await;
        assert!(sink.is_empty());
    }
    // Taken meanwhile.
    let sink = small();
    let mut late = writer(sink.clone());
    late.write(TEXT).await.unwrap();
    sink.put_bytes(&key(), "first").await.unwrap();
    assert_eq!(late.finish().await.unwrap(), PutOutcome::PreconditionFailed);
    assert_eq!(sink.pending_uploads(), 0);
}

#[tokio::test]
async fn a_writer_that_is_dropped_or_aborted_removes_what_it_sent() {
    let sink = small();
    let mut dropped = writer(sink.clone());
    dropped.write(TEXT).await.unwrap();
    assert_eq!(sink.pending_uploads(), 1);
    drop(dropped);
    settled(&sink).await;
    let mut aborted = writer(sink.clone());
    aborted.write(TEXT).await.unwrap();
    aborted.abort().await.unwrap();
    assert_eq!(sink.pending_uploads(), 0);
    // A refused abort is the policy's affair, and no failure of what came before.
    let (faulty, faults) = FaultSink::new(sink.clone());
    faults.inject(Fault::fail(ErrorKind::AccessDenied).on(Operation::AbortUpload));
    sink.put_bytes(&key(), "first").await.unwrap();
    assert_eq!(
        write(writer(faulty), TEXT).await.unwrap(),
        PutOutcome::PreconditionFailed
    );
}

async fn settled(sink: &MemorySink) {
    for _ in 0..1_000 {
        if sink.pending_uploads() == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(sink.pending_uploads(), 0, "uploads are left");
}

#[tokio::test]
async fn a_writer_holds_no_more_than_it_says() {
    let sink = small();
    let (faulty, faults) = FaultSink::new(sink.clone());
    // No part gets through: the third one that is due waits for one of the two that are on their way.
    faults.inject(Fault::slow(Duration::from_secs(3_600)).on(Operation::PutPart));
    let mut stuck = writer(faulty);
    stuck.write(&TEXT[..20]).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(50), stuck.write(&TEXT[20..30])).await;
    assert!(waits.is_err());
    assert_eq!(stuck.stored(), 0);
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_written(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sink = small();
            let mut writer = writer(sink.clone());
            for piece in &pieces {
                writer.write(Bytes::from(piece.clone())).await.unwrap();
            }
            assert_eq!(writer.written(), pieces.iter().map(|piece| piece.len() as u64).sum::<u64>());
            writer.finish().await.unwrap();
            assert_eq!(sink.get(&key()).await.unwrap().payload, pieces.concat());
            assert_eq!(sink.pending_uploads(), 0);
        });
    }
}
