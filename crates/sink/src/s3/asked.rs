//! What a put and the beginning of an upload ask for alike, in the SDK's words. It must not send anything.

use std::collections::HashMap;

use aws_sdk_s3::types::StorageClass as SdkStorageClass;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::s3::S3Sink;
use crate::{PutMode, PutOptions};

/// Sets the headers of [`PutOptions`] on a request of the SDK: its builders share no trait.
macro_rules! with_options {
    ($request:expr, $sink:expr, $options:expr) => {{
        let encryption = $crate::s3::encryption::asked(&$options.encryption);
        $request
            .set_content_type($options.content_type.clone())
            .set_content_encoding($options.content_encoding.clone())
            .set_storage_class($crate::s3::asked::storage_class($sink, $options))
            .set_tagging($crate::s3::asked::tagging($sink, $options))
            .set_metadata($crate::s3::asked::metadata($options))
            .set_server_side_encryption(encryption.algorithm)
            .set_ssekms_key_id(encryption.key_id)
            .set_bucket_key_enabled(encryption.bucket_key)
            .set_ssekms_encryption_context(encryption.context)
            .set_expected_bucket_owner($sink.owner())
    }};
}

pub(super) use with_options;

pub(super) fn metadata(options: &PutOptions) -> Option<HashMap<String, String>> {
    (!options.metadata.is_empty()).then(|| options.metadata.clone().into_iter().collect())
}

/// What a put asks for, else what all puts of this sink ask for.
pub(super) fn storage_class(sink: &S3Sink, options: &PutOptions) -> Option<SdkStorageClass> {
    let own = options.storage_class.as_ref();
    own.or(sink.0.settings.storage_class.as_ref())
        .map(|class| SdkStorageClass::from(class.as_str()))
}

/// The same of tags, written as the query of a URL is.
pub(super) fn tagging(sink: &S3Sink, options: &PutOptions) -> Option<String> {
    let own = Some(&options.tags).filter(|tags| !tags.is_empty());
    let tags = own.unwrap_or(&sink.0.settings.tags);
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = tags
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

/// The two headers of a condition: `If-None-Match` and `If-Match`.
pub(super) fn condition(mode: &PutMode) -> (Option<String>, Option<String>) {
    match mode {
        PutMode::Create => (Some("*".to_owned()), None),
        PutMode::Overwrite => (None, None),
        PutMode::IfMatch(tag) => (None, Some(tag.as_str().to_owned())),
    }
}
