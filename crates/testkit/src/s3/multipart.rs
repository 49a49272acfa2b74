//! Objects in parts. Nothing of them is seen under their key before they are completed.
//!
//! Source: "Uploading and copying objects using multipart upload in Amazon S3", S3 user guide.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use s3s::crypto::{Checksum as _, Sha256};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETag, ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput,
    ListPartsOutput, MultipartUpload, Part, Timestamp, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};

use super::checksum::{self, Sent, Shown};
use super::kms::KeyUse;
use super::put::{condition, metadata, refused, signed_sha256, whole};
use super::quirks::{condition_kept, refuse_checksums};
use super::{Store, caller, encryption};
use crate::world::{self, Algorithm, StoredChecksum, StoredObject, StoredPart, Upload};

/// Source: "Amazon S3 multipart upload limits", S3 user guide.
const MOST_PARTS: i32 = 10_000;
const SMALLEST_PART: usize = 5 << 20;

/// S3 reads the parts before it makes an object of them.
///
/// Source: "Uploading and copying objects using multipart upload", "Multipart upload API and permissions", S3 user guide.
const OF_PARTS: [KeyUse; 2] = [KeyUse::Encrypt, KeyUse::Decrypt];

impl Store {
    pub(super) fn begin_upload(
        &self,
        mut req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<CreateMultipartUploadOutput> {
        let bucket = self.bucket(&req.input.bucket)?;
        let encryption = self.encryption(&bucket, (&req.input).into())?;
        refuse_checksums(&bucket, &req)?;
        let uses = [KeyUse::Encrypt];
        self.check_use(&caller(&req), &bucket, &req.input.key, &encryption, &uses)?;
        self.check_tags(
            &caller(&req),
            &bucket,
            &req.input.key,
            req.input.tagging.as_deref(),
        )?;
        let algorithm = match req
            .input
            .checksum_algorithm
            .as_ref()
            .map(ChecksumAlgorithm::as_str)
        {
            None => Algorithm::Crc64Nvme,
            Some(name) => Algorithm::named(name)
                .ok_or_else(|| s3_error!(InvalidRequest, "Checksum algorithm provided is unsupported."))?,
        };
        let full_object = match req.input.checksum_type.as_ref().map(ChecksumType::as_str) {
            None => algorithm == Algorithm::Crc64Nvme,
            Some(kind) => kind == ChecksumType::FULL_OBJECT,
        };
        // A hash of the whole cannot be made of hashes of parts, and CRC-64/NVME is there for the whole only.
        let can_be = match algorithm {
            Algorithm::Crc64Nvme => full_object,
            Algorithm::Sha1 | Algorithm::Sha256 => !full_object,
            Algorithm::Crc32 | Algorithm::Crc32c => true,
        };
        if !can_be {
            let message = format!(
                "The {} checksum type cannot be used with the {} checksum algorithm.",
                if full_object { "FULL_OBJECT" } else { "COMPOSITE" },
                algorithm.name().to_ascii_lowercase()
            );
            return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message));
        }
        let id = self.gate.world.ids().upload();
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &encryption);
        bucket.uploads.begin(
            &id,
            Upload {
                key: req.input.key.clone(),
                initiated: self.gate.world.clock().now(),
                metadata: metadata(req.input.metadata.take())?,
                content_type: req.input.content_type.take(),
                content_encoding: req.input.content_encoding.take(),
                encryption,
                algorithm,
                full_object,
                parts: Default::default(),
            },
        );
        Ok(CreateMultipartUploadOutput {
            bucket: Some(req.input.bucket),
            key: Some(req.input.key),
            upload_id: Some(id),
            checksum_algorithm: Some(ChecksumAlgorithm::from_static(algorithm.name())),
            checksum_type: Some(kind(full_object)),
            server_side_encryption,
            ssekms_key_id,
            ..CreateMultipartUploadOutput::default()
        })
    }

    pub(super) async fn part(&self, mut req: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
        let bucket = self.bucket(&req.input.bucket)?;
        refuse_checksums(&bucket, &req)?;
        let (id, number) = (req.input.upload_id.clone(), req.input.part_number);
        if !(1..=MOST_PARTS).contains(&number) {
            return Err(s3_error!(
                InvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive"
            ));
        }
        let upload = bucket.uploads.get(&id, &req.input.key).ok_or_else(no_upload)?;
        self.check_use(
            &caller(&req),
            &bucket,
            &req.input.key,
            &upload.encryption,
            &OF_PARTS,
        )?;
        let body = match req.input.body.take() {
            Some(body) => whole(body).await?,
            None => Bytes::new(),
        };
        let trailers = req.trailing_headers.take().and_then(|trailers| trailers.take());
        let checksum = checksum::verify(&req.input, upload.algorithm, trailers.as_ref(), &body)?;
        if checksum.algorithm != upload.algorithm {
            let message = format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                upload.algorithm.name().to_ascii_lowercase(),
                checksum.algorithm.name().to_ascii_lowercase()
            );
            return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message));
        }
        let etag = signed_sha256(&req.headers).unwrap_or_else(|| world::etag(&Sha256::checksum(&body)));
        let shown = Shown::of(&checksum);
        let part = StoredPart {
            body,
            etag: etag.clone(),
            checksum: Arc::new(checksum),
            last_modified: self.gate.world.clock().now(),
        };
        // It may have been completed or aborted meanwhile.
        if !bucket.uploads.keep(&id, number, part) {
            return Err(no_upload());
        }
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &upload.encryption);
        Ok(UploadPartOutput {
            e_tag: Some(ETag::Strong(etag)),
            server_side_encryption,
            ssekms_key_id,
            checksum_crc32: shown.crc32,
            checksum_crc32c: shown.crc32c,
            checksum_crc64nvme: shown.crc64nvme,
            checksum_sha1: shown.sha1,
            checksum_sha256: shown.sha256,
            ..UploadPartOutput::default()
        })
    }

    pub(super) fn complete_upload(
        &self,
        req: &S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let input = &req.input;
        let bucket = self.bucket(&input.bucket)?;
        let condition = condition(input.if_none_match.as_ref(), input.if_match.as_ref())?;
        let condition = condition_kept(&bucket, req, condition)?;
        let upload = bucket
            .uploads
            .get(&input.upload_id, &input.key)
            .ok_or_else(no_upload)?;
        self.check_use(&caller(req), &bucket, &input.key, &upload.encryption, &OF_PARTS)?;
        let named = input
            .multipart_upload
            .as_ref()
            .and_then(|upload| upload.parts.as_deref())
            .unwrap_or_default();
        let parts = chosen(&upload, named)?;
        let mut body = BytesMut::new();
        for part in &parts {
            body.extend_from_slice(&part.body);
        }
        let body = body.freeze();
        if input
            .mpu_object_size
            .is_some_and(|size| usize::try_from(size) != Ok(body.len()))
        {
            return Err(s3_error!(
                InvalidRequest,
                "The provided 'x-amz-mp-object-size' header does not match what was computed."
            ));
        }
        let checksum = checksum_of(&upload, &parts, &body);
        if Sent::from(input)
            .of(upload.algorithm)
            .is_some_and(|claimed| *claimed != *checksum.value)
        {
            let message = format!(
                "The {} you specified did not match the calculated checksum.",
                upload.algorithm.name()
            );
            return Err(S3Error::with_message(S3ErrorCode::BadDigest, message));
        }
        let etag = format!("{}-{}", world::etag(&Sha256::checksum(&body)), parts.len());
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &upload.encryption);
        let shown = Shown::of(&checksum);
        let object = StoredObject {
            body,
            etag: etag.clone(),
            last_modified: self.gate.world.clock().now(),
            metadata: upload.metadata,
            content_type: upload.content_type,
            content_encoding: upload.content_encoding,
            encryption: upload.encryption,
            checksum,
        };
        bucket.put(&input.key, object, &condition).map_err(refused)?;
        bucket.uploads.remove(&input.upload_id);
        Ok(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            e_tag: Some(ETag::Strong(etag)),
            server_side_encryption,
            ssekms_key_id,
            checksum_crc32: shown.crc32,
            checksum_crc32c: shown.crc32c,
            checksum_crc64nvme: shown.crc64nvme,
            checksum_sha1: shown.sha1,
            checksum_sha256: shown.sha256,
            checksum_type: shown.kind,
            ..CompleteMultipartUploadOutput::default()
        })
    }

    pub(super) fn abort_upload(
        &self,
        input: &AbortMultipartUploadInput,
    ) -> S3Result<AbortMultipartUploadOutput> {
        let bucket = self.bucket(&input.bucket)?;
        bucket
            .uploads
            .get(&input.upload_id, &input.key)
            .and_then(|_| bucket.uploads.remove(&input.upload_id))
            .map(|_| AbortMultipartUploadOutput::default())
            .ok_or_else(no_upload)
    }

    pub(super) fn parts(&self, input: &ListPartsInput) -> S3Result<ListPartsOutput> {
        let upload = self
            .bucket(&input.bucket)?
            .uploads
            .get(&input.upload_id, &input.key)
            .ok_or_else(no_upload)?;
        let most = input.max_parts.unwrap_or(1_000).clamp(1, 1_000);
        let after = input
            .part_number_marker
            .as_ref()
            .and_then(|marker| marker.to_string().parse().ok())
            .unwrap_or(0);
        let mut rest = upload.parts.range(after + 1..);
        let part = |(number, part): (&i32, &StoredPart)| {
            let shown = Shown::of(&part.checksum);
            Part {
                part_number: Some(*number),
                size: i64::try_from(part.body.len()).ok(),
                e_tag: Some(ETag::Strong(part.etag.clone())),
                last_modified: Some(Timestamp::from(part.last_modified)),
                checksum_crc32: shown.crc32,
                checksum_crc32c: shown.crc32c,
                checksum_crc64nvme: shown.crc64nvme,
                checksum_sha1: shown.sha1,
                checksum_sha256: shown.sha256,
            }
        };
        let page: Vec<Part> = rest
            .by_ref()
            .take(usize::try_from(most).unwrap_or(1_000))
            .map(part)
            .collect();
        let more = rest.next().is_some();
        Ok(ListPartsOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(input.upload_id.clone()),
            max_parts: Some(most),
            is_truncated: Some(more),
            next_part_number_marker: page.last().filter(|_| more).and_then(|part| part.part_number),
            parts: Some(page),
            checksum_algorithm: Some(ChecksumAlgorithm::from_static(upload.algorithm.name())),
            checksum_type: Some(kind(upload.full_object)),
            ..ListPartsOutput::default()
        })
    }

    /// All uploads of the bucket on one page.
    pub(super) fn uploads(&self, input: &ListMultipartUploadsInput) -> S3Result<ListMultipartUploadsOutput> {
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let mut uploads = self.bucket(&input.bucket)?.uploads.all();
        uploads.retain(|(_, upload)| upload.key.starts_with(prefix));
        uploads.sort_by(|(_, one), (_, other)| (&one.key, one.initiated).cmp(&(&other.key, other.initiated)));
        let upload = |(id, upload): (String, Upload)| MultipartUpload {
            key: Some(upload.key),
            upload_id: Some(id),
            initiated: Some(Timestamp::from(upload.initiated)),
            ..MultipartUpload::default()
        };
        Ok(ListMultipartUploadsOutput {
            bucket: Some(input.bucket.clone()),
            prefix: input.prefix.clone(),
            is_truncated: Some(false),
            uploads: Some(uploads.into_iter().map(upload).collect()),
            ..ListMultipartUploadsOutput::default()
        })
    }
}

