//! The types of resource of which AWS checks whether the public may in. Knows no policy.

use std::fmt;
use std::str::FromStr;

use crate::{DocumentKind, Error, PolicySet, everything};

/// A type of resource, as AWS's `CheckNoPublicAccess` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResourceType(&'static (&'static str, &'static str));

const BUCKET: &(&str, &str) = &("AWS::S3::Bucket", "s3");
const TRUST: &(&str, &str) = &("AWS::IAM::AssumeRolePolicyDocument", "sts");

/// Names with the services whose actions work on such resources
/// (<https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html>).
const TYPES: &[(&str, &str)] = &[
    *BUCKET,
    *TRUST,
    ("AWS::ApiGateway::RestApi", "execute-api"),
    ("AWS::Backup::BackupVault", "backup"),
    ("AWS::CloudTrail::Dashboard", "cloudtrail"),
    ("AWS::CloudTrail::EventDataStore", "cloudtrail"),
    ("AWS::CodeArtifact::Domain", "codeartifact"),
    ("AWS::DynamoDB::Stream", "dynamodb"),
    ("AWS::DynamoDB::Table", "dynamodb"),
    ("AWS::EFS::FileSystem", "elasticfilesystem"),
    ("AWS::KMS::Key", "kms"),
    ("AWS::Kinesis::Stream", "kinesis"),
    ("AWS::Kinesis::StreamConsumer", "kinesis"),
    ("AWS::Lambda::Function", "lambda"),
    ("AWS::OpenSearchService::Domain", "es"),
    ("AWS::S3::AccessPoint", "s3"),
    ("AWS::S3::Glacier", "glacier"),
    ("AWS::S3Express::AccessPoint", "s3express"),
    ("AWS::S3Express::DirectoryBucket", "s3express"),
    ("AWS::S3Outposts::AccessPoint", "s3-outposts"),
    ("AWS::S3Outposts::Bucket", "s3-outposts"),
    ("AWS::S3Tables::Table", "s3tables"),
    ("AWS::S3Tables::TableBucket", "s3tables"),
    ("AWS::SNS::Topic", "sns"),
    ("AWS::SQS::Queue", "sqs"),
    ("AWS::SecretsManager::Secret", "secretsmanager"),
];

impl ResourceType {
    /// `AWS::S3::Bucket`.
    pub const S3_BUCKET: Self = Self(BUCKET);
    /// `AWS::IAM::AssumeRolePolicyDocument`: the trust policy of a role.
    pub const TRUST_POLICY: Self = Self(TRUST);

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TYPES.iter().map(Self)
    }

    /// Its name, `AWS::S3::Bucket`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.0
    }

    pub(super) fn is_trust(self) -> bool {
        self == Self::TRUST_POLICY
    }

    /// A policy that allows everybody everything of the type's service.
    pub(super) fn everything(self, kind: DocumentKind) -> PolicySet {
        PolicySet::compile(&[everything::policy_for(kind, &[format!("{}:*", self.0.1)], &[])])
    }
}

impl FromStr for ResourceType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::all().find(|known| known.as_str() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::all().map(Self::as_str).collect();
            Error::name(format!(
                "`{text}` is no type of resource that can be checked: there are `{}`",
                names.join("`, `")
            ))
        })
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
