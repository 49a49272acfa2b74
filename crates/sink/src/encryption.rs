//! Encryption at rest: what is asked of a store, and what it says it did. It must not know how a store is
//! asked.

/// The server-side encryption to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encryption {
    /// Ask for nothing: the bucket's own setting holds.
    #[default]
    BucketDefault,
    /// Keys managed by S3 (`x-amz-server-side-encryption: AES256`).
    Aes256,
    /// A key in AWS KMS (`aws:kms`).
    Kms {
        /// The key's ARN, its id, or an alias; S3 takes an id only for a key of the bucket's own account.
        key_id: String,
    },
}

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
    Kms {
        /// The key, as the store names it (AWS: its full ARN), if it does.
        key_id: Option<String>,
    },
    /// Something else, as the store says it.
    Other(String),
}

impl EncryptionSeen {
    /// Whether this is what was asked for.
    ///
    /// Any answer satisfies [`Encryption::BucketDefault`]. A KMS key asked for by id, or by MinIO's short
    /// name, is matched with the last part of the ARN in the answer; for one asked for by alias, any named
    /// key will do, since stores answer with the key behind it.
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
            (Encryption::Kms { key_id }, Self::Kms { key_id: Some(seen) }) => same_key(key_id, seen),
            (Encryption::Aes256 | Encryption::Kms { .. }, _) => false,
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
        Encryption::Kms {
            key_id: key_id.to_owned(),
        }
    }

    fn seen(key_id: &str) -> EncryptionSeen {
        EncryptionSeen::Kms {
            key_id: Some(key_id.to_owned()),
        }
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
        assert!(!EncryptionSeen::Kms { key_id: None }.satisfies(&kms(ARN)));
        assert!(!EncryptionSeen::Aes256.satisfies(&kms(ARN)));
        assert!(!seen(ARN).satisfies(&Encryption::Aes256));
        assert!(!EncryptionSeen::Other("aws:kms:dsse".to_owned()).satisfies(&kms(ARN)));
    }
}
