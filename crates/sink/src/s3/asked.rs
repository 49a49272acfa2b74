//! What a put and the beginning of an upload ask for alike, in the SDK's words. It must not send anything.

use std::collections::HashMap;

use crate::{PutMode, PutOptions};

/// Sets the headers of [`PutOptions`] on a request of the SDK: its builders share no trait.
macro_rules! with_options {
    ($request:expr, $sink:expr, $options:expr) => {{
        let encryption = $crate::s3::encryption::asked(&$options.encryption);
        $request
            .set_content_type($options.content_type.clone())
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

/// The two headers of a condition: `If-None-Match` and `If-Match`.
pub(super) fn condition(mode: &PutMode) -> (Option<String>, Option<String>) {
    match mode {
        PutMode::Create => (Some("*".to_owned()), None),
        PutMode::Overwrite => (None, None),
        PutMode::IfMatch(tag) => (None, Some(tag.as_str().to_owned())),
    }
}
