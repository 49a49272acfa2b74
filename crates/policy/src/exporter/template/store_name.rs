//! What an exporter's requests name as their bucket, which is what policies judge. It must not know whether that exists.

use crate::{Arn, BucketName, Partition};

/// A bucket, or an access point before one: a request through an access point is judged on the access point's ARN, and on the
/// bucket's only by the bucket's own policy.
///
/// Source: [configuring IAM policies for using access
/// points](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html).
///
/// ```
/// use bucketline_policy::exporter::template::{SessionScope, session_policy};
/// use bucketline_policy::Arn;
///
/// let point: Arn = "arn:aws:s3:eu-central-1:111122223333:accesspoint/export".parse()?;
/// let policy = session_policy(&SessionScope::at(point.into(), "currents"))?.to_json();
/// assert!(policy.contains("arn:aws:s3:eu-central-1:111122223333:accesspoint/export/object/currents/*"));
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a bucket is named, or an access point before it"
)]
pub enum StoreName {
    /// The bucket itself.
    Bucket(BucketName),
    /// An access point, by its ARN; with wildcards where only its alias is known, which policies do not see.
    AccessPoint(Arn),
}

impl StoreName {
    /// The resource of calls on the bucket.
    pub(super) fn arn(&self, partition: &Partition) -> String {
        match self {
            Self::Bucket(name) => name.arn(partition).to_string(),
            Self::AccessPoint(arn) => arn.to_string(),
        }
    }

    /// What the resources of calls on objects begin with, before the key.
    pub(super) fn objects(&self, partition: &Partition) -> String {
        match self {
            Self::Bucket(_) => format!("{}/", self.arn(partition)),
            Self::AccessPoint(_) => format!("{}/object/", self.arn(partition)),
        }
    }
}

impl From<BucketName> for StoreName {
    fn from(name: BucketName) -> Self {
        Self::Bucket(name)
    }
}

impl From<Arn> for StoreName {
    fn from(arn: Arn) -> Self {
        Self::AccessPoint(arn)
    }
}
