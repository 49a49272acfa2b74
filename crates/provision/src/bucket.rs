//! The port to a bucket's own settings: the few calls that setting one up needs. Knows nothing of the SDK, and not in
//! which order the calls are made.

mod aws;

pub use aws::AwsBuckets;

use std::fmt::Debug;

use async_trait::async_trait;
use bucketline_auth::{Error, Region};
use bucketline_policy::{Arn, BucketName};

/// Buckets as their owner administers them, in S3 or something that answers like it.
///
/// One attempt per call.
///
/// # Errors
///
/// Of every call: [`NotFound`](crate::ErrorKind::NotFound) where there is no such bucket,
/// [`Denied`](crate::ErrorKind::Denied) where the caller may not, or the bucket is another account's;
/// [`Throttled`](crate::ErrorKind::Throttled), [`TimedOut`](crate::ErrorKind::TimedOut) and
/// [`Unavailable`](crate::ErrorKind::Unavailable).
///
/// # Cancel safety
///
/// A call that writes and is cancelled may have been carried out. Each may be repeated.
#[async_trait]
pub trait Buckets: Debug + Send + Sync + 'static {
    /// The region that a bucket is in.
    async fn region(&self, bucket: &BucketName) -> Result<Region, Error>;

    /// Makes a bucket in the region of this port. [`AlreadyExists`](crate::ErrorKind::AlreadyExists) where the name is
    /// taken, in whichever account.
    async fn create(&self, bucket: &BucketName) -> Result<(), Error>;

    /// Deletes a bucket. [`Conflict`](crate::ErrorKind::Conflict) while it holds anything.
    async fn delete(&self, bucket: &BucketName) -> Result<(), Error>;

    /// What it holds, as far as setting it up asks: the first keys.
    async fn first_keys(&self, bucket: &BucketName) -> Result<Vec<String>, Error>;

    /// The value of one of its tags.
    async fn tag(&self, bucket: &BucketName, key: &str) -> Result<Option<String>, Error>;

    /// Sets one of its tags; the others stay.
    async fn set_tag(&self, bucket: &BucketName, key: &str, value: &str) -> Result<(), Error>;

    /// Whether all public access is blocked.
    async fn is_closed(&self, bucket: &BucketName) -> Result<bool, Error>;

    /// Blocks all public access.
    async fn close(&self, bucket: &BucketName) -> Result<(), Error>;

    /// Whether the bucket's owner owns every object, and ACLs do not count.
    async fn is_owner_enforced(&self, bucket: &BucketName) -> Result<bool, Error>;

    /// Makes the bucket's owner the owner of every object.
    async fn enforce_owner(&self, bucket: &BucketName) -> Result<(), Error>;

    /// Whether a rule ends uploads in parts that are never completed, anywhere in the bucket.
    async fn ends_unfinished_uploads(&self, bucket: &BucketName) -> Result<bool, Error>;

    /// Adds the rule that ends uploads in parts which are not completed within these days; other rules stay.
    async fn end_unfinished_uploads(&self, bucket: &BucketName, days: i32) -> Result<(), Error>;

    /// The KMS key that it encrypts with by default; none where S3's own keys do it.
    async fn kms_key(&self, bucket: &BucketName) -> Result<Option<String>, Error>;

    /// Encrypts with this KMS key by default.
    async fn encrypt_with(&self, bucket: &BucketName, key: &Arn) -> Result<(), Error>;
}
