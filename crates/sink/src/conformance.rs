//! The promises of [`Sink`], one function each, to hold an implementation to. They must not know which one it
//! is.
//!
//! Long because it is a list: each promise is one function, and whoever implements a sink reads them all.
//!
//! Each function asks a constructor for sinks and uses only keys below `conformance/<name of the function>/`,
//! where nothing may lie when it begins. The constructor may return new sinks over one store, or clones of
//! one sink. A broken promise is an error, so that a program can ask of a store what it may rely on, and a test unwraps it.
//!
//! ```
//! use bucketline_sink::{MemorySink, conformance};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! let sink = MemorySink::new();
//! runtime.block_on(conformance::all(|| sink.clone()))?;
//! # Ok::<(), conformance::BrokenPromise>(())
//! ```

mod broken_promise;
mod uploads;

pub use broken_promise::BrokenPromise;
pub use uploads::uploads;

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use broken_promise::{Kept, OrBroken, ensure, same};

use crate::{
    ChecksumScope, Checksums, ETag, Effect, ErrorKind, ObjectKey, Payload, PutOptions, PutOutcome, Receipt,
    Sink, SinkExt,
};

/// All promises, one after the other, up to the first that is broken.
///
/// # Errors
///
/// The promise that is broken, and how.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn all<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    for (_, kept) in each(new).await {
        kept?;
    }
    Ok(())
}

/// All promises by their names, each asked whatever became of the others.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn each<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Vec<(&'static str, Kept)> {
    macro_rules! asked {
        ($($promise:ident),+ $(,)?) => {
            vec![$((
                stringify!($promise),
                $promise(&new).await.map_err(|broken| broken.of(stringify!($promise))),
            )),+]
        };
    }
    asked![
        create_is_exclusive,
        whole_or_absent,
        read_your_writes,
        refused_changes_nothing,
        metadata_returns_as_put,
        a_checksum_is_of_what_is_stored,
        listing_is_complete,
        delete_is_idempotent,
        absent_is_not_found,
        odd_keys_are_kept_apart,
    ]
}

/// As [`all`], and what stores offer that S3 itself does: replacing by tag.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn if_match_guards<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let key = key("if_match_guards", "a")?;
    let Some(tag) = created(&sink, &key, "one", &PutOptions::create()).await?.etag else {
        return Err(BrokenPromise::new(
            "a sink that gives no tags cannot replace by tag",
        ));
    };
    let stale = PutOptions::if_match(ETag::new("\"0123456789abcdef0123456789abcdef\""));
    same(
        &put(&sink, &key, "two", &stale).await?,
        &PutOutcome::PreconditionFailed,
        "another tag must not do",
    )?;
    let guarded = PutOptions::if_match(tag);
    created(&sink, &key, "two", &guarded).await?;
    same(
        &put(&sink, &key, "three", &guarded).await?,
        &PutOutcome::PreconditionFailed,
        "the tag is used up",
    )?;
    same(
        &read(&sink, &key).await?,
        &"two",
        "what a put did is seen by a reader",
    )?;
    sink.delete(&key).await.or_broken("delete")?;
    same(
        &put(&sink, &key, "four", &guarded).await?,
        &PutOutcome::PreconditionFailed,
        "absent has no tag",
    )?;
    ensure(
        !sink.exists(&key).await.or_broken("list")?,
        "a failed condition must not create",
    )?;
    Ok(())
}

/// Of many creates of one key at once, exactly one wins, and its bytes stay.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn create_is_exclusive<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    for round in 0..4 {
        let key = key("create_is_exclusive", &round.to_string())?;
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let (sink, key) = (new(), key.clone());
            writers.spawn(async move {
                let text = format!("writer {writer}").repeat(1000);
                let outcome = sink
                    .put(&key, Payload::from(text.clone()), &PutOptions::create())
                    .await;
                match outcome {
                    Ok(PutOutcome::Created(_)) => Ok(Some(text)),
                    Ok(PutOutcome::PreconditionFailed) => Ok(None),
                    // Busy is allowed: the store would not decide. What matters is that it does not create
                    // twice.
                    Err(error) if *error.kind() == ErrorKind::Busy => Ok(None),
                    Err(error) => Err(error).or_broken("create"),
                }
            });
        }
        let outcomes: Vec<_> = writers.join_all().await.into_iter().collect::<Result<_, _>>()?;
        let winners: Vec<String> = outcomes.into_iter().flatten().collect();
        same(&winners.len(), &1, "exactly one create of a key may win")?;
        same(
            &winners.first(),
            &Some(&read(&new(), &key).await?),
            "the winner's bytes are the ones that stay",
        )?;
    }
    Ok(())
}

