//! How a bucket encrypts what is written without saying so.

use std::str::FromStr;

use bucketline_auth::{Error, ErrorKind};
use bucketline_policy::Arn;

/// A bucket's default encryption: `aes256`, or `kms:` and the ARN of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BucketEncryption {
    /// With keys of S3's own, as AWS sets up every bucket.
    S3Keys,
    /// With one KMS key, which the user or role is granted through S3.
    Kms(Arn),
}

impl FromStr for BucketEncryption {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if matches!(text, "aes256" | "AES256") {
            return Ok(Self::S3Keys);
        }
        let key: Option<Arn> = text.strip_prefix("kms:").and_then(|arn| arn.parse().ok());
        match key {
            Some(key) if key.service() == "kms" && key.resource().starts_with("key/") => Ok(Self::Kms(key)),
            _ => Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("`{text}` is not an encryption that a bucket can be set up with"),
            )
            .with_remedy("write `aes256`, or `kms:` and the ARN of a key, as `kms:arn:aws:kms:eu-central-1:111122223333:key/...`")),
        }
    }
}
