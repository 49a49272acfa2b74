//! `PutObject`. It must not decide what a refusal means for the caller.

use std::time::Duration;

use aws_runtime::auth::PayloadSigningOverride;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

use crate::s3::attempt::{Call, request_ids, unusable};
use crate::s3::{S3Sink, body, checksums, encryption};
use crate::{
    Checksum, ETag, Error, ErrorKind, ObjectKey, Operation, Payload, PutMode, PutOptions, PutOutcome, Receipt,
};

/// The slowest transfer that is waited for.
pub(super) const BYTES_PER_SECOND: u64 = 256 * 1024;

pub(super) async fn put(
    sink: &S3Sink,
    key: &ObjectKey,
    payload: Payload,
    options: &PutOptions,
) -> Result<PutOutcome, Error> {
    options.check()?;
    let length = i64::try_from(payload.len())
        .map_err(|_| Error::invalid(format!("{} bytes are more than one put can carry", payload.len())))?;
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Put, key.as_str());
    let call = Call {
        patience: call.patience + Duration::from_secs(payload.len() / BYTES_PER_SECOND),
        ..call
    };
    let encryption = encryption::asked(&options.encryption);
    let (if_none_match, if_match) = match &options.mode {
        PutMode::Create => (Some("*".to_owned()), None),
        PutMode::Overwrite => (None, None),
        PutMode::IfMatch(tag) => (None, Some(tag.as_str().to_owned())),
    };
    let metadata = (!options.metadata.is_empty()).then(|| options.metadata.clone().into_iter().collect());
    let checksum = payload.checksum();
    let request = connection
        .client
        .put_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .body(body::stream(&payload))
        .content_length(length)
        .checksum_sha256(checksum.base64())
        .set_if_none_match(if_none_match)
        .set_if_match(if_match)
        .set_content_type(options.content_type.clone())
        .set_metadata(metadata)
        .set_server_side_encryption(encryption.algorithm)
        .set_ssekms_key_id(encryption.key_id)
        .set_bucket_key_enabled(encryption.bucket_key)
        .set_ssekms_encryption_context(encryption.context)
        .set_expected_bucket_owner(sink.owner())
        .customize()
        .interceptor(SignedChecksum(checksum))
        .send();
    match sink.attempt(&call, request).await {
        Ok(answer) => {
            let said = checksums::said(
                answer.checksum_sha256(),
                answer.checksum_crc64_nvme(),
                answer.checksum_crc32_c(),
            );
            let (request_id, host_id) = request_ids(&answer);
            let doubt = sink.0.settings.habits.doubt(
                answer.e_tag().is_some_and(|tag| !tag.is_empty()),
                request_id.is_some(),
                said.agrees_with(&checksum),
            );
            if let Some(foreign) = doubt {
                return Err(
                    unusable(sink, &call, ErrorKind::NotTheStore, &foreign.to_string())
                        .with_status(200)
                        .with_request_ids(request_id, host_id),
                );
            }
            Ok(PutOutcome::Created(Receipt {
                etag: answer.e_tag().map(ETag::new),
                version_id: answer.version_id().map(str::to_owned),
                checksums: said,
                encryption: encryption::seen(
                    answer.server_side_encryption(),
                    answer.ssekms_key_id(),
                    answer.bucket_key_enabled(),
                ),
                request_id,
            }))
        }
        Err(refusal)
            if refusal.status() == Some(412)
                && options.mode != PutMode::Overwrite
                && sink.is_own(&refusal) =>
        {
            Ok(PutOutcome::PreconditionFailed)
        }
        Err(refusal) => {
            let error = sink.explain(&call, &connection.region, refusal).await;
            if error.status() == Some(413) {
                let message = error.message().unwrap_or("too large").to_owned();
                return Err(error.with_message(format!("{message}; the object has {length} bytes")));
            }
            // `If-Match` on a key without an object: S3 says NoSuchKey, and it is the condition that did not
            // hold.
            if *error.kind() == ErrorKind::NotFound && matches!(options.mode, PutMode::IfMatch(_)) {
                return Ok(PutOutcome::PreconditionFailed);
            }
            Err(error)
        }
    }
}

/// Signs the payload by the checksum at hand: left to itself the SDK would hash what lies in memory once
/// more, and would send what comes in pieces unsigned.
#[derive(Debug)]
pub(super) struct SignedChecksum(pub(super) Checksum);

impl Intercept for SignedChecksum {
    fn name(&self) -> &'static str {
        "SignedChecksum"
    }

    fn modify_before_signing(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config
            .interceptor_state()
            .store_put(PayloadSigningOverride::Precomputed(self.0.hex()));
        Ok(())
    }
}
