//! Server-side encryption headers: what a put may ask for, and what an answer says.

use s3s::dto::{CreateMultipartUploadInput, PutObjectInput, ServerSideEncryption};
use s3s::{S3Result, s3_error};

use super::Store;
use crate::world::{Bucket, Encryption};

/// The headers of a request that ask for encryption.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    with_customers_key: bool,
    algorithm: Option<&'a ServerSideEncryption>,
    key: Option<&'a str>,
}

impl<'a> From<&'a PutObjectInput> for Asked<'a> {
    fn from(input: &'a PutObjectInput) -> Self {
        Self {
            with_customers_key: input.sse_customer_algorithm.is_some(),
            algorithm: input.server_side_encryption.as_ref(),
            key: input.ssekms_key_id.as_deref(),
        }
    }
}

impl<'a> From<&'a CreateMultipartUploadInput> for Asked<'a> {
    fn from(input: &'a CreateMultipartUploadInput) -> Self {
        Self {
            with_customers_key: input.sse_customer_algorithm.is_some(),
            algorithm: input.server_side_encryption.as_ref(),
            key: input.ssekms_key_id.as_deref(),
        }
    }
}

impl Store {
    /// What the object gets. Since 2023 an object that asks for nothing gets the bucket's default, AES256 at least.
    ///
    /// Source: "Setting default server-side encryption behavior for Amazon S3 buckets", S3 user guide.
    pub(super) fn encryption(&self, bucket: &Bucket, asked: Asked<'_>) -> S3Result<Encryption> {
        if asked.with_customers_key {
            return Err(s3_error!(NotImplemented, "the testkit does not serve SSE-C"));
        }
        let key = asked.key;
        match asked.algorithm.map(ServerSideEncryption::as_str) {
            None | Some(ServerSideEncryption::AES256) if key.is_some() => Err(s3_error!(
                InvalidArgument,
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
            )),
            None => Ok(bucket.encryption()),
            Some(ServerSideEncryption::AES256) => Ok(Encryption::Aes256),
            Some(ServerSideEncryption::AWS_KMS) => Ok(Encryption::Kms {
                key: self.key_arn(bucket, key),
            }),
            Some(ServerSideEncryption::AWS_KMS_DSSE) => Err(s3_error!(
                NotImplemented,
                "the testkit does not serve aws:kms:dsse"
            )),
            Some(_) => Err(s3_error!(
                InvalidEncryptionAlgorithmError,
                "The encryption request that you specified is not valid. The valid value is AES256."
            )),
        }
    }
}

/// The two headers of an answer; none from a bucket that plays a store which forgets them.
pub(super) fn shown(
    bucket: &Bucket,
    encryption: &Encryption,
) -> (Option<ServerSideEncryption>, Option<String>) {
    match encryption {
        _ if !bucket.encryption_shown() => (None, None),
        Encryption::Aes256 => (
            Some(ServerSideEncryption::from_static(ServerSideEncryption::AES256)),
            None,
        ),
        Encryption::Kms { key } => (
            Some(ServerSideEncryption::from_static(ServerSideEncryption::AWS_KMS)),
            Some(key.clone()),
        ),
    }
}
