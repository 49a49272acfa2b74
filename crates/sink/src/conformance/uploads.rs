//! The promises of [`MultipartSink`]. They must not know which implementation it is.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "these are tests: a broken promise has to be loud"
)]

use bytes::Bytes;

use super::key;
use crate::{
    Effect, ErrorKind, MultipartSink, Payload, PutMode, PutOptions, PutOutcome, SinkExt, checksum_of_parts,
};

/// As [`all`](super::all), for sinks that take objects in parts: nothing is seen before an upload is completed, and completing it keeps the
/// promises of a put.
pub async fn uploads<S: MultipartSink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let smallest = usize::try_from(sink.part_limits().smallest).expect("a part fits into memory");
    let filled = |byte: u8| Payload::from(vec![byte; smallest]);
    let options = PutOptions::create().metadata("mark", "1");
    let (key, other) = (key("uploads", "a"), key("uploads", "b"));

    // Parts in any order, one of them twice; other sinks over the same store go on with the upload.
    let upload = sink.begin_upload(&key, &options).await.expect("begin");
    let second = new()
        .put_part(&upload, 2, Payload::from("tail"))
        .await
        .expect("part");
    let stale = sink.put_part(&upload, 1, filled(b'x')).await.expect("part");
    let first = new().put_part(&upload, 1, filled(b'a')).await.expect("part");
    assert!(
        !sink.exists(&key).await.expect("list"),
        "an upload under way is no object"
    );
    let parts = [first, second];
    let expected = checksum_of_parts(&parts).expect("checksums of parts join");
    let wrong = sink.complete_upload(&upload, &[stale], &PutMode::Create).await;
    assert!(wrong.is_err(), "a part that was replaced is none any more");
    let outcome = new().complete_upload(&upload, &parts, &PutMode::Create).await;
    let Ok(PutOutcome::Created(receipt)) = outcome else {
        panic!("the upload was not completed: {outcome:?}")
    };
    assert_ne!(
        receipt.checksums.agrees_with(&expected.0),
        Some(false),
        "the checksum of the whole"
    );
    let found = sink.get(&key).await.expect("get");
    let whole = [filled(b'a').to_bytes(), Bytes::from_static(b"tail")].concat();
    assert!(found.payload == whole, "the parts in the order of their numbers");
    assert_eq!(
        found.info.metadata, options.metadata,
        "metadata as the upload began"
    );
    assert_ne!(found.info.checksums.agrees_with(&expected.0), Some(false));
    let again = sink.complete_upload(&upload, &parts, &PutMode::Create).await;
    let is_gone = match &again {
        Ok(outcome) => *outcome == PutOutcome::PreconditionFailed,
        Err(error) => *error.kind() == ErrorKind::NoSuchUpload,
    };
    assert!(is_gone, "an upload is completed once: {again:?}");

    // The condition is that of a put, and what is refused stays as it was.
    let late = sink.begin_upload(&key, &options).await.expect("begin");
    let part = sink
        .put_part(&late, 1, Payload::from("other"))
        .await
        .expect("part");
    let refused = sink
        .complete_upload(&late, &[part], &PutMode::Create)
        .await
        .expect("complete");
    assert_eq!(refused, PutOutcome::PreconditionFailed);
    assert!(sink.get(&key).await.expect("get").payload == whole);
    sink.abort_upload(&late).await.expect("abort");

    // One that was aborted is gone, for good.
    let aborted = sink.begin_upload(&other, &options).await.expect("begin");
    let part = sink
        .put_part(&aborted, 1, Payload::from("x"))
        .await
        .expect("part");
    for _ in 0..2 {
        new().abort_upload(&aborted).await.expect("abort");
    }
    let gone = sink.complete_upload(&aborted, &[part], &PutMode::Create).await;
    let gone = gone.map_err(|error| (error.kind().clone(), error.effect()));
    assert_eq!(gone, Err((ErrorKind::NoSuchUpload, Effect::NotApplied)));
    let gone = sink
        .put_part(&aborted, 1, Payload::from("x"))
        .await
        .map_err(|error| error.kind().clone());
    assert_eq!(gone, Err(ErrorKind::NoSuchUpload));
    assert!(!sink.exists(&other).await.expect("list"));
}
