//! Objects that are sent in parts: too large for one put, or of a length that nobody knows yet. It must not know any store.

mod driver;
mod part_size;
mod writer;

pub use writer::{ObjectWriter, WriterSettings};

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Checksum, ETag, Error, ObjectKey, Payload, PutMode, PutOptions, PutOutcome, Sink};

/// A sink that also takes an object in parts.
///
/// Nothing of an upload is seen under its key before it is completed; completing it is one step, with the condition of a put, so
/// the contract of [`Sink`] holds for it: create is exclusive, whole or absent, refused changes nothing. Parts of an upload that
/// nobody completes or aborts stay in the store, and cost there, until somebody does (on S3: until a lifecycle rule does).
///
/// Most callers want an [`ObjectWriter`], which does all of this for a stream of bytes.
///
/// ```
/// use bucketline_sink::{MemorySink, MultipartSink, PutMode, PutOptions, PutOutcome, Sink};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = MemorySink::new().with_part_limits(1, 10_000);
/// let upload = sink.begin_upload(&"a".parse()?, &PutOptions::create()).await?;
/// let parts = [
///     sink.put_part(&upload, 1, "one and ".into()).await?,
///     sink.put_part(&upload, 2, "two".into()).await?,
/// ];
/// assert!(sink.is_empty());
/// let outcome = sink.complete_upload(&upload, &parts, &PutMode::Create).await?;
/// assert!(matches!(outcome, PutOutcome::Created(_)));
/// assert_eq!(sink.get(upload.key()).await?.payload, "one and two");
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[async_trait]
pub trait MultipartSink: Sink {
    /// How parts have to be.
    fn part_limits(&self) -> PartLimits {
        PartLimits::default()
    }

    /// Begins an upload with the metadata, media type and encryption of `options`; its mode is for
    /// [`complete_upload`](Self::complete_upload) to keep.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`]. Where the effect is unknown, an upload may be there that nobody knows the id of; it is seen by nobody.
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown, as above.
    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error>;

    /// Sends one part, numbered from 1; a part that is sent again takes the place of the one before.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`], and `NoSuchUpload` where it was completed or aborted. To send a part again does no harm, whatever the
    /// effect was.
    ///
    /// # Cancel safety
    ///
    /// Safe: send it again.
    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error>;

    /// Makes the object of its parts, in the order of their numbers, if `mode` lets it. The store is told the checksum of the whole,
    /// which has to be that of what it holds.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`], and `NoSuchUpload` where it was completed or aborted: also by this very call, if its answer was lost. Where
    /// the effect is unknown, look at the key: [`checksum_of_parts`] says what has to lie there.
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown.
    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error>;

    /// Removes the parts of an upload; `Ok` if there is no such upload.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`]; `AccessDenied` is common, since the permission (`s3:AbortMultipartUpload`) is another one than that to put.
    ///
    /// # Cancel safety
    ///
    /// Safe: abort it again.
    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error>;
}

/// An upload under way: what has to be remembered to go on with it, or to abort it, in another process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Upload {
    key: ObjectKey,
    id: String,
}

impl Upload {
    /// The upload of this id, which the store gave.
    pub fn new(key: ObjectKey, id: impl Into<String>) -> Self {
        Self { key, id: id.into() }
    }

    /// The key that the object will have.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        &self.key
    }

    /// The store's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// A part that a store has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Its number, from 1.
    pub number: u32,
    /// Its length in bytes.
    pub size: u64,
    /// The tag by which the store knows it.
    pub etag: ETag,
    /// The checksum of its bytes, CRC-64/NVME: those of the parts make that of the whole.
    pub checksum: Checksum,
}

impl Part {
    /// Puts the four together.
    #[must_use]
    pub const fn new(number: u32, size: u64, etag: ETag, checksum: Checksum) -> Self {
        Self {
            number,
            size,
            etag,
            checksum,
        }
    }
}

