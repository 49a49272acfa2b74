//! Objects in parts: four requests, each made once. It must not cut, nor decide what a refusal means for the caller.

use std::time::Duration;

use aws_sdk_s3::types::{
    ChecksumAlgorithm as SdkAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart,
};

use crate::multipart::check_parts;
use crate::s3::asked::{condition, with_options};
use crate::s3::attempt::{Call, unusable};
use crate::s3::put::SignedChecksum;
use crate::s3::told::{Echo, told};
use crate::s3::{S3Sink, body, encryption};
use crate::{
    ChecksumAlgorithm, Effect, Error, ErrorKind, ObjectKey, Operation, Part, PartLimits, Payload, PutMode,
    PutOptions, PutOutcome, Upload, checksum_of_parts,
};

/// How much longer than other requests the last one may take: S3 puts the parts together meanwhile, which it says may take
/// minutes.
///
/// Source: [CompleteMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
const PUTTING_TOGETHER: Duration = Duration::from_secs(300);

pub(super) async fn begin(sink: &S3Sink, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
    options.check()?;
    let connection = sink.connection().await?;
    let call = sink.call(Operation::BeginUpload, key.as_str());
    let (algorithm, kind) = if sink.sends_checksums() {
        (Some(SdkAlgorithm::Crc64Nvme), Some(ChecksumType::FullObject))
    } else {
        (None, None)
    };
    let request = connection
        .client
        .create_multipart_upload()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .set_checksum_algorithm(algorithm)
        .set_checksum_type(kind);
    let request = with_options!(request, sink, options).send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let seen = encryption::seen(
        answer.server_side_encryption(),
        answer.ssekms_key_id(),
        answer.bucket_key_enabled(),
    );
    let id = answer.upload_id().filter(|id| !id.is_empty());
    let upload = id
        .map(|id| Upload::new(key.clone(), id))
        .ok_or_else(|| unusable(sink, &call, ErrorKind::NotTheStore, "it names no upload"))?;
    // Told before the bytes are sent, not after.
    if !seen.satisfies(&options.encryption) {
        // It takes nothing of it: what was begun is not wanted.
        let _ = abort(sink, &upload).await;
        return Err(
            Error::new(call.operation, ErrorKind::Encryption, Effect::NotApplied)
                .with_key(key.as_str())
                .with_place(sink.to_string())
                .with_message("the store does not encrypt as it was asked to"),
        );
    }
    Ok(upload)
}

pub(super) async fn put_part(
    sink: &S3Sink,
    upload: &Upload,
    number: u32,
    payload: Payload,
) -> Result<Part, Error> {
    let limits = PartLimits::default();
    let number_sent = i32::try_from(number)
        .ok()
        .filter(|_| (1..=limits.most).contains(&number))
        .ok_or_else(|| Error::invalid(format!("parts are numbered from 1 to {}", limits.most)))?;
    let length = i64::try_from(payload.len())
        .ok()
        .filter(|_| payload.len() <= limits.largest)
        .ok_or_else(|| Error::invalid(format!("{} bytes are more than a part can have", payload.len())))?;
    let connection = sink.connection().await?;
    let call = sink
        .call(Operation::PutPart, upload.key().as_str())
        .carrying(payload.len());
    let checksum = payload.checksum_by(ChecksumAlgorithm::Crc64Nvme);
    let request = connection
        .client
        .upload_part()
        .bucket(sink.bucket().as_str())
        .key(upload.key().as_str())
        .upload_id(upload.id())
        .part_number(number_sent)
        .body(body::stream(&payload))
        .content_length(length)
        .set_checksum_crc64_nvme(sink.sends_checksums().then(|| checksum.base64()))
        .set_expected_bucket_owner(sink.owner())
        .customize()
        .interceptor(SignedChecksum(payload.checksum()))
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let told = told!(part answer).believed(sink, &call, &checksum, Echo::Due)?;
    match told.etag {
        Some(etag) => Ok(Part::new(number, payload.len(), etag, checksum)),
        None => Err(unusable(sink, &call, ErrorKind::NotTheStore, "it names no ETag")),
    }
}

pub(super) async fn complete(
    sink: &S3Sink,
    upload: &Upload,
    parts: &[Part],
    mode: &PutMode,
) -> Result<PutOutcome, Error> {
    check_parts(parts, PartLimits::default())?;
    let (checksum, size) = checksum_of_parts(parts).ok_or_else(|| {
        Error::invalid("the checksums of the parts do not make one of the whole".to_owned())
    })?;
    let connection = sink.connection().await?;
    let call = sink.call(Operation::CompleteUpload, upload.key().as_str());
    let call = Call {
        patience: call.patience + PUTTING_TOGETHER,
        ..call
    };
    let (if_none_match, if_match) = condition(mode);
    let sends_checksums = sink.sends_checksums();
    let named = parts.iter().map(|part| {
        CompletedPart::builder()
            .set_part_number(i32::try_from(part.number).ok())
            .e_tag(part.etag.as_str())
            .set_checksum_crc64_nvme(sends_checksums.then(|| part.checksum.base64()))
            .build()
    });
    let request = connection
        .client
        .complete_multipart_upload()
        .bucket(sink.bucket().as_str())
        .key(upload.key().as_str())
        .upload_id(upload.id())
        .multipart_upload(
            CompletedMultipartUpload::builder()
                .set_parts(Some(named.collect()))
                .build(),
        )
        .set_checksum_crc64_nvme(sends_checksums.then(|| checksum.base64()))
        .set_checksum_type(sends_checksums.then_some(ChecksumType::FullObject))
        .set_mpu_object_size(i64::try_from(size).ok())
        .set_if_none_match(if_none_match)
        .set_if_match(if_match)
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&call, request).await {
        // The store was told the checksum, and answers with a document of its own: it need not say it again.
        Ok(answer) => {
            let told = told!(answer).believed(sink, &call, &checksum, Echo::Welcome)?;
            Ok(PutOutcome::Created(told.receipt()))
        }
        Err(refusal) => sink.unmet_or_error(&call, &connection, mode, refusal).await,
    }
}

pub(super) async fn abort(sink: &S3Sink, upload: &Upload) -> Result<(), Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::AbortUpload, upload.key().as_str());
    let request = connection
        .client
        .abort_multipart_upload()
        .bucket(sink.bucket().as_str())
        .key(upload.key().as_str())
        .upload_id(upload.id())
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&call, request).await {
        Ok(_) => Ok(()),
        Err(refusal) => {
            let error = sink.explain(&call, &connection.region, refusal).await;
            match error.kind() {
                ErrorKind::NoSuchUpload => Ok(()),
                _ => Err(error),
            }
        }
    }
}
