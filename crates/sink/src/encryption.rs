//! Encryption at rest: what is asked of a store, and what it says it did. It must not know how a store is
//! asked.

use std::collections::BTreeMap;

use crate::Error;
pub use crate::encryption::seen::{EncryptionSeen, KmsSeen};

mod seen;
mod text;

/// The server-side encryption to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encryption {
    /// Ask for nothing: the bucket's own setting holds.
    #[default]
    BucketDefault,
    /// Keys managed by S3 (`x-amz-server-side-encryption: AES256`).
    Aes256,
    /// A key in AWS KMS (`aws:kms`, or `aws:kms:dsse`).
    Kms(Kms),
}

/// Encryption by a key in AWS KMS.
///
/// ```
/// use bucketline_sink::{Encryption, Kms};
///
/// let key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/// let asked = Encryption::from(Kms::new(key).bucket_key(true).context("tenant", "acme"));
/// assert_eq!(Encryption::from_text(&asked.to_text()), Some(asked));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Kms {
    /// The key's ARN, its id, or an alias; S3 takes an id only for a key of the bucket's own account.
    pub key_id: String,
    /// Whether to use an S3 Bucket Key, which spares calls to KMS; the bucket's own setting if not said.
    pub bucket_key: Option<bool>,
    /// The encryption context: it is not secret, is logged by KMS, and policies of the key may ask for it.
    pub context: BTreeMap<String, String>,
    /// Two layers of encryption (`aws:kms:dsse`); no Bucket Key goes with it.
    pub dsse: bool,
}

impl Kms {
    /// By this key, with everything else as the bucket has it.
    #[must_use]
    pub fn new(key_id: impl Into<String>) -> Self {
        Self {
            key_id: key_id.into(),
            bucket_key: None,
            context: BTreeMap::new(),
            dsse: false,
        }
    }

    /// Says whether an S3 Bucket Key is used.
    #[must_use]
    pub fn bucket_key(mut self, used: bool) -> Self {
        self.bucket_key = Some(used);
        self
    }

    /// Adds one pair to the encryption context.
    #[must_use]
    pub fn context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.insert(name.into(), value.into());
        self
    }

    /// Asks for two layers, or for one.
    #[must_use]
    pub fn dsse(mut self, two_layers: bool) -> Self {
        self.dsse = two_layers;
        self
    }

    /// Whether a store could take it. Every put asks this too; who reads settings asks when they are read.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, saying what no store would take.
    pub fn check(&self) -> Result<(), Error> {
        self.fault()
            .map_or(Ok(()), |fault| Err(Error::invalid(fault.to_owned())))
    }

    /// What no store would take, in words.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let printable = |text: &str| !text.is_empty() && text.bytes().all(|b| (b'!'..=b'~').contains(&b));
        if !printable(&self.key_id) {
            Some("a KMS key is named by its ARN, its id or an alias")
        } else if self.dsse && self.bucket_key == Some(true) {
            Some("a Bucket Key cannot be used with two layers of encryption (dsse)")
        } else if self
            .context
            .iter()
            .any(|(name, value)| name.is_empty() || value.is_empty())
        {
            Some("the encryption context needs a name and a value for each of its pairs")
        } else {
            None
        }
    }
}

impl From<Kms> for Encryption {
    fn from(kms: Kms) -> Self {
        Self::Kms(kms)
    }
}
