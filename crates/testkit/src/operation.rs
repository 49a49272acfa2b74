//! The table of operations: service, name, and for S3 the IAM action that permits each. Adding one begins here.

use serde::{Deserialize, Serialize};

use crate::service::Service;

macro_rules! operations {
    ($($service:ident $name:ident $(= $action:literal on $what:ident)?;)+) => {
        /// An operation that the testkit serves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is the AWS operation of that name")]
        pub enum Operation {
            $($name,)+
            /// Anything else: answered with `NotImplemented` or `InvalidAction`.
            Other,
        }

        impl Operation {
            /// All that are served.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name as AWS writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                    Self::Other => "Other",
                }
            }

            /// The service that has it; none for what is not served.
            #[must_use]
            pub fn service(self) -> Option<Service> {
                match self {
                    $(Self::$name => Some(Service::$service),)+
                    Self::Other => None,
                }
            }

            /// The IAM action that permits an S3 operation, and what it is authorized on.
            ///
            /// Source: "Actions, resources, and condition keys for Amazon S3", AWS Service Authorization Reference.
            pub(crate) fn s3_action(self) -> Option<(&'static str, OnWhat)> {
                match self {
                    $($(Self::$name => Some(($action, OnWhat::$what)),)?)+
                    _ => None,
                }
            }
        }
    };
}

operations! {
    S3 ListBuckets = "s3:ListAllMyBuckets" on Account;
    S3 CreateBucket = "s3:CreateBucket" on Bucket;
    S3 HeadBucket = "s3:ListBucket" on Bucket;
    S3 GetBucketLocation = "s3:GetBucketLocation" on Bucket;
    S3 DeleteBucket = "s3:DeleteBucket" on Bucket;
    S3 PutPublicAccessBlock = "s3:PutBucketPublicAccessBlock" on Bucket;
    S3 GetPublicAccessBlock = "s3:GetBucketPublicAccessBlock" on Bucket;
    S3 PutBucketOwnershipControls = "s3:PutBucketOwnershipControls" on Bucket;
    S3 GetBucketOwnershipControls = "s3:GetBucketOwnershipControls" on Bucket;
    S3 PutBucketLifecycleConfiguration = "s3:PutLifecycleConfiguration" on Bucket;
    S3 GetBucketLifecycleConfiguration = "s3:GetLifecycleConfiguration" on Bucket;
    S3 PutBucketTagging = "s3:PutBucketTagging" on Bucket;
    S3 GetBucketTagging = "s3:GetBucketTagging" on Bucket;
    S3 PutBucketEncryption = "s3:PutEncryptionConfiguration" on Bucket;
    S3 GetBucketEncryption = "s3:GetEncryptionConfiguration" on Bucket;
    S3 PutBucketPolicy = "s3:PutBucketPolicy" on Bucket;
    S3 GetBucketPolicy = "s3:GetBucketPolicy" on Bucket;
    S3 DeleteBucketPolicy = "s3:DeleteBucketPolicy" on Bucket;
    S3 ListObjectsV2 = "s3:ListBucket" on Bucket;
    S3 PutObject = "s3:PutObject" on Object;
    S3 GetObject = "s3:GetObject" on Object;
    S3 HeadObject = "s3:GetObject" on Object;
    S3 CreateMultipartUpload = "s3:PutObject" on Object;
    S3 UploadPart = "s3:PutObject" on Object;
    S3 CompleteMultipartUpload = "s3:PutObject" on Object;
    S3 AbortMultipartUpload = "s3:AbortMultipartUpload" on Object;
    S3 ListParts = "s3:ListMultipartUploadParts" on Object;
    S3 ListMultipartUploads = "s3:ListBucketMultipartUploads" on Bucket;
    S3 DeleteObject = "s3:DeleteObject" on Object;
    Sts AssumeRole;
    Sts AssumeRoleWithWebIdentity;
    Sts GetCallerIdentity;
    Iam CreateUser;
    Iam GetUser;
    Iam DeleteUser;
    Iam CreateAccessKey;
    Iam ListAccessKeys;
    Iam UpdateAccessKey;
    Iam DeleteAccessKey;
    Iam PutUserPolicy;
    Iam GetUserPolicy;
    Iam DeleteUserPolicy;
    Iam ListUserPolicies;
    Iam CreateRole;
    Iam GetRole;
    Iam DeleteRole;
    Iam UpdateAssumeRolePolicy;
    Iam PutRolePolicy;
    Iam GetRolePolicy;
    Iam DeleteRolePolicy;
    Iam ListRolePolicies;
    Iam ListUsers;
    Iam ListRoles;
    Iam CreatePolicy;
    Iam GetPolicy;
    Iam ListPolicies;
    Iam DeletePolicy;
    Iam CreatePolicyVersion;
    Iam GetPolicyVersion;
    Iam ListPolicyVersions;
    Iam DeletePolicyVersion;
    Iam SetDefaultPolicyVersion;
    Iam AttachUserPolicy;
    Iam DetachUserPolicy;
    Iam ListAttachedUserPolicies;
    Iam PutUserPermissionsBoundary;
    Iam DeleteUserPermissionsBoundary;
    Iam AttachRolePolicy;
    Iam DetachRolePolicy;
    Iam ListAttachedRolePolicies;
    Iam PutRolePermissionsBoundary;
    Iam DeleteRolePermissionsBoundary;
}

impl Operation {
    /// The operation of that name, if the service has it.
    pub(crate) fn of(service: Service, name: &str) -> Self {
        let mut served = Self::ALL.iter().copied();
        served
            .find(|operation| operation.service() == Some(service) && operation.as_str() == name)
            .unwrap_or(Self::Other)
    }
}

/// What an S3 action is authorized on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnWhat {
    /// No resource of its own: `*`.
    Account,
    Bucket,
    Object,
}
