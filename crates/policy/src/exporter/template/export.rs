//! The least-privilege policy of an exporter, for the user or role that delivers.

use super::kms::KmsAccess;
use super::reach::{Claims, Listing, Reach, Tagging, Uploads};
use super::store_name::StoreName;
use crate::document::Document;
use crate::{Arn, BucketName, Error, Partition, PolicyKind};

/// What an exporter may reach: folders of one bucket, and options.
#[derive(Clone, Debug)]
pub struct ExportScope(pub(super) Reach);

impl ExportScope {
    /// One bucket, no folder yet, with `_bucketline/*`.
    pub fn new(bucket: BucketName) -> Self {
        Self::at(bucket.into())
    }

    /// The same, where requests may name an access point.
    pub fn at(store: StoreName) -> Self {
        Self(Reach::new(store))
    }

    /// Adds a folder, without a slash at either end. Each connector has its own.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> Self {
        self.0.folders.push(folder.into());
        self
    }

    /// Adds the roots of dashboard data exports, `segment-export`, `reports` and `sent_messages`, at the top of the bucket:
    /// written in parts, and deleted from.
    #[must_use]
    pub fn data_export(self) -> Self {
        self.data_export_in("")
    }

    /// The same, in a folder without a slash at either end.
    #[must_use]
    pub fn data_export_in(mut self, folder: impl AsRef<str>) -> Self {
        self.0.add_exports(folder.as_ref());
        self
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.0.partition = partition;
        self
    }

    /// Leaves out `_bucketline/*`. Deliveries then work, but no register keeps two vendors out of one folder.
    #[must_use]
    pub fn without_claims(mut self) -> Self {
        self.0.claims = Claims::LeftOut;
        self
    }

    /// Adds what uploads in parts need, clean-up included: parts that are never completed nor aborted cost for ever.
    #[must_use]
    pub fn with_multipart(mut self) -> Self {
        self.0.uploads = Uploads::InParts;
        self
    }

    /// Adds what putting objects with tags needs.
    #[must_use]
    pub fn with_tags(mut self) -> Self {
        self.0.tags = Tagging::WithObjects;
        self
    }

    /// Adds one KMS key, used through S3 alone. Across accounts the key's own policy must allow it too.
    #[must_use]
    pub fn kms_key(mut self, key: Arn) -> Self {
        self.0.kms = Some(KmsAccess::Key(key));
        self
    }

    /// Adds whichever KMS key the bucket encrypts with, used through S3 in this region alone.
    #[must_use]
    pub fn kms_of_bucket(mut self, region: impl Into<String>) -> Self {
        self.0.kms = Some(KmsAccess::OfBucket {
            region: Some(region.into()),
        });
        self
    }
}

/// The least an exporter needs: put and get below its folders (and on `_bucketline/*`), list below its folders, and the
/// bucket's region. Delete below the roots of data exports alone, if at all.
///
/// # Errors
/// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when there is no folder or one is not well formed, or when a
/// KMS key or region is not one; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when so many folders pass the 6,144
/// characters of a managed policy.
pub fn least_privilege(scope: &ExportScope) -> Result<Document, Error> {
    let document = Document::new(scope.0.statements(Listing::Familiar)?);
    PolicyKind::Managed.check(&document)?;
    Ok(document)
}