/// The checksum and the length of an object that is made of these parts; `None` if there is no part, or their checksums are not
/// such that one can be made of them.
#[must_use]
pub fn checksum_of_parts(parts: &[Part]) -> Option<(Checksum, u64)> {
    let (first, rest) = parts.split_first()?;
    rest.iter()
        .try_fold((first.checksum, first.size), |(sum, size), part| {
            Some((sum.followed_by(&part.checksum, part.size)?, size + part.size))
        })
}

/// How the parts of an upload have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartLimits {
    /// The fewest bytes of a part that is not the last one.
    pub smallest: u64,
    /// The most bytes of a part.
    pub largest: u64,
    /// The most parts.
    pub most: u32,
}

/// S3's: 5 MiB to 5 GiB, and 10,000 of them.
///
/// Source: [Amazon S3 multipart upload limits](https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
impl Default for PartLimits {
    fn default() -> Self {
        Self {
            smallest: 5 << 20,
            largest: 5 << 30,
            most: 10_000,
        }
    }
}

/// Checks what every store wants of a list of parts, so that what one takes, all take.
///
/// # Errors
///
/// `InvalidRequest`, `NotApplied`: there is no part, their numbers do not grow, one is not within 1 and the most that there may
/// be, or one that is not the last is too small.
pub(crate) fn check_parts(parts: &[Part], limits: PartLimits) -> Result<(), Error> {
    let (last, before) = parts
        .split_last()
        .ok_or_else(|| Error::invalid("an upload without a part makes no object".to_owned()))?;
    let numbers = parts.iter().map(|part| part.number);
    if !numbers.clone().zip(numbers.skip(1)).all(|(one, next)| one < next) {
        return Err(Error::invalid("the numbers of the parts do not grow".to_owned()));
    }
    if last.number > limits.most || parts.first().is_some_and(|first| first.number == 0) {
        return Err(Error::invalid(format!(
            "parts are numbered from 1 to {}",
            limits.most
        )));
    }
    match before.iter().find(|part| part.size < limits.smallest) {
        None => Ok(()),
        Some(small) => Err(Error::invalid(format!(
            "part {} has {} bytes; the least is {} but for the last one",
            small.number, small.size, limits.smallest
        ))),
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: MultipartSink + ?Sized> MultipartSink for Arc<T> {
    fn part_limits(&self) -> PartLimits {
        (**self).part_limits()
    }

    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        (**self).begin_upload(key, options).await
    }

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        (**self).put_part(upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        (**self).complete_upload(upload, parts, mode).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        (**self).abort_upload(upload).await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::ChecksumAlgorithm;

    fn part(number: u32, size: u64) -> Part {
        let sum = ChecksumAlgorithm::Crc64Nvme.sum(&[Bytes::from(vec![7; usize::try_from(size).unwrap()])]);
        Part::new(number, size, ETag::new("t"), sum)
    }

    #[test]
    fn what_no_store_takes_is_refused() {
        let limits = PartLimits {
            smallest: 4,
            largest: 100,
            most: 9,
        };
        for (parts, said) in [
            (vec![], "without a part"),
            (vec![part(2, 4), part(1, 4)], "do not grow"),
            (vec![part(1, 4), part(1, 4)], "do not grow"),
            (vec![part(0, 4)], "from 1 to 9"),
            (vec![part(10, 4)], "from 1 to 9"),
            (vec![part(1, 3), part(2, 4)], "part 1 has 3 bytes"),
        ] {
            let error = check_parts(&parts, limits).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(check_parts(&[part(1, 4), part(3, 1)], limits).is_ok());
    }

    proptest! {
        #[test]
        fn the_checksums_of_parts_make_that_of_the_whole(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..6),
        ) {
            let algorithm = ChecksumAlgorithm::Crc64Nvme;
            let parts: Vec<Part> = (1..)
                .zip(&chunks)
                .map(|(number, chunk)| {
                    let bytes = Bytes::from(chunk.clone());
                    Part::new(number, bytes.len() as u64, ETag::new("t"), algorithm.sum(&[bytes]))
                })
                .collect();
            let whole = Bytes::from(chunks.concat());
            let size = whole.len() as u64;
            prop_assert_eq!(checksum_of_parts(&parts), Some((algorithm.sum(&[whole]), size)));
        }
    }
}
