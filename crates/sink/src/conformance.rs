//! The promises of [`Sink`], one function each, to hold an implementation to. They must not know which one it
//! is.
//!
//! Each function asks a constructor for sinks and uses only keys below `conformance/<name of the function>/`,
//! where nothing may lie when it begins. The constructor may return new sinks over one store, or clones of
//! one sink. A broken promise is a panic.
//!
//! ```
//! use bucketline_sink::{MemorySink, conformance};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! let sink = MemorySink::new();
//! runtime.block_on(conformance::all(|| sink.clone()));
//! ```
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "these are tests: a broken promise has to be loud"
)]

mod uploads;

pub use uploads::uploads;

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::{
    ChecksumScope, Checksums, ETag, Effect, ErrorKind, ObjectKey, Payload, PutOptions, PutOutcome, Receipt,
    Sink, SinkExt,
};

/// All promises, one after the other.
pub async fn all<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    create_is_exclusive(&new).await;
    whole_or_absent(&new).await;
    read_your_writes(&new).await;
    refused_changes_nothing(&new).await;
    metadata_returns_as_put(&new).await;
    a_checksum_is_of_what_is_stored(&new).await;
    listing_is_complete(&new).await;
    delete_is_idempotent(&new).await;
    absent_is_not_found(&new).await;
    odd_keys_are_kept_apart(&new).await;
}

/// As [`all`], and what stores offer that S3 itself does: replacing by tag.
pub async fn if_match_guards<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let key = key("if_match_guards", "a");
    let Some(tag) = created(&sink, &key, "one", &PutOptions::create()).await.etag else {
        panic!("a sink that gives no tags cannot replace by tag")
    };
    let stale = PutOptions::if_match(ETag::new("\"0123456789abcdef0123456789abcdef\""));
    assert_eq!(
        put(&sink, &key, "two", &stale).await,
        PutOutcome::PreconditionFailed,
        "another tag must not do"
    );
    let guarded = PutOptions::if_match(tag);
    created(&sink, &key, "two", &guarded).await;
    assert_eq!(
        put(&sink, &key, "three", &guarded).await,
        PutOutcome::PreconditionFailed,
        "the tag is used up"
    );
    assert_eq!(read(&sink, &key).await, "two");
    sink.delete(&key).await.expect("delete");
    assert_eq!(
        put(&sink, &key, "four", &guarded).await,
        PutOutcome::PreconditionFailed,
        "absent has no tag"
    );
    assert!(
        !sink.exists(&key).await.expect("list"),
        "a failed condition must not create"
    );
}

/// Of many creates of one key at once, exactly one wins, and its bytes stay.
pub async fn create_is_exclusive<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    for round in 0..4 {
        let key = key("create_is_exclusive", &round.to_string());
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let (sink, key) = (new(), key.clone());
            writers.spawn(async move {
                let text = format!("writer {writer}").repeat(1000);
                let outcome = sink
                    .put(&key, Payload::from(text.clone()), &PutOptions::create())
                    .await;
                match outcome {
                    Ok(PutOutcome::Created(_)) => Some(text),
                    Ok(PutOutcome::PreconditionFailed) => None,
                    // Busy is allowed: the store would not decide. What matters is that it does not create
                    // twice.
                    Err(error) if *error.kind() == ErrorKind::Busy => None,
                    Err(error) => panic!("create failed: {error}"),
                }
            });
        }
        let winners: Vec<String> = writers.join_all().await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "exactly one create of a key may win");
        assert_eq!(
            winners.first(),
            Some(&read(&new(), &key).await),
            "the winner's bytes are the ones that stay"
        );
    }
}

/// A reader beside an overwriting writer sees one put's bytes with the same put's metadata.
pub async fn whole_or_absent<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let key = key("whole_or_absent", "a");
    let writer = {
        let (sink, key) = (Arc::new(new()), key.clone());
        async move {
            for round in 0..20_usize {
                let mark = round.to_string();
                let text = format!("{mark}.").repeat(5000 + round % 3);
                let options = PutOptions::overwrite().metadata("mark", mark);
                sink.put(&key, Payload::from(text), &options)
                    .await
                    .expect("overwrite");
            }
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
                    Err(error) => panic!("read failed: {error}"),
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
                assert!(
                    whole,
                    "bytes and metadata of two puts are mixed, or a part is missing (metadata says `{mark}`)"
                );
                seen += 1;
                tokio::task::yield_now().await;
            }
        }
    };
    let mut both = JoinSet::new();
    both.spawn(writer);
    both.spawn(reader);
    both.join_all().await;
}

