//! Objects in parts: four requests, each made once. It must not cut, nor decide what a refusal means for the caller.

use std::time::Duration;

use aws_sdk_s3::types::{
    ChecksumAlgorithm as SdkAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart,
};

use crate::multipart::check_parts;
use crate::s3::attempt::{Call, request_ids, unusable};
use crate::s3::put::{BYTES_PER_SECOND, SignedChecksum};
use crate::s3::{S3Sink, body, checksums, encryption};
use crate::{
    ChecksumAlgorithm, ETag, Effect, Error, ErrorKind, ObjectKey, Operation, Part, PartLimits, Payload,
    PutMode, PutOptions, PutOutcome, Receipt, Upload, checksum_of_parts,
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
    let encryption = encryption::asked(&options.encryption);
    let metadata = (!options.metadata.is_empty()).then(|| options.metadata.clone().into_iter().collect());
    let request = connection
        .client
        .create_multipart_upload()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .checksum_algorithm(SdkAlgorithm::Crc64Nvme)
        .checksum_type(ChecksumType::FullObject)
        .set_content_type(options.content_type.clone())
        .set_metadata(metadata)
        .set_server_side_encryption(encryption.algorithm)
        .set_ssekms_key_id(encryption.key_id)
        .set_bucket_key_enabled(encryption.bucket_key)
        .set_ssekms_encryption_context(encryption.context)
        .set_expected_bucket_owner(sink.owner())
        .send();
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
    let call = sink.call(Operation::PutPart, upload.key().as_str());
    let call = Call {
        patience: call.patience + Duration::from_secs(payload.len() / BYTES_PER_SECOND),
        ..call
    };
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
        .checksum_crc64_nvme(checksum.base64())
        .set_expected_bucket_owner(sink.owner())
        .customize()
        .interceptor(SignedChecksum(payload.checksum()))
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let said = checksums::said(
        answer.checksum_sha256(),
        answer.checksum_crc64_nvme(),
        answer.checksum_crc32_c(),
    );
    let (request_id, host_id) = request_ids(&answer);
    let etag = answer.e_tag().filter(|tag| !tag.is_empty());
    let doubt =
        sink.0
            .settings
            .habits
            .doubt(etag.is_some(), request_id.is_some(), said.agrees_with(&checksum));
    match (doubt, etag) {
        (None, Some(etag)) => Ok(Part::new(number, payload.len(), ETag::new(etag), checksum)),
        (doubt, _) => {
            let why = doubt.map_or_else(|| "it names no ETag".to_owned(), |doubt| doubt.to_string());
            Err(unusable(sink, &call, ErrorKind::NotTheStore, &why)
                .with_status(200)
                .with_request_ids(request_id, host_id))
        }
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
    let (if_none_match, if_match) = match mode {
        PutMode::Create => (Some("*".to_owned()), None),
        PutMode::Overwrite => (None, None),
        PutMode::IfMatch(tag) => (None, Some(tag.as_str().to_owned())),
    };
    let named = parts.iter().map(|part| {
        CompletedPart::builder()
            .set_part_number(i32::try_from(part.number).ok())
            .e_tag(part.etag.as_str())
            .checksum_crc64_nvme(part.checksum.base64())
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
        .checksum_crc64_nvme(checksum.base64())
        .checksum_type(ChecksumType::FullObject)
        .set_mpu_object_size(i64::try_from(size).ok())
        .set_if_none_match(if_none_match)
        .set_if_match(if_match)
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&call, request).await {
        Ok(answer) => {
            let said = checksums::said(
                answer.checksum_sha256(),
                answer.checksum_crc64_nvme(),
                answer.checksum_crc32_c(),
            );
            let (request_id, host_id) = request_ids(&answer);
            // The tag stands in a document that nobody else makes, and the store was told the checksum: it need not say it again.
            let agrees = said.agrees_with(&checksum).or(Some(true));
            let has_tag = answer.e_tag().is_some_and(|tag| !tag.is_empty());
            if let Some(doubt) = sink
                .0
                .settings
                .habits
                .doubt(has_tag, request_id.is_some(), agrees)
            {
                return Err(unusable(sink, &call, ErrorKind::NotTheStore, &doubt.to_string())
                    .with_status(200)
                    .with_request_ids(request_id, host_id));
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
            if refusal.status() == Some(412) && *mode != PutMode::Overwrite && sink.is_own(&refusal) =>
        {
            Ok(PutOutcome::PreconditionFailed)
        }
        Err(refusal) => {
            let error = sink.explain(&call, &connection.region, refusal).await;
            if *error.kind() == ErrorKind::NotFound && matches!(mode, PutMode::IfMatch(_)) {
                return Ok(PutOutcome::PreconditionFailed);
            }
            Err(error)
        }
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
