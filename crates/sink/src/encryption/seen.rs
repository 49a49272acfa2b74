//! The encryption that a store says it used. It must not know how it was asked.

use crate::encryption::{Encryption, Kms};

/// The server-side encryption that an answer tells of.
///
/// Some stores take the header, drop it, and store in the clear: what was asked for proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncryptionSeen {
    /// The answer says nothing of encryption.
    #[default]
    None,
    /// Keys managed by S3.
    Aes256,
    /// A key in KMS.
    Kms(KmsSeen),
    /// Something else, as the store says it.
    Other(String),
}

/// Encryption by a key in KMS, as an answer tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KmsSeen {
    /// The key, as the store names it (AWS: its full ARN), if it does.
    pub key_id: Option<String>,
    /// Whether an S3 Bucket Key was used.
    pub bucket_key: bool,
    /// Whether there are two layers.
    pub dsse: bool,
}

impl KmsSeen {
    /// One layer by this key.
    #[must_use]
    pub fn new(key_id: impl Into<String>) -> Self {
        Self {
            key_id: Some(key_id.into()),
            ..Self::default()
        }
    }

    fn satisfies(&self, asked: &Kms) -> bool {
        self.key_id
            .as_deref()
            .is_some_and(|seen| same_key(&asked.key_id, seen))
            && self.dsse == asked.dsse
            && asked.bucket_key.is_none_or(|used| used == self.bucket_key)
    }
}

impl EncryptionSeen {
    /// Whether this is what was asked for.
    ///
    /// Any answer satisfies [`Encryption::BucketDefault`]. A KMS key asked for by id, or by MinIO's short
    /// name, is matched with the last part of the ARN in the answer; for one asked for by alias, any named
    /// key will do, since stores answer with the key behind it. Layers have to be as asked, and the Bucket Key
    /// where something was said of it; the encryption context is in no answer.
    ///
    /// ```
    /// use bucketline_sink::{Encryption, EncryptionSeen};
    ///
    /// assert!(EncryptionSeen::Aes256.satisfies(&Encryption::Aes256));
    /// assert!(!EncryptionSeen::None.satisfies(&Encryption::Aes256));
    /// ```
    #[must_use]
    pub fn satisfies(&self, asked: &Encryption) -> bool {
        match (asked, self) {
            (Encryption::BucketDefault, _) | (Encryption::Aes256, Self::Aes256) => true,
            (Encryption::Kms(asked), Self::Kms(seen)) => seen.satisfies(asked),
            (Encryption::Aes256 | Encryption::Kms(_), _) => false,
        }
    }
}

fn same_key(asked: &str, seen: &str) -> bool {
    if asked.starts_with("alias/") || asked.contains(":alias/") {
        return true;
    }
    if asked.starts_with("arn:") && seen.starts_with("arn:") {
        return asked == seen;
    }
    last_part(asked) == last_part(seen)
}

fn last_part(key_id: &str) -> &str {
    key_id.rsplit([':', '/']).next().unwrap_or(key_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kms(key_id: &str) -> Encryption {
        Kms::new(key_id).into()
    }

    fn seen(key_id: &str) -> EncryptionSeen {
        EncryptionSeen::Kms(KmsSeen::new(key_id))
    }

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn the_bucket_s_own_setting_takes_any_answer() {
        for answer in [EncryptionSeen::None, EncryptionSeen::Aes256, seen(ARN)] {
            assert!(answer.satisfies(&Encryption::BucketDefault));
        }
    }

    #[test]
    fn a_kms_key_is_matched_by_arn_id_and_short_name() {
        assert!(seen(ARN).satisfies(&kms(ARN)));
        assert!(seen(ARN).satisfies(&kms("1234abcd-12ab-34cd-56ef-1234567890ab")));
        assert!(seen("arn:aws:kms:k1").satisfies(&kms("k1")));
        assert!(seen(ARN).satisfies(&kms("alias/events")));
    }

    #[test]
    fn another_key_or_kind_does_not_do() {
        let elsewhere = ARN.replace("eu-west-1", "us-east-1");
        assert!(!seen(&elsewhere).satisfies(&kms(ARN)));
        assert!(!seen("arn:aws:kms:k2").satisfies(&kms("k1")));
        assert!(!EncryptionSeen::Kms(KmsSeen::default()).satisfies(&kms(ARN)));
        assert!(!EncryptionSeen::Aes256.satisfies(&kms(ARN)));
        assert!(!seen(ARN).satisfies(&Encryption::Aes256));
        assert!(!EncryptionSeen::Other("aws:fsx".to_owned()).satisfies(&kms(ARN)));
    }

    #[test]
    fn layers_and_bucket_key_have_to_be_as_asked() {
        let (one, two) = (
            KmsSeen::new(ARN),
            KmsSeen {
                dsse: true,
                ..KmsSeen::new(ARN)
            },
        );
        assert!(!one.satisfies(&Kms::new(ARN).dsse(true)));
        assert!(two.satisfies(&Kms::new(ARN).dsse(true)));
        assert!(!two.satisfies(&Kms::new(ARN)));
        let by_bucket_key = KmsSeen {
            bucket_key: true,
            ..KmsSeen::new(ARN)
        };
        assert!(by_bucket_key.satisfies(&Kms::new(ARN)));
        assert!(by_bucket_key.satisfies(&Kms::new(ARN).bucket_key(true)));
        assert!(!by_bucket_key.satisfies(&Kms::new(ARN).bucket_key(false)));
        assert!(!one.satisfies(&Kms::new(ARN).bucket_key(true)));
    }
}