/// A reader beside an overwriting writer sees one put's bytes with the same put's metadata.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn whole_or_absent<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let key = key("whole_or_absent", "a")?;
    let writer = {
        let (sink, key) = (Arc::new(new()), key.clone());
        async move {
            for round in 0..20_usize {
                let mark = round.to_string();
                let text = format!("{mark}.").repeat(5000 + round % 3);
                let options = PutOptions::overwrite().metadata("mark", mark);
                sink.put(&key, Payload::from(text), &options)
                    .await
                    .or_broken("overwrite")?;
            }
            Ok(())
        }
    };
    let reader = {
        let (sink, key) = (Arc::new(new()), key.clone());
        async move {
            let mut seen = 0;
            while seen < 20 {
                let object = match sink.get(&key).await {
                    Ok(object) => object,
                    Err(error) if *error.kind() == ErrorKind::NotFound && seen == 0 => {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    Err(error) => return Err(error).or_broken("read"),
                };
                let mark = object
                    .info
                    .metadata
                    .get("mark")
                    .map(String::as_str)
                    .unwrap_or_default();
                let text = String::from_utf8_lossy(&object.payload);
                let whole = text.strip_prefix(mark).is_some_and(|rest| rest.starts_with('.'))
                    && text.len() / (mark.len() + 1) == 5000 + mark.parse::<usize>().unwrap_or(0) % 3
                    && text.split_terminator('.').all(|part| part == mark);
                ensure(
                    whole,
                    &format!(
                        "bytes and metadata of two puts are mixed, or a part is missing (metadata says `{mark}`)"
                    ),
                )?;
                seen += 1;
                tokio::task::yield_now().await;
            }
            Ok(())
        }
    };
    let mut both: JoinSet<Kept> = JoinSet::new();
    both.spawn(writer);
    both.spawn(reader);
    both.join_all().await.into_iter().collect::<Kept>()?;
    Ok(())
}

/// What was answered is seen by `head`, `get` and `list`, through another sink as well.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn read_your_writes<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let (one, other) = (new(), new());
    for (name, text) in [("a", ""), ("b", "x"), ("c", "some more bytes")] {
        let key = key("read_your_writes", name)?;
        created(&one, &key, text, &PutOptions::create()).await?;
        for sink in [&one, &other] {
            same(
                &read(sink, &key).await?,
                &text,
                "what a put did is seen by a reader",
            )?;
            same(
                &sink.head(&key).await.or_broken("head")?.size,
                &(text.len() as u64),
                "what a put did is seen by a reader",
            )?;
            ensure(
                sink.exists(&key).await.or_broken("list")?,
                "a created object has to be listed",
            )?;
        }
        created(&one, &key, "replaced", &PutOptions::overwrite()).await?;
        same(
            &read(&other, &key).await?,
            &"replaced",
            "what a put did is seen by a reader",
        )?;
        one.delete(&key).await.or_broken("delete")?;
        ensure(
            !other.exists(&key).await.or_broken("list")?,
            "a deleted object must not be listed",
        )?;
        created(&other, &key, "again", &PutOptions::create()).await?;
        same(
            &read(&one, &key).await?,
            &"again",
            "what a put did is seen by a reader",
        )?;
    }
    Ok(())
}

/// A create that finds the key taken leaves bytes and metadata alone; so does one that breaks a rule.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn refused_changes_nothing<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let first = key("refused_changes_nothing", "a")?;
    created(
        &sink,
        &first,
        "first",
        &PutOptions::create().metadata("mark", "1"),
    )
    .await?;
    let outcome = put(
        &sink,
        &first,
        "second",
        &PutOptions::create().metadata("mark", "2"),
    )
    .await?;
    same(&outcome, &PutOutcome::PreconditionFailed, "the key was taken")?;
    let object = sink.get(&first).await.or_broken("get")?;
    same(&object.payload, &"first", "what was there stays")?;
    same(
        &object.info.metadata.get("mark").map(String::as_str),
        &Some("1"),
        "and so does its metadata",
    )?;

    let never = key("refused_changes_nothing", "b")?;
    let broken = PutOptions::create().metadata("No Such Name", "1");
    let error = sink
        .put(&never, Payload::from("x"), &broken)
        .await
        .refused("metadata rules hold everywhere")?;
    same(
        &(error.kind(), error.effect()),
        &(&ErrorKind::InvalidRequest, Effect::NotApplied),
        "metadata rules hold everywhere",
    )?;
    ensure(
        !sink.exists(&never).await.or_broken("list")?,
        "what is refused does nothing",
    )?;
    Ok(())
}

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

