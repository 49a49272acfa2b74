//! Which keys there are: each listed once, apart from all others, gone when deleted.

use super::broken_promise::{Kept, OrBroken, ensure, same};
use super::{created, key, read};
use crate::{Effect, ErrorKind, PutOptions, Sink, SinkExt};

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
