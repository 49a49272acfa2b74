//! What a store does that says it speaks S3: asked, not assumed. It must not know which store it is.

use crate::{ETag, Error, ObjectKey, PutMode, PutOptions, PutOutcome, Sink};

/// Whether a store keeps a second writer from a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a key was protected or it was not")]
pub enum Protection {
    /// A create of a key that had an object was refused.
    Kept,
    /// It took the place of the object: the store does not know the condition, and of two writers the last one wins.
    Missing,
}

/// Asks whether a create of a key that exists is refused, as [`Sink`] promises and as stores that ignore `If-None-Match` do not.
///
/// `key` is one that may be written at will: an object of this probe's is left there, and an object that is there stays, where
/// the store keeps it. The mode of `options` is not used.
///
/// ```
/// use bucketline_sink::probe::{Protection, protection};
/// use bucketline_sink::{MemorySink, PutOptions};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let found = protection(&MemorySink::new(), &"_probe".parse()?, &PutOptions::create()).await?;
/// assert_eq!(found, Protection::Kept);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
///
/// # Errors
///
/// As [`Sink::put`]: then nothing is known.
///
/// # Cancel safety
///
/// Dropped: the object may be there or not.
pub async fn protection(
    sink: &(impl Sink + ?Sized),
    key: &ObjectKey,
    options: &PutOptions,
) -> Result<Protection, Error> {
    // Nothing more than a text that explains itself to whoever finds it.
    const BODY: &str = "bucketline: whether this store keeps objects from being overwritten\n";
    let create = PutOptions {
        mode: PutMode::Create,
        ..options.clone()
    };
    for _ in 0..2 {
        if sink.put(key, BODY.into(), &create).await? == PutOutcome::PreconditionFailed {
            return Ok(Protection::Kept);
        }
    }
    Ok(Protection::Missing)
}

/// A tag that no object has: a put on condition of it is judged by the policies, and never carried out where the store knows the
/// condition.
#[must_use]
pub fn tag_of_nothing() -> ETag {
    ETag::new("\"00000000000000000000000000000000\"")
}