/// What was answered is seen by `head`, `get` and `list`, through another sink as well.
pub async fn read_your_writes<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let (one, other) = (new(), new());
    for (name, text) in [("a", ""), ("b", "x"), ("c", "some more bytes")] {
        let key = key("read_your_writes", name);
        created(&one, &key, text, &PutOptions::create()).await;
        for sink in [&one, &other] {
            assert_eq!(read(sink, &key).await, text);
            assert_eq!(sink.head(&key).await.expect("head").size, text.len() as u64);
            assert!(
                sink.exists(&key).await.expect("list"),
                "a created object has to be listed"
            );
        }
        created(&one, &key, "replaced", &PutOptions::overwrite()).await;
        assert_eq!(read(&other, &key).await, "replaced");
        one.delete(&key).await.expect("delete");
        assert!(
            !other.exists(&key).await.expect("list"),
            "a deleted object must not be listed"
        );
        created(&other, &key, "again", &PutOptions::create()).await;
        assert_eq!(read(&one, &key).await, "again");
    }
}

/// A create that finds the key taken leaves bytes and metadata alone; so does one that breaks a rule.
pub async fn refused_changes_nothing<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let first = key("refused_changes_nothing", "a");
    created(
        &sink,
        &first,
        "first",
        &PutOptions::create().metadata("mark", "1"),
    )
    .await;
    let outcome = put(
        &sink,
        &first,
        "second",
        &PutOptions::create().metadata("mark", "2"),
    )
    .await;
    assert_eq!(outcome, PutOutcome::PreconditionFailed);
    let object = sink.get(&first).await.expect("get");
    assert_eq!(object.payload, "first");
    assert_eq!(object.info.metadata.get("mark").map(String::as_str), Some("1"));

    let never = key("refused_changes_nothing", "b");
    let broken = PutOptions::create().metadata("No Such Name", "1");
    let error = sink
        .put(&never, Payload::from("x"), &broken)
        .await
        .expect_err("metadata rules hold everywhere");
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::InvalidRequest, Effect::NotApplied)
    );
    assert!(!sink.exists(&never).await.expect("list"));
}

/// Names and values of metadata come back as they were put, and nothing else.
pub async fn metadata_returns_as_put<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let marked = key("metadata_returns_as_put", "a");
    let options = PutOptions::create()
        .content_type("application/octet-stream")
        .metadata("bl-version", "1")
        .metadata("bl-count", "00000000000000000002")
        .metadata("odd", "a b=c;d,\"e\"");
    created(&sink, &marked, "x", &options).await;
    for metadata in [
        sink.head(&marked).await.expect("head").metadata,
        sink.get(&marked).await.expect("get").info.metadata,
    ] {
        assert_eq!(metadata, options.metadata, "metadata comes back as it was put");
    }

    let plain = key("metadata_returns_as_put", "b");
    created(&sink, &plain, "x", &PutOptions::create()).await;
    assert!(
        sink.head(&plain).await.expect("head").metadata.is_empty(),
        "metadata that nobody put"
    );
}

/// A checksum in an answer is that of the bytes that a reader gets.
pub async fn a_checksum_is_of_what_is_stored<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let key = key("a_checksum_is_of_what_is_stored", "a");
    let payload = Payload::from(
        ["one ", "two ", "three"]
            .map(|part| Bytes::from_static(part.as_bytes()))
            .to_vec(),
    );
    let outcome = sink
        .put(&key, payload.clone(), &PutOptions::create())
        .await
        .expect("put");
    let PutOutcome::Created(receipt) = outcome else {
        panic!("the key was free")
    };
    let info = sink.head(&key).await.expect("head");
    let object = sink.get(&key).await.expect("get");
    for checksum in [receipt.checksums, info.checksums, object.info.checksums]
        .iter()
        .flat_map(Checksums::iter)
    {
        if checksum.scope() == ChecksumScope::WholeObject {
            let expected = payload.checksum_by(checksum.algorithm());
            assert_eq!(*checksum, expected, "a checksum is that of what is stored");
        }
    }
    assert_eq!(Payload::from(object.payload).checksum(), payload.checksum());
    assert_eq!((info.size, &info.key), (payload.len(), &key));
}

