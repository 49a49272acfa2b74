//! What comes back of an object: its metadata, and checksums that are those of its bytes.

use bytes::Bytes;

use super::broken_promise::{BrokenPromise, Kept, OrBroken, ensure, same};
use super::{created, key};
use crate::{ChecksumScope, Checksums, Payload, PutOptions, PutOutcome, Sink};

/// Names and values of metadata come back as they were put, and nothing else.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn metadata_returns_as_put<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let marked = key("metadata_returns_as_put", "a")?;
    let options = PutOptions::create()
        .content_type("application/octet-stream")
        .metadata("bl-version", "1")
        .metadata("bl-count", "00000000000000000002")
        .metadata("odd", "a b=c;d,\"e\"");
    created(&sink, &marked, "x", &options).await?;
    for metadata in [
        sink.head(&marked).await.or_broken("head")?.metadata,
        sink.get(&marked).await.or_broken("get")?.info.metadata,
    ] {
        same(&metadata, &options.metadata, "metadata comes back as it was put")?;
    }

    let plain = key("metadata_returns_as_put", "b")?;
    created(&sink, &plain, "x", &PutOptions::create()).await?;
    ensure(
        sink.head(&plain).await.or_broken("head")?.metadata.is_empty(),
        "metadata that nobody put",
    )?;
    Ok(())
}

/// A checksum in an answer is that of the bytes that a reader gets.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn a_checksum_is_of_what_is_stored<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let key = key("a_checksum_is_of_what_is_stored", "a")?;
    let payload = Payload::from(
        ["one ", "two ", "three"]
            .map(|part| Bytes::from_static(part.as_bytes()))
            .to_vec(),
    );
    let outcome = sink
        .put(&key, payload.clone(), &PutOptions::create())
        .await
        .or_broken("put")?;
    let PutOutcome::Created(receipt) = outcome else {
        return Err(BrokenPromise::new("the key was free, and is said to be taken"));
    };
    let info = sink.head(&key).await.or_broken("head")?;
    let object = sink.get(&key).await.or_broken("get")?;
    for checksum in [receipt.checksums, info.checksums, object.info.checksums]
        .iter()
        .flat_map(Checksums::iter)
    {
        if checksum.scope() == ChecksumScope::WholeObject {
            let expected = payload.checksum_by(checksum.algorithm());
            same(checksum, &expected, "a checksum is that of what is stored")?;
        }
    }
    same(
        &Payload::from(object.payload).checksum(),
        &payload.checksum(),
        "the bytes are those that were put",
    )?;
    same(
        &(info.size, &info.key),
        &(payload.len(), &key),
        "size and key are those that were put",
    )?;
    Ok(())
}
