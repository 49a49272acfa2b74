//! `PutObject`. It must not decide what a refusal means for the caller.

use aws_runtime::auth::PayloadSigningOverride;
use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

use crate::s3::asked::{condition, with_options};
use crate::s3::told::{Echo, told};
use crate::s3::{S3Sink, body};
use crate::{Checksum, Error, ObjectKey, Operation, Payload, PutOptions, PutOutcome};

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
    let call = sink.call(Operation::Put, key.as_str()).carrying(payload.len());
    let (if_none_match, if_match) = condition(&options.mode);
    let checksum = payload.checksum();
    let request = connection
        .client
        .put_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .body(body::stream(&payload))
        .content_length(length)
        .set_checksum_sha256(sink.sends_checksums().then(|| checksum.base64()))
        .set_if_none_match(if_none_match)
        .set_if_match(if_match);
    let request = with_options!(request, sink, options)
        .customize()
        .interceptor(SignedChecksum(checksum))
        .send();
    match sink.attempt(&call, request).await {
        Ok(answer) => {
            let told = told!(answer).believed(sink, &call, &checksum, Echo::Due)?;
            Ok(PutOutcome::Created(told.receipt()))
        }
        Err(refusal) => {
            let answer = sink
                .unmet_or_error(&call, &connection, &options.mode, refusal)
                .await;
            answer.map_err(|error| match error.status() {
                Some(413) => {
                    let message = error.message().unwrap_or("too large").to_owned();
                    error.with_message(format!("{message}; the object has {length} bytes"))
                }
                _ => error,
            })
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
