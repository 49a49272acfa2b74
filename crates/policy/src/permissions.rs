//! Which permissions each call to S3 and STS needs, as data. Templates, checks and diagnosis all read it here.
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html> and the API
//! reference page of each operation.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::Error;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// A call of AWS's API, by the name the API gives it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum Operation { $($(#[$doc])* $name),+ }

        impl Operation {
            /// All operations known here.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name of the API operation.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

operations! {
    /// Writes an object in one request, conditionally or not.
    PutObject,
    /// Reads an object.
    GetObject,
    /// Reads an object's metadata. A missing key answers 404 only to callers who may list, 403 to all others.
    HeadObject,
    /// Reads checksums, size and parts of an object.
    GetObjectAttributes,
    /// Deletes an object, or a version of it.
    DeleteObject,
    /// Deletes up to a thousand objects.
    DeleteObjects,
    /// Copies an object.
    CopyObject,
    /// Lists keys.
    ListObjectsV2,
    /// Lists keys, the older form.
    ListObjects,
    /// Lists versions of objects.
    ListObjectVersions,
    /// Asks whether the bucket exists. Its requests carry no `s3:prefix`.
    HeadBucket,
    /// Asks for the bucket's region.
    GetBucketLocation,
    /// Begins an upload in parts.
    CreateMultipartUpload,
    /// Uploads a part.
    UploadPart,
    /// Makes a part out of an object.
    UploadPartCopy,
    /// Ends an upload in parts.
    CompleteMultipartUpload,
    /// Gives up an upload in parts.
    AbortMultipartUpload,
    /// Lists the parts of an upload.
    ListParts,
    /// Lists the uploads that were not ended.
    ListMultipartUploads,
    /// Writes an object's tags.
    PutObjectTagging,
    /// Reads an object's tags.
    GetObjectTagging,
    /// Deletes an object's tags.
    DeleteObjectTagging,
    /// Writes an object's access control list.
    PutObjectAcl,
    /// Reads an object's access control list.
    GetObjectAcl,
    /// Lists all buckets of the account.
    ListBuckets,
    /// Reads the bucket's default encryption.
    GetBucketEncryption,
    /// Reads whether the bucket keeps versions.
    GetBucketVersioning,
    /// Reads who owns new objects.
    GetBucketOwnershipControls,
    /// Reads what the bucket keeps from the public.
    GetPublicAccessBlock,
    /// Takes on a role; the role's trust policy must allow it too.
    AssumeRole,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Operation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.as_str() == text);
        found.ok_or_else(|| {
            Error::name(format!(
                "`{text}` is not an operation known here, such as `PutObject`"
            ))
        })
    }
}

/// What about a call asks for more than the call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub enum CallOption {
    /// The object is, or becomes, encrypted with a KMS key.
    Kms,
    /// The call names a version.
    Version,
    /// The call sets tags: of an object, or of a session.
    Tags,
    /// The call sets an access control list.
    Acl,
    /// The call sets a retention period.
    Retention,
    /// The call sets a legal hold.
    LegalHold,
    /// The call passes a source identity.
    SourceIdentity,
}

/// What a permission has to be granted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The bucket's own ARN.
    Bucket,
    /// The object that is read or written.
    Object,
    /// The object that is copied from.
    SourceObject,
    /// The KMS key of the object.
    Key,
    /// The KMS key of the object that is copied from.
    SourceKey,
    /// The role.
    Role,
    /// `*`: the action has no resource.
    Account,
}

/// One action on one kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Permission {
    /// The action, such as `s3:PutObject`.
    pub action: &'static str,
    /// On what.
    pub scope: Scope,
}

