//! The promises of [`MultipartSink`]. They must not know which implementation it is.
use bytes::Bytes;

use super::broken_promise::{BrokenPromise, Kept, OrBroken, ensure, same};
use super::key;
use crate::{
    Effect, ErrorKind, MultipartSink, Payload, PutMode, PutOptions, PutOutcome, SinkExt, checksum_of_parts,
};

/// As [`all`](super::all), for sinks that take objects in parts: nothing is seen before an upload is completed, and completing it keeps the
/// promises of a put.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects and uploads may be left below `conformance/`.
pub async fn uploads<S: MultipartSink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let smallest = usize::try_from(sink.part_limits().smallest)
        .map_err(|_| BrokenPromise::new("a part has to fit into memory"))?;
    let filled = |byte: u8| Payload::from(vec![byte; smallest]);
    let options = PutOptions::create().metadata("mark", "1");
    let (key, other) = (key("uploads", "a")?, key("uploads", "b")?);

    // Parts in any order, one of them twice; other sinks over the same store go on with the upload.
    let upload = sink.begin_upload(&key, &options).await.or_broken("begin")?;
    let second = new()
        .put_part(&upload, 2, Payload::from("tail"))
        .await
        .or_broken("part")?;
    let stale = sink.put_part(&upload, 1, filled(b'x')).await.or_broken("part")?;
    let first = new().put_part(&upload, 1, filled(b'a')).await.or_broken("part")?;
    ensure(
        !sink.exists(&key).await.or_broken("list")?,
        "an upload under way is no object",
    )?;
    let parts = [first, second];
    let expected =
        checksum_of_parts(&parts).ok_or_else(|| BrokenPromise::new("the checksums of parts do not join"))?;
    let wrong = sink.complete_upload(&upload, &[stale], &PutMode::Create).await;
    ensure(wrong.is_err(), "a part that was replaced is none any more")?;
    let outcome = new().complete_upload(&upload, &parts, &PutMode::Create).await;
    let Ok(PutOutcome::Created(receipt)) = outcome else {
        return Err(BrokenPromise::new(format!(
            "the upload was not completed: {outcome:?}"
        )));
    };
    ensure(
        (receipt.checksums.agrees_with(&expected.0)) != (Some(false)),
        "the checksum of the whole",
    )?;
    let found = sink.get(&key).await.or_broken("get")?;
    let whole = [filled(b'a').to_bytes(), Bytes::from_static(b"tail")].concat();
    ensure(found.payload == whole, "the parts in the order of their numbers")?;
    same(
        &found.info.metadata,
        &options.metadata,
        "metadata as the upload began",
    )?;
    ensure(
        (found.info.checksums.agrees_with(&expected.0)) != (Some(false)),
        "an upload is as a put",
    )?;
    let again = sink.complete_upload(&upload, &parts, &PutMode::Create).await;
    let is_gone = match &again {
        Ok(outcome) => *outcome == PutOutcome::PreconditionFailed,
        Err(error) => *error.kind() == ErrorKind::NoSuchUpload,
    };
    ensure(is_gone, &format!("an upload is completed once: {again:?}"))?;

    // The condition is that of a put, and what is refused stays as it was.
    let late = sink.begin_upload(&key, &options).await.or_broken("begin")?;
    let part = sink
        .put_part(&late, 1, Payload::from("other"))
        .await
        .or_broken("part")?;
    let refused = sink
        .complete_upload(&late, &[part], &PutMode::Create)
        .await
        .or_broken("complete")?;
    same(&refused, &PutOutcome::PreconditionFailed, "an upload is as a put")?;
    ensure(
        sink.get(&key).await.or_broken("get")?.payload == whole,
        "an upload is as a put",
    )?;
    sink.abort_upload(&late).await.or_broken("abort")?;

    // One that was aborted is gone, for good.
    let aborted = sink.begin_upload(&other, &options).await.or_broken("begin")?;
    let part = sink
        .put_part(&aborted, 1, Payload::from("x"))
        .await
        .or_broken("part")?;
    for _ in 0..2 {
        new().abort_upload(&aborted).await.or_broken("abort")?;
    }
    let gone = sink.complete_upload(&aborted, &[part], &PutMode::Create).await;
    let gone = gone.map_err(|error| (error.kind().clone(), error.effect()));
    same(
        &gone,
        &Err((ErrorKind::NoSuchUpload, Effect::NotApplied)),
        "an upload is as a put",
    )?;
    let gone = sink
        .put_part(&aborted, 1, Payload::from("x"))
        .await
        .map_err(|error| error.kind().clone());
    same(&gone, &Err(ErrorKind::NoSuchUpload), "an upload is as a put")?;
    ensure(
        !sink.exists(&other).await.or_broken("list")?,
        "an upload is as a put",
    )?;
    Ok(())
}
