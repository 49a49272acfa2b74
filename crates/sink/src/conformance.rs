//! The promises of [`Sink`], one function each, to hold an implementation to. They must not know which one it
//! is.
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
mod contents;
mod keys;
mod puts;
mod uploads;

pub use broken_promise::BrokenPromise;
pub use contents::{a_checksum_is_of_what_is_stored, metadata_returns_as_put};
pub use keys::{absent_is_not_found, delete_is_idempotent, listing_is_complete, odd_keys_are_kept_apart};
pub use puts::{
    create_is_exclusive, if_match_guards, read_your_writes, refused_changes_nothing, whole_or_absent,
};
pub use uploads::uploads;

use broken_promise::{Kept, OrBroken, same};

use crate::{ObjectKey, Payload, PutOptions, PutOutcome, Receipt, Sink};

/// All promises; the first of those that are broken.
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