/// Every key below a prefix, which is text, is listed once; nothing else is.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn listing_is_complete<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let names = ["a/b/1", "a/b/2", "a/bc", "a+b", "a=b/3", "z"];
    for name in names {
        created(
            &sink,
            &key("listing_is_complete", name)?,
            name,
            &PutOptions::create(),
        )
        .await?;
    }
    let root = "conformance/listing_is_complete/";
    for (prefix, expected) in [
        ("", names.as_slice()),
        ("a/b", &["a/b/1", "a/b/2", "a/bc"]),
        ("a/b/", &["a/b/1", "a/b/2"]),
        ("a/b/2", &["a/b/2"]),
        ("a", &["a+b", "a/b/1", "a/b/2", "a/bc", "a=b/3"]),
        ("b", &[]),
        ("a/b/1/", &[]),
    ] {
        let listed = sink
            .list_all(&format!("{root}{prefix}"))
            .await
            .or_broken("list")?;
        let mut found: Vec<&str> = listed
            .iter()
            .filter_map(|line| line.key.strip_prefix(root))
            .collect();
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        same(&found, &expected, &format!("keys below `{prefix}`"))?;
        ensure(
            listed
                .iter()
                .all(|line| line.size == (line.key.len() - root.len()) as u64),
            "sizes are listed",
        )?;
    }
    Ok(())
}

/// Deleting twice, or what never was, is no error.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn delete_is_idempotent<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let key = key("delete_is_idempotent", "a")?;
    sink.delete(&key)
        .await
        .or_broken("an absent object is deleted already")?;
    created(&sink, &key, "x", &PutOptions::create()).await?;
    sink.delete(&key).await.or_broken("delete")?;
    sink.delete(&key)
        .await
        .or_broken("a deleted object is deleted already")?;
    ensure(
        !sink.exists(&key).await.or_broken("list")?,
        "what a put did is seen by a reader",
    )?;
    Ok(())
}

/// An absent object is `NotFound`, and reading it did nothing.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn absent_is_not_found<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let key = key("absent_is_not_found", "a/b")?;
    for error in [
        sink.head(&key).await.refused("nothing lies there")?,
        sink.get(&key).await.refused("nothing lies there")?,
    ] {
        same(
            &(error.kind(), error.effect()),
            &(&ErrorKind::NotFound, Effect::NotApplied),
            &format!("{error}"),
        )?;
        ensure(
            error.to_string().contains(key.as_str()),
            &format!("the text names the key: {error}"),
        )?;
    }
    ensure(
        !sink.exists(&key).await.or_broken("list")?,
        "what a put did is seen by a reader",
    )?;
    Ok(())
}

/// Characters that mean something in a URL mean nothing in a key.
///
/// # Errors
///
/// The promise is broken.
///
/// # Cancel safety
///
/// Safe: objects may be left below `conformance/`.
pub async fn odd_keys_are_kept_apart<S: Sink>(new: impl Fn() -> S + Send + Sync) -> Kept {
    let sink = new();
    let names = [
        "event_type=a.b/date=2026-11-23-18/7/x+0+0000000000.avro",
        "a b",
        "a+b",
        "a%20b",
        "a%2Bb",
        "a&b=c",
        "é",
        "a'b",
        "(a)",
        "a,b;c@d!",
    ];
    for name in names {
        created(
            &sink,
            &key("odd_keys_are_kept_apart", name)?,
            name,
            &PutOptions::create(),
        )
        .await?;
    }
    for name in names {
        let key = key("odd_keys_are_kept_apart", name)?;
        same(
            &read(&sink, &key).await?,
            &name,
            "what a put did is seen by a reader",
        )?;
        same(
            &sink.head(&key).await.or_broken("head")?.size,
            &(name.len() as u64),
            "what a put did is seen by a reader",
        )?;
        ensure(
            sink.exists(&key).await.or_broken("list")?,
            &format!("`{name}` is listed under its own name"),
        )?;
    }
    let listed = sink
        .list_all("conformance/odd_keys_are_kept_apart/")
        .await
        .or_broken("list")?;
    same(&listed.len(), &names.len(), "what a put did is seen by a reader")?;
    Ok(())
}

fn key(promise: &str, name: &str) -> Result<ObjectKey, BrokenPromise> {
    ObjectKey::parse(format!("conformance/{promise}/{name}")).or_broken("a key")
}

async fn put<S: Sink>(
    sink: &S,
    key: &ObjectKey,
    text: &str,
    options: &PutOptions,
) -> Result<PutOutcome, BrokenPromise> {
    sink.put(key, Payload::from(text.to_owned()), options)
        .await
        .or_broken("put")
}

async fn created<S: Sink>(
    sink: &S,
    key: &ObjectKey,
    text: &str,
    options: &PutOptions,
) -> Result<Receipt, BrokenPromise> {
    match put(sink, key, text, options).await? {
        PutOutcome::Created(receipt) => Ok(receipt),
        PutOutcome::PreconditionFailed => Err(BrokenPromise::new(format!(
            "`{key}` was taken; the suite needs an empty folder"
        ))),
    }
}

async fn read<S: Sink>(sink: &S, key: &ObjectKey) -> Result<String, BrokenPromise> {
    let object = sink.get(key).await.or_broken("get")?;
    same(
        &object.info.size,
        &(object.payload.len() as u64),
        "a size is that of what is read",
    )?;
    Ok(String::from_utf8_lossy(&object.payload).into_owned())
}
