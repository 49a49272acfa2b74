//! A bucket in a seed.

use std::time::SystemTime;

use serde::Deserialize;

use super::text::Text;
use crate::error::{Error, ErrorKind};
use crate::world::{self, Encryption, Quirks};

/// When the buckets of a seed were made: long before any object.
const SEEDED: SystemTime = SystemTime::UNIX_EPOCH;

/// An S3 bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    name: String,
    #[serde(default = "us_east_1")]
    region: String,
    policy: Option<Text>,
    #[serde(default)]
    encryption: DefaultEncryption,
    #[serde(default = "yes")]
    show_encryption: bool,
    #[serde(default = "yes")]
    keep_conditions: bool,
    #[serde(default = "yes")]
    take_checksums: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DefaultEncryption {
    #[default]
    Aes256,
    Kms(String),
}

impl Bucket {
    /// An empty bucket in us-east-1.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            region: us_east_1(),
            policy: None,
            encryption: DefaultEncryption::Aes256,
            show_encryption: true,
            keep_conditions: true,
            take_checksums: true,
        }
    }

    /// Sets the region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Sets the bucket policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, document: impl Into<String>) -> Self {
        self.policy = Some(Text::Inline(document.into()));
        self
    }

    /// Encrypts objects that ask for nothing with this KMS key, an ARN.
    #[must_use]
    pub fn kms_encryption(mut self, key: impl Into<String>) -> Self {
        self.encryption = DefaultEncryption::Kms(key.into());
        self
    }

    /// Plays a store that takes encryption headers and shows none, as some S3-compatible ones do.
    #[must_use]
    pub fn hide_encryption(mut self) -> Self {
        self.show_encryption = false;
        self
    }

    /// Plays a store that takes `If-None-Match` and `If-Match` and writes all the same, as some S3-compatible ones do.
    #[must_use]
    pub fn ignore_conditions(mut self) -> Self {
        self.keep_conditions = false;
        self
    }

    /// Plays a store that refuses requests with a checksum's header, as some S3-compatible ones do.
    #[must_use]
    pub fn refuse_checksums(mut self) -> Self {
        self.take_checksums = false;
        self
    }

    #[cfg(feature = "seed-file")]
    pub(super) fn texts(
        &mut self,
        with: &mut dyn FnMut(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.policy.iter_mut().try_for_each(with)
    }

    pub(crate) fn build(self, account: &str) -> Result<world::Bucket, Error> {
        let name = &self.name;
        if !s3s::path::check_bucket_name(name) {
            return Err(Error::new(
                ErrorKind::Seed,
                format!("`{name}` is not a bucket name"),
            ));
        }
        let policy = self
            .policy
            .map(|text| text.policy(&format!("policy of bucket `{name}`")))
            .transpose()?;
        let encryption = match self.encryption {
            DefaultEncryption::Aes256 => Encryption::Aes256,
            DefaultEncryption::Kms(key) => Encryption::Kms { key },
        };
        Ok(world::Bucket::new(name, account, &self.region, SEEDED)
            .with_policy(policy)
            .with_encryption(encryption, self.show_encryption)
            .with_quirks(Quirks {
                ignores_conditions: !self.keep_conditions,
                refuses_checksums: !self.take_checksums,
            }))
    }
}

fn us_east_1() -> String {
    "us-east-1".into()
}

fn yes() -> bool {
    true
}