/// The parts that the request names.
fn chosen(upload: &Upload, named: &[CompletedPart]) -> S3Result<Vec<StoredPart>> {
    if named.is_empty() {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        ));
    }
    let mut parts: Vec<StoredPart> = Vec::new();
    let mut last = 0;
    for part in named {
        let number = part.part_number.unwrap_or(0);
        if number <= last {
            return Err(s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number."
            ));
        }
        if parts
            .last()
            .is_some_and(|before| before.body.len() < SMALLEST_PART)
        {
            return Err(s3_error!(
                EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size"
            ));
        }
        last = number;
        let claimed = Sent::of_part(part);
        let found = upload.parts.get(&number).filter(|found| {
            let tag = part.e_tag.as_ref().is_none_or(|tag| *tag.value() == *found.etag);
            let sum = claimed
                .of(upload.algorithm)
                .is_none_or(|sum| *sum == *found.checksum.value);
            tag && sum
        });
        parts.push(found.cloned().ok_or_else(|| {
            s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the \
                 specified entity tag may not match the part's entity tag."
            )
        })?);
    }
    Ok(parts)
}

/// Of the bytes, or of the checksums of the parts, with their number behind it.
fn checksum_of(upload: &Upload, parts: &[StoredPart], body: &[u8]) -> StoredChecksum {
    if upload.full_object {
        return StoredChecksum::of(upload.algorithm, body);
    }
    let sums: Vec<u8> = parts
        .iter()
        .flat_map(|part| STANDARD.decode(&part.checksum.value).unwrap_or_default())
        .collect();
    let of_sums = StoredChecksum::of(upload.algorithm, &sums);
    StoredChecksum {
        value: format!("{}-{}", of_sums.value, parts.len()),
        ..of_sums
    }
}

fn kind(full_object: bool) -> ChecksumType {
    ChecksumType::from_static(if full_object {
        ChecksumType::FULL_OBJECT
    } else {
        ChecksumType::COMPOSITE
    })
}

fn no_upload() -> S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
    )
}
