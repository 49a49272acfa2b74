//! GetObject and HeadObject.

use std::sync::Arc;

use http::StatusCode;
use s3s::dto::{
    ChecksumMode, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    Metadata, StreamingBlob, Timestamp,
};
use s3s::{Body, S3Error, S3Request, S3Response, S3Result, s3_error};

use super::kms::KeyUse;
use super::{Store, caller, checksum, encryption};
use crate::world::{Bucket, Caller, Encryption, StoredObject};

const DEFAULT_TYPE: &str = "binary/octet-stream";

impl Store {
    pub(super) fn read(&self, req: &S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = &req.input;
        let caller = caller(req);
        let (bucket, object) = self.find(&caller, &input.bucket, &input.key)?;
        if let Encryption::Kms { key: arn } = &object.encryption {
            self.check_key(&caller, &bucket, &input.key, arn, KeyUse::Decrypt)?;
        }
        check_conditions(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let size = object.body.len();
        let range = match &input.range {
            None => 0..size,
            Some(range) => {
                let out_of_range = || s3_error!(InvalidRange, "The requested range is not satisfiable");
                let range = range.check(size as u64).map_err(|_| out_of_range())?;
                let end = |at| usize::try_from(at).map_err(|_| out_of_range());
                end(range.start)?..end(range.end)?
            }
        };
        let partial = range.len() != size || input.range.is_some();
        // A checksum of the whole says nothing about a part.
        let shown = shown_checksum(&object, input.checksum_mode.as_ref().filter(|_| !partial));
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &object.encryption);
        let output = GetObjectOutput {
            accept_ranges: Some("bytes".into()),
            content_length: i64::try_from(range.len()).ok(),
            content_range: partial
                .then(|| format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))),
            body: Some(StreamingBlob::from(Body::from(object.body.slice(range)))),
            content_type: Some(object.content_type.clone().unwrap_or_else(|| DEFAULT_TYPE.into())),
            content_encoding: object.content_encoding.clone(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(Timestamp::from(object.last_modified)),
            metadata: metadata(&object),
            server_side_encryption,
            ssekms_key_id,
            checksum_crc32: shown.crc32,
            checksum_crc32c: shown.crc32c,
            checksum_crc64nvme: shown.crc64nvme,
            checksum_sha1: shown.sha1,
            checksum_sha256: shown.sha256,
            checksum_type: shown.kind,
            ..GetObjectOutput::default()
        };
        let mut response = S3Response::new(output);
        response.status = partial.then_some(StatusCode::PARTIAL_CONTENT);
        Ok(response)
    }

    pub(super) fn look(&self, req: &S3Request<HeadObjectInput>) -> S3Result<HeadObjectOutput> {
        let input = &req.input;
        let (bucket, object) = self.find(&caller(req), &input.bucket, &input.key)?;
        check_conditions(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let shown = shown_checksum(&object, input.checksum_mode.as_ref());
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &object.encryption);
        Ok(HeadObjectOutput {
            accept_ranges: Some("bytes".into()),
            content_length: i64::try_from(object.body.len()).ok(),
            content_type: Some(object.content_type.clone().unwrap_or_else(|| DEFAULT_TYPE.into())),
            content_encoding: object.content_encoding.clone(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(Timestamp::from(object.last_modified)),
            metadata: metadata(&object),
            server_side_encryption,
            ssekms_key_id,
            checksum_crc32: shown.crc32,
            checksum_crc32c: shown.crc32c,
            checksum_crc64nvme: shown.crc64nvme,
            checksum_sha1: shown.sha1,
            checksum_sha256: shown.sha256,
            checksum_type: shown.kind,
            ..HeadObjectOutput::default()
        })
    }

    fn find(&self, caller: &Caller, bucket: &str, key: &str) -> S3Result<(Arc<Bucket>, Arc<StoredObject>)> {
        let bucket = self.bucket(bucket)?;
        match bucket.get(key) {
            Some(object) => Ok((bucket, object)),
            None if self.gate.may_list(caller, &bucket) => {
                Err(s3_error!(NoSuchKey, "The specified key does not exist."))
            }
            None => Err(s3_error!(AccessDenied, "Access Denied")),
        }
    }
}

fn check_conditions(
    object: &StoredObject,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    let names_it = |tag: &ETagCondition| tag.as_etag().is_none_or(|tag| tag.value() == object.etag);
    if if_match.is_some_and(|tag| !names_it(tag)) {
        return Err(s3_error!(
            PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold"
        ));
    }
    if if_none_match.is_some_and(names_it) {
        let mut error = S3Error::new(s3s::S3ErrorCode::NotModified);
        error.set_status_code(StatusCode::NOT_MODIFIED);
        return Err(error);
    }
    Ok(())
}

fn shown_checksum(object: &StoredObject, mode: Option<&ChecksumMode>) -> checksum::Shown {
    match mode.map(ChecksumMode::as_str) {
        Some(ChecksumMode::ENABLED) => checksum::Shown::of(&object.checksum),
        _ => checksum::Shown::default(),
    }
}

fn metadata(object: &StoredObject) -> Option<Metadata> {
    let metadata: Metadata = object
        .metadata
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!metadata.is_empty()).then_some(metadata)
}
