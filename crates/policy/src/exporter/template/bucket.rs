//! What a bucket refuses, whoever asks: plain HTTP, unencrypted objects, other accounts, unconditional writes.

use super::folder::Folder;
use crate::document::{ConditionValue, Document, Operator, Statement, StatementBuilder, Test};
use crate::{AccountId, Arn, BucketName, Error, Partition, PolicyKind};

/// The guards of a bucket. Each is off until asked for.
#[derive(Clone, Debug)]
pub struct BucketGuard {
    bucket: BucketName,
    partition: Partition,
    tls: bool,
    encryption: Option<RequiredEncryption>,
    accounts: Vec<AccountId>,
    conditional: Vec<String>,
}

/// The encryption header that writes must carry. A write without one is refused even where the bucket would encrypt by
/// itself, since policies do not see the bucket's default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredEncryption {
    /// `AES256`, with S3's own keys.
    Aes256,
    /// `aws:kms`, with any key.
    Kms,
    /// `aws:kms`, with this key.
    KmsKey(Arn),
}

impl BucketGuard {
    /// No guard yet.
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            partition: Partition::AWS,
            tls: false,
            encryption: None,
            accounts: Vec::new(),
            conditional: Vec::new(),
        }
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }

    /// Refuses requests that do not come over TLS.
    #[must_use]
    pub fn tls_only(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Refuses writes without this encryption header.
    #[must_use]
    pub fn require_encryption(mut self, encryption: RequiredEncryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Adds an account to those that may use the bucket; all others are refused once one is named. The bucket's own
    /// account must be among them, or it locks itself out. AWS services acting for themselves stay allowed.
    #[must_use]
    pub fn only_account(mut self, account: AccountId) -> Self {
        self.accounts.push(account);
        self
    }

    /// Refuses writes below this folder that carry neither `If-None-Match` nor `If-Match`, so that nothing is ever
    /// overwritten blindly.
    #[must_use]
    pub fn conditional_writes(mut self, folder: impl Into<String>) -> Self {
        self.conditional.push(folder.into());
        self
    }
}

/// A bucket policy of refusals. It grants nothing: merge it with a grant where the bucket is used across accounts.
///
/// # Errors
/// [`ErrorKind::Structure`](crate::ErrorKind::Structure) when no guard was asked for,
/// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when a folder is not well formed,
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) over 20 KB.
pub fn bucket_policy(guard: &BucketGuard) -> Result<Document, Error> {
    let arn = guard.bucket.arn(&guard.partition).to_string();
    let objects = format!("{arn}/*");
    let mut document = Document::builder();
    if guard.tls {
        let statement = refusal("DenyInsecureTransport", "s3:*", [arn.clone(), objects.clone()]).when(
            Operator::new(Test::Bool),
            "aws:SecureTransport",
            ["false"],
        );
        document = document.statement(statement.build()?);
    }
    if let Some(encryption) = &guard.encryption {
        for statement in encryption_refusals(encryption, &objects) {
            document = document.statement(statement.build()?);
        }
    }
    if !guard.accounts.is_empty() {
        let accounts = guard.accounts.iter().map(AccountId::to_string);
        // A caller without an account (anonymous, a service) lacks the key, and the negated operator then holds; services
        // are let through by the second condition.
        let statement = refusal("DenyOtherAccounts", "s3:*", [arn.clone(), objects])
            .when(
                Operator::new(Test::StringNotEquals),
                "aws:PrincipalAccount",
                accounts,
            )
            .when(
                Operator::new(Test::Bool).with_if_exists(),
                "aws:PrincipalIsAWSService",
                ["false"],
            );
        document = document.statement(statement.build()?);
    }
    if !guard.conditional.is_empty() {
        let mut folders = Vec::new();
        for text in &guard.conditional {
            folders.push(format!("{arn}/{}/*", Folder::parse(text)?.escaped()));
        }
        // Parts of an upload carry no condition; its completion does
        // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html>).
        let statement = refusal("DenyUnconditionalWrites", "s3:PutObject", folders)
            .when(Operator::new(Test::Null), "s3:if-none-match", ["true"])
            .when(Operator::new(Test::Null), "s3:if-match", ["true"])
            .when(
                Operator::new(Test::Bool).with_if_exists(),
                "s3:ObjectCreationOperation",
                ["true"],
            );
        document = document.statement(statement.build()?);
    }
    let document = document.build()?;
    PolicyKind::Bucket.check(&document)?;
    Ok(document)
}

fn encryption_refusals(encryption: &RequiredEncryption, objects: &str) -> Vec<StatementBuilder> {
    const HEADER: &str = "s3:x-amz-server-side-encryption";
    const KEY_HEADER: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    let unless = |sid: &str, key: &str, wanted: &str| {
        refusal(sid, "s3:PutObject", [objects.to_owned()]).when(
            Operator::new(Test::StringNotEquals),
            key,
            [ConditionValue::from(wanted)],
        )
    };
    match encryption {
        RequiredEncryption::Aes256 => vec![unless("DenyOtherEncryption", HEADER, "AES256")],
        RequiredEncryption::Kms => vec![unless("DenyOtherEncryption", HEADER, "aws:kms")],
        RequiredEncryption::KmsKey(key) => vec![
            unless("DenyOtherEncryption", HEADER, "aws:kms"),
            unless("DenyOtherKeys", KEY_HEADER, key.as_str()),
        ],
    }
}

fn refusal(sid: &str, action: &str, resources: impl IntoIterator<Item = String>) -> StatementBuilder {
    Statement::deny()
        .sid(sid)
        .everyone()
        .actions([action])
        .resources(resources)
}
