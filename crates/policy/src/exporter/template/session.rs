//! The box around one connector's session: its folder and nothing else, whatever the role itself allows.

use super::kms::KmsAccess;
use super::reach::{Claims, Listing, Reach, Tagging, Uploads};
use super::store_name::StoreName;
use crate::document::Document;
use crate::{Arn, BucketName, Error, Partition, PolicyKind};

/// What a connector's session may reach.
#[derive(Clone, Debug)]
pub struct SessionScope(Reach);

impl SessionScope {
    /// One folder of one bucket, and `_bucketline/*` beside it. The folder has no slash at either end.
    pub fn new(bucket: BucketName, folder: impl Into<String>) -> Self {
        Self::at(bucket.into(), folder)
    }

    /// The same, where requests may name an access point.
    pub fn at(store: StoreName, folder: impl Into<String>) -> Self {
        Self(Reach {
            folders: vec![folder.into()],
            ..Reach::new(store)
        })
    }

    /// The roots of data exports in one bucket, in a folder where it is not empty, and `_bucketline/*`: written in parts,
    /// and deleted from.
    pub fn data_export(bucket: BucketName, folder: impl AsRef<str>) -> Self {
        Self::data_export_at(bucket.into(), folder)
    }

    /// The same, where requests may name an access point.
    pub fn data_export_at(store: StoreName, folder: impl AsRef<str>) -> Self {
        let mut reach = Reach::new(store);
        reach.add_exports(folder.as_ref());
        Self(reach)
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.0.partition = partition;
        self
    }

    /// Leaves out `_bucketline/*`, where the register of folders and the check's own object lie.
    #[must_use]
    pub fn without_claims(mut self) -> Self {
        self.0.claims = Claims::LeftOut;
        self
    }

    /// Adds what uploads in parts need.
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

    /// Adds one KMS key, used through S3 alone.
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

    /// Adds whichever KMS key the bucket encrypts with, used through S3, where the bucket's region is not known yet.
    #[must_use]
    pub fn kms_of_bucket_in_any_region(mut self) -> Self {
        self.0.kms = Some(KmsAccess::OfBucket { region: None });
        self
    }
}

/// The session policy for one connector: put and get below its folder (and on `_bucketline/*`), list below its folder,
/// and the bucket's region. Deleting is part of it below the roots of data exports alone.
///
/// # Errors
/// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when the folder is empty, begins or ends with a slash, or
/// when a KMS key or region is not one; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when the policy passes
/// STS's 2,048 characters. A folder of 512 bytes fits unless its characters need escaping.
pub fn session_policy(scope: &SessionScope) -> Result<Document, Error> {
    let document = Document::new(scope.0.statements(Listing::Short)?);
    PolicyKind::Session.check(&document)?;
    Ok(document)
}
