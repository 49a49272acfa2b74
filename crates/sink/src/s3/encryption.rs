//! Encryption in the SDK's words and back. It must not judge what it sees.

use std::collections::BTreeMap;

use aws_sdk_s3::types::ServerSideEncryption;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Encryption, EncryptionSeen, KmsSeen};

/// The headers to ask with.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) algorithm: Option<ServerSideEncryption>,
    pub(super) key_id: Option<String>,
    pub(super) bucket_key: Option<bool>,
    /// The encryption context: JSON in base64.
    pub(super) context: Option<String>,
}

pub(super) fn asked(encryption: &Encryption) -> Asked {
    match encryption {
        Encryption::BucketDefault => Asked::default(),
        Encryption::Aes256 => Asked {
            algorithm: Some(ServerSideEncryption::Aes256),
            ..Asked::default()
        },
        Encryption::Kms(kms) => Asked {
            algorithm: Some(if kms.dsse {
                ServerSideEncryption::AwsKmsDsse
            } else {
                ServerSideEncryption::AwsKms
            }),
            key_id: Some(kms.key_id.clone()),
            bucket_key: kms.bucket_key,
            context: (!kms.context.is_empty()).then(|| STANDARD.encode(json(&kms.context))),
        },
    }
}

/// What an answer says.
pub(super) fn seen(
    algorithm: Option<&ServerSideEncryption>,
    key_id: Option<&str>,
    bucket_key: Option<bool>,
) -> EncryptionSeen {
    match algorithm {
        None => EncryptionSeen::None,
        Some(ServerSideEncryption::Aes256) => EncryptionSeen::Aes256,
        Some(kms @ (ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse)) => {
            EncryptionSeen::Kms(KmsSeen {
                key_id: key_id.map(str::to_owned),
                bucket_key: bucket_key == Some(true),
                dsse: *kms == ServerSideEncryption::AwsKmsDsse,
            })
        }
        Some(other) => EncryptionSeen::Other(other.as_str().to_owned()),
    }
}

/// In the order of its names: the same context is the same header.
fn json(context: &BTreeMap<String, String>) -> String {
    // Texts under texts can always be written.
    serde_json::to_string(context).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kms;

    #[test]
    fn the_context_is_json_in_base64() {
        let kms = Kms::new("k").context("tenant", "a\"b\\c\n").context("a", "é");
        let context = asked(&kms.into()).context.unwrap();
        let decoded = String::from_utf8(STANDARD.decode(context).unwrap()).unwrap();
        assert_eq!(decoded, r#"{"a":"é","tenant":"a\"b\\c\n"}"#);
    }
}
