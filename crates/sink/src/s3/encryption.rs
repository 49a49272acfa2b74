//! Encryption in the SDK's words and back. It must not judge what it sees.

use aws_sdk_s3::types::ServerSideEncryption;

use crate::{Encryption, EncryptionSeen};

/// The headers' values to ask with: algorithm and key.
pub(super) fn asked(encryption: &Encryption) -> (Option<ServerSideEncryption>, Option<String>) {
    match encryption {
        Encryption::BucketDefault => (None, None),
        Encryption::Aes256 => (Some(ServerSideEncryption::Aes256), None),
        Encryption::Kms { key_id } => (Some(ServerSideEncryption::AwsKms), Some(key_id.clone())),
    }
}

/// What an answer says.
pub(super) fn seen(algorithm: Option<&ServerSideEncryption>, key_id: Option<&str>) -> EncryptionSeen {
    match algorithm {
        None => EncryptionSeen::None,
        Some(ServerSideEncryption::Aes256) => EncryptionSeen::Aes256,
        Some(ServerSideEncryption::AwsKms) => EncryptionSeen::Kms {
            key_id: key_id.map(str::to_owned),
        },
        Some(other) => EncryptionSeen::Other(other.as_str().to_owned()),
    }
}