/// The permissions a call needs, the main one first.
///
/// Conditional writes (`If-None-Match`, `If-Match`), storage classes, checksums and encryption with S3's own keys need
/// nothing further.
///
/// ```
/// use bucketline_policy::{CallOption, Operation, required_permissions};
/// let needed = required_permissions(Operation::UploadPart, &[CallOption::Kms]);
/// let actions: Vec<_> = needed.iter().map(|permission| permission.action).collect();
/// assert_eq!(actions, ["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"]);
/// ```
pub fn required_permissions(operation: Operation, options: &[CallOption]) -> Vec<Permission> {
    use Operation as O;
    let with = |option| options.contains(&option);
    let version = |plain, versioned| {
        if with(CallOption::Version) {
            versioned
        } else {
            plain
        }
    };
    let mut needs = Needs::default();
    match operation {
        O::PutObject | O::CreateMultipartUpload => needs.write(options),
        O::UploadPart | O::CompleteMultipartUpload => needs.on(Scope::Object, ["s3:PutObject"]),
        O::GetObject | O::HeadObject => {
            needs.on(Scope::Object, [version("s3:GetObject", "s3:GetObjectVersion")])
        }
        O::GetObjectAttributes => needs.on(
            Scope::Object,
            [
                version("s3:GetObject", "s3:GetObjectVersion"),
                version("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
            ],
        ),
        O::DeleteObject | O::DeleteObjects => {
            needs.on(
                Scope::Object,
                [version("s3:DeleteObject", "s3:DeleteObjectVersion")],
            );
        }
        O::CopyObject | O::UploadPartCopy => {
            needs.write(options);
            needs.on(
                Scope::SourceObject,
                [version("s3:GetObject", "s3:GetObjectVersion")],
            );
            if with(CallOption::Tags) {
                needs.on(
                    Scope::SourceObject,
                    [version("s3:GetObjectTagging", "s3:GetObjectVersionTagging")],
                );
            }
        }
        O::ListObjectsV2 | O::ListObjects | O::HeadBucket => needs.on(Scope::Bucket, ["s3:ListBucket"]),
        O::ListObjectVersions => needs.on(Scope::Bucket, ["s3:ListBucketVersions"]),
        O::GetBucketLocation => needs.on(Scope::Bucket, ["s3:GetBucketLocation"]),
        O::AbortMultipartUpload => needs.on(Scope::Object, ["s3:AbortMultipartUpload"]),
        O::ListParts => needs.on(Scope::Object, ["s3:ListMultipartUploadParts"]),
        O::ListMultipartUploads => needs.on(Scope::Bucket, ["s3:ListBucketMultipartUploads"]),
        O::PutObjectTagging => {
            needs.on(
                Scope::Object,
                [version("s3:PutObjectTagging", "s3:PutObjectVersionTagging")],
            );
        }
        O::GetObjectTagging => {
            needs.on(
                Scope::Object,
                [version("s3:GetObjectTagging", "s3:GetObjectVersionTagging")],
            );
        }
        O::DeleteObjectTagging => {
            needs.on(
                Scope::Object,
                [version("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging")],
            );
        }
        O::PutObjectAcl => needs.on(
            Scope::Object,
            [version("s3:PutObjectAcl", "s3:PutObjectVersionAcl")],
        ),
        O::GetObjectAcl => needs.on(
            Scope::Object,
            [version("s3:GetObjectAcl", "s3:GetObjectVersionAcl")],
        ),
        O::ListBuckets => needs.on(Scope::Account, ["s3:ListAllMyBuckets"]),
        O::GetBucketEncryption => needs.on(Scope::Bucket, ["s3:GetEncryptionConfiguration"]),
        O::GetBucketVersioning => needs.on(Scope::Bucket, ["s3:GetBucketVersioning"]),
        O::GetBucketOwnershipControls => needs.on(Scope::Bucket, ["s3:GetBucketOwnershipControls"]),
        O::GetPublicAccessBlock => needs.on(Scope::Bucket, ["s3:GetBucketPublicAccessBlock"]),
        O::AssumeRole => {
            needs.on(Scope::Role, ["sts:AssumeRole"]);
            if with(CallOption::Tags) {
                needs.on(Scope::Role, ["sts:TagSession"]);
            }
            if with(CallOption::SourceIdentity) {
                needs.on(Scope::Role, ["sts:SetSourceIdentity"]);
            }
        }
    }
    if with(CallOption::Kms) {
        needs.kms(operation);
    }
    needs.0
}

/// What several calls need together, without repeats, in the order of first need.
#[cfg(feature = "exporter")]
pub(crate) fn required_by_all(operations: &[Operation], options: &[CallOption]) -> Vec<Permission> {
    let mut all = Vec::new();
    for permission in operations
        .iter()
        .flat_map(|operation| required_permissions(*operation, options))
    {
        if !all.contains(&permission) {
            all.push(permission);
        }
    }
    all
}

#[derive(Default)]
struct Needs(Vec<Permission>);

impl Needs {
    fn on<const N: usize>(&mut self, scope: Scope, actions: [&'static str; N]) {
        self.0
            .extend(actions.into_iter().map(|action| Permission { action, scope }));
    }

    fn write(&mut self, options: &[CallOption]) {
        self.on(Scope::Object, ["s3:PutObject"]);
        for (option, action) in [
            (CallOption::Tags, "s3:PutObjectTagging"),
            (CallOption::Acl, "s3:PutObjectAcl"),
            (CallOption::Retention, "s3:PutObjectRetention"),
            (CallOption::LegalHold, "s3:PutObjectLegalHold"),
        ] {
            if options.contains(&option) {
                self.on(Scope::Object, [action]);
            }
        }
    }

    fn kms(&mut self, operation: Operation) {
        use Operation as O;
        match operation {
            O::PutObject | O::CreateMultipartUpload => self.on(Scope::Key, ["kms:GenerateDataKey"]),
            // The parts are sealed with the data key of the upload, which has to be opened again for each.
            O::UploadPart | O::CompleteMultipartUpload => {
                self.on(Scope::Key, ["kms:GenerateDataKey", "kms:Decrypt"]);
            }
            O::GetObject | O::HeadObject | O::GetObjectAttributes | O::ListParts => {
                self.on(Scope::Key, ["kms:Decrypt"]);
            }
            O::CopyObject => {
                self.on(Scope::Key, ["kms:GenerateDataKey"]);
                self.on(Scope::SourceKey, ["kms:Decrypt"]);
            }
            O::UploadPartCopy => {
                self.on(Scope::Key, ["kms:GenerateDataKey", "kms:Decrypt"]);
                self.on(Scope::SourceKey, ["kms:Decrypt"]);
            }
            _ => {}
        }
    }
}
