//! PutObject: the whole body is read and checked before anything is stored.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::HeaderMap;
use s3s::crypto::{Checksum as _, Sha256};
use s3s::dto::{ETag, IfMatch, IfNoneMatch, Metadata, PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Result, StdError, s3_error};

use super::kms::KeyUse;
use super::quirks::condition_kept;
use super::{Store, caller, checksum, encryption};
use crate::world::{self, Algorithm, Condition, PutRefused, StoredObject};

/// The most bytes of user metadata, names and values together.
///
/// Source: "Working with object metadata", S3 user guide.
const METADATA: usize = 2048;

/// User metadata as it is kept.
pub(super) fn metadata(sent: Option<Metadata>) -> S3Result<BTreeMap<String, String>> {
    let metadata: BTreeMap<String, String> = sent.unwrap_or_default().into_iter().collect();
    let size: usize = metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > METADATA {
        return Err(s3_error!(
            MetadataTooLarge,
            "Your metadata headers exceed the maximum allowed metadata size"
        ));
    }
    Ok(metadata)
}

impl Store {
    pub(super) async fn put(&self, mut req: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
        let bucket = self.bucket(&req.input.bucket)?;
        let condition = condition(req.input.if_none_match.as_ref(), req.input.if_match.as_ref())?;
        let condition = condition_kept(&bucket, &req, condition)?;
        let encryption = self.encryption(&bucket, (&req.input).into())?;
        let uses = [KeyUse::Encrypt];
        self.check_use(&caller(&req), &bucket, &req.input.key, &encryption, &uses)?;
        self.check_tags(
            &caller(&req),
            &bucket,
            &req.input.key,
            req.input.tagging.as_deref(),
        )?;
        let metadata = metadata(req.input.metadata.take())?;
        let body = match req.input.body.take() {
            Some(body) => whole(body).await?,
            None => Bytes::new(),
        };
        let trailers = req.trailing_headers.take().and_then(|trailers| trailers.take());
        let checksum = checksum::verify(&req.input, Algorithm::Crc64Nvme, trailers.as_ref(), &body)?;

        let etag = signed_sha256(&req.headers).unwrap_or_else(|| world::etag(&Sha256::checksum(&body)));
        let (server_side_encryption, ssekms_key_id) = encryption::shown(&bucket, &encryption);
        let shown = checksum::Shown::of(&checksum);
        let object = StoredObject {
            body,
            etag: etag.clone(),
            last_modified: self.gate.world.clock().now(),
            metadata,
            content_type: req.input.content_type.take(),
            content_encoding: req
                .input
                .content_encoding
                .take()
                .filter(|encoding| encoding != "aws-chunked"),
            encryption,
            checksum,
        };
        bucket.put(&req.input.key, object, &condition).map_err(refused)?;
        Ok(PutObjectOutput {
            e_tag: Some(ETag::Strong(etag)),
            server_side_encryption,
            ssekms_key_id,
            checksum_crc32: shown.crc32,
            checksum_crc32c: shown.crc32c,
            checksum_crc64nvme: shown.crc64nvme,
            checksum_sha1: shown.sha1,
            checksum_sha256: shown.sha256,
            checksum_type: shown.kind,
            ..PutObjectOutput::default()
        })
    }
}

/// What a condition that did not hold is answered with.
pub(super) fn refused(refused: PutRefused) -> S3Error {
    match refused {
        PutRefused::PreconditionFailed => s3_error!(
            PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold"
        ),
        PutRefused::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
    }
}

/// Source: "Add preconditions to S3 operations with conditional requests", S3 user guide: `If-None-Match` takes `*`
/// alone, `If-Match` takes an entity tag, and both at once are refused.
pub(super) fn condition(none: Option<&IfNoneMatch>, matching: Option<&IfMatch>) -> S3Result<Condition> {
    let not_served = || {
        s3_error!(
            NotImplemented,
            "A header you provided implies functionality that is not implemented"
        )
    };
    match (none, matching) {
        (None, None) => Ok(Condition::None),
        (Some(tag), None) if tag.is_any() => Ok(Condition::Absent),
        (None, Some(tag)) => {
            let tag = tag.as_etag().ok_or_else(not_served)?;
            Ok(Condition::Matches(tag.value().to_owned()))
        }
        _ => Err(not_served()),
    }
}

/// Reads a body to its end; one that arrives in one piece is not copied.
pub(super) async fn whole(body: StreamingBlob) -> S3Result<Bytes> {
    Body::from(body)
        .store_all_limited(usize::MAX)
        .await
        .map_err(broken)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn broken(error: StdError) -> S3Error {
    // s3s keeps the types of these errors to itself; their text is all there is to tell them apart by.
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        let code = S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        let mut error = S3Error::with_message(code, message);
        error.set_status_code(http::StatusCode::BAD_REQUEST);
        return error;
    }
    if text.contains("SignatureMismatch") {
        return s3_error!(SignatureDoesNotMatch);
    }
    s3_error!(
        IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header"
    )
}

/// The entity tag from the hash that the request was signed with: s3s has compared it with the body.
pub(super) fn signed_sha256(headers: &HeaderMap) -> Option<String> {
    let hash = headers.get("x-amz-content-sha256")?.to_str().ok()?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash
        .then(|| hash.get(..32).map(str::to_ascii_lowercase))
        .flatten()
}
