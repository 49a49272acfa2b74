//! What a put does and does not: creates once, whole or not at all, seen at once, and nothing where it is refused.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::broken_promise::{BrokenPromise, Kept, OrBroken, ensure, same};
use super::{created, key, put, read};
use crate::{ETag, Effect, ErrorKind, Payload, PutOptions, PutOutcome, Sink, SinkExt};

/// As [`all`](super::all), and what stores offer that S3 itself does: replacing by tag.
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
