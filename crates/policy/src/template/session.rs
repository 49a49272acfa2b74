//! The box around one connector's session: its folder and nothing else, whatever the role itself allows.

use super::folder::Folder;
use super::kms::KmsAccess;
use crate::document::{Document, Operator, Statement, Test};
use crate::size::PolicyKind;
use crate::{Arn, BucketName, Error, Partition};

/// What a connector's session may reach.
#[derive(Clone, Debug)]
pub struct SessionScope {
    partition: Partition,
    bucket: BucketName,
    folder: String,
    claims: Claims,
    multipart: Multipart,
    kms: Option<KmsAccess>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claims {
    Granted,
    LeftOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Multipart {
    Granted,
    LeftOut,
}

impl SessionScope {
    /// One folder of one bucket, and `_bucketline/*` beside it. The folder has no slash at either end.
    pub fn new(bucket: BucketName, folder: impl Into<String>) -> Self {
        Self {
            partition: Partition::AWS,
            bucket,
            folder: folder.into(),
            claims: Claims::Granted,
            multipart: Multipart::LeftOut,
            kms: None,
        }
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }

    /// Leaves out `_bucketline/*`, where the register of folders and the check's own object lie.
    #[must_use]
    pub fn without_claims(mut self) -> Self {
        self.claims = Claims::LeftOut;
        self
    }

    /// Adds what uploads in parts need.
    #[must_use]
    pub fn with_multipart(mut self) -> Self {
        self.multipart = Multipart::Granted;
        self
    }

    /// Adds one KMS key, used through S3 alone.
    #[must_use]
    pub fn kms_key(mut self, key: Arn) -> Self {
        self.kms = Some(KmsAccess::Key(key));
        self
    }

    /// Adds whichever KMS key the bucket encrypts with, used through S3 in this region alone.
    #[must_use]
    pub fn kms_of_bucket(mut self, region: impl Into<String>) -> Self {
        self.kms = Some(KmsAccess::OfBucket {
            region: region.into(),
        });
        self
    }
}

/// The session policy for one connector: put and get below its folder (and on `_bucketline/*`), list below its folder,
/// and the bucket's region. Deleting is never part of it.
///
/// # Errors
/// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when the folder is empty, begins or ends with a slash, or
/// when a KMS key or region is not one; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when the policy passes
/// STS's 2,048 characters. A folder of 512 bytes fits unless its characters need escaping.
pub fn session_policy(scope: &SessionScope) -> Result<Document, Error> {
    let folder = Folder::parse(&scope.folder)?;
    let bucket = scope.bucket.arn(&scope.partition).to_string();
    let mut objects = vec![format!("{bucket}/{}/*", folder.escaped())];
    if scope.claims == Claims::Granted {
        objects.push(format!("{bucket}/_bucketline/*"));
    }
    let mut object_actions = vec!["s3:PutObject", "s3:GetObject"];
    if scope.multipart == Multipart::Granted {
        object_actions.extend(["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]);
    }
    let mut statements = vec![
        Statement::allow()
            .actions(object_actions)
            .resources(objects)
            .build()?,
        // `folder/*` alone, since it matches `folder/` too: every byte of a long folder counts against the limit.
        Statement::allow()
            .actions(["s3:ListBucket"])
            .resources([bucket.clone()])
            .when(
                Operator::new(Test::StringLike),
                "s3:prefix",
                [format!("{}/*", folder.escaped())],
            )
            .build()?,
        // Servers refuse or ignore this action beside a condition on `s3:prefix`, which its requests never carry.
        Statement::allow()
            .actions(["s3:GetBucketLocation"])
            .resources([bucket])
            .build()?,
    ];
    if let Some(kms) = &scope.kms {
        statements.push(kms.statement(&scope.partition)?);
    }
    let document = Document::new(statements);
    PolicyKind::Session.check(&document)?;
    Ok(document)
}