/// Every key below a prefix, which is text, is listed once; nothing else is.
pub async fn listing_is_complete<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let names = ["a/b/1", "a/b/2", "a/bc", "a+b", "a=b/3", "z"];
    for name in names {
        created(
            &sink,
            &key("listing_is_complete", name),
            name,
            &PutOptions::create(),
        )
        .await;
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
        let listed = sink.list_all(&format!("{root}{prefix}")).await.expect("list");
        let mut found: Vec<&str> = listed
            .iter()
            .filter_map(|line| line.key.strip_prefix(root))
            .collect();
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "keys below `{prefix}`");
        assert!(
            listed
                .iter()
                .all(|line| line.size == (line.key.len() - root.len()) as u64),
            "sizes are listed"
        );
    }
}

/// Deleting twice, or what never was, is no error.
pub async fn delete_is_idempotent<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let key = key("delete_is_idempotent", "a");
    sink.delete(&key)
        .await
        .expect("an absent object is deleted already");
    created(&sink, &key, "x", &PutOptions::create()).await;
    sink.delete(&key).await.expect("delete");
    sink.delete(&key)
        .await
        .expect("a deleted object is deleted already");
    assert!(!sink.exists(&key).await.expect("list"));
}

/// An absent object is `NotFound`, and reading it did nothing.
pub async fn absent_is_not_found<S: Sink>(new: impl Fn() -> S + Send + Sync) {
    let sink = new();
    let key = key("absent_is_not_found", "a/b");
    for error in [
        sink.head(&key).await.expect_err("nothing lies there"),
        sink.get(&key).await.expect_err("nothing lies there"),
    ] {
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::NotFound, Effect::NotApplied),
            "{error}"
        );
        assert!(
            error.to_string().contains(key.as_str()),
            "the text names the key: {error}"
        );
    }
    assert!(!sink.exists(&key).await.expect("list"));
}

/// Characters that mean something in a URL mean nothing in a key.
pub async fn odd_keys_are_kept_apart<S: Sink>(new: impl Fn() -> S + Send + Sync) {
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
            &key("odd_keys_are_kept_apart", name),
            name,
            &PutOptions::create(),
        )
        .await;
    }
    for name in names {
        let key = key("odd_keys_are_kept_apart", name);
        assert_eq!(read(&sink, &key).await, name);
        assert_eq!(sink.head(&key).await.expect("head").size, name.len() as u64);
        assert!(
            sink.exists(&key).await.expect("list"),
            "`{name}` is listed under its own name"
        );
    }
    let listed = sink
        .list_all("conformance/odd_keys_are_kept_apart/")
        .await
        .expect("list");
    assert_eq!(listed.len(), names.len());
}

fn key(promise: &str, name: &str) -> ObjectKey {
    ObjectKey::parse(format!("conformance/{promise}/{name}")).expect("a key")
}

async fn put<S: Sink>(sink: &S, key: &ObjectKey, text: &str, options: &PutOptions) -> PutOutcome {
    match sink.put(key, Payload::from(text.to_owned()), options).await {
        Ok(outcome) => outcome,
        Err(error) => panic!("put failed: {error}"),
    }
}

async fn created<S: Sink>(sink: &S, key: &ObjectKey, text: &str, options: &PutOptions) -> Receipt {
    match put(sink, key, text, options).await {
        PutOutcome::Created(receipt) => receipt,
        PutOutcome::PreconditionFailed => panic!("`{key}` was taken; the suite needs an empty folder"),
    }
}

async fn read<S: Sink>(sink: &S, key: &ObjectKey) -> String {
    let object = sink.get(key).await.expect("get");
    assert_eq!(
        object.info.size,
        object.payload.len() as u64,
        "a size is that of what is read"
    );
    String::from_utf8_lossy(&object.payload).into_owned()
}
