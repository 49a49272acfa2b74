//! `HeadObject` and `GetObject`. They must not change anything.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_s3::primitives::{ByteStream, ByteStreamError};
use aws_sdk_s3::types::ChecksumMode;
use bytes::{Bytes, BytesMut};

use crate::s3::attempt::{request_ids, unusable};
use crate::s3::{S3Sink, checksums, encryption};
use crate::{ETag, Error, ErrorKind, Object, ObjectInfo, ObjectKey, Operation};

pub(super) async fn head(sink: &S3Sink, key: &ObjectKey) -> Result<ObjectInfo, Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Head, key.as_str());
    let request = connection
        .client
        .head_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .checksum_mode(ChecksumMode::Enabled)
        .set_expected_bucket_owner(sink.owner())
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let Some(size) = answer
        .content_length()
        .and_then(|length| u64::try_from(length).ok())
    else {
        return Err(unusable(
            sink,
            &call,
            ErrorKind::Unexpected,
            "the answer tells no size",
        ));
    };
    Ok(ObjectInfo {
        etag: answer.e_tag().map(ETag::new),
        version_id: answer.version_id().map(str::to_owned),
        checksums: checksums::said(
            answer.checksum_sha256(),
            answer.checksum_crc64_nvme(),
            answer.checksum_crc32_c(),
        ),
        encryption: encryption::seen(
            answer.server_side_encryption(),
            answer.ssekms_key_id(),
            answer.bucket_key_enabled(),
        ),
        metadata: sorted(answer.metadata()),
        ..ObjectInfo::new(key.clone(), size)
    })
}

pub(super) async fn get(sink: &S3Sink, key: &ObjectKey) -> Result<Object, Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Get, key.as_str());
    let request = connection
        .client
        .get_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .checksum_mode(ChecksumMode::Enabled)
        .set_expected_bucket_owner(sink.owner())
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let info = ObjectInfo {
        etag: answer.e_tag().map(ETag::new),
        version_id: answer.version_id().map(str::to_owned),
        checksums: checksums::said(
            answer.checksum_sha256(),
            answer.checksum_crc64_nvme(),
            answer.checksum_crc32_c(),
        ),
        encryption: encryption::seen(
            answer.server_side_encryption(),
            answer.ssekms_key_id(),
            answer.bucket_key_enabled(),
        ),
        metadata: sorted(answer.metadata()),
        ..ObjectInfo::new(key.clone(), 0)
    };
    let (request_id, host_id) = request_ids(&answer);
    let announced = answer
        .content_length()
        .and_then(|length| u64::try_from(length).ok());
    match whole(answer.body, announced, sink.0.settings.largest_read).await {
        Ok(bytes) => Ok(Object::new(
            ObjectInfo {
                size: bytes.len() as u64,
                ..info
            },
            bytes,
        )),
        Err(Unread::TooLarge(limit)) => {
            let what = format!("the object is larger than the {limit} bytes that are read into memory");
            Err(unusable(sink, &call, ErrorKind::Unsupported, &what).with_request_ids(request_id, host_id))
        }
        Err(Unread::Broken(error)) => Err(unusable(
            sink,
            &call,
            ErrorKind::Corrupt,
            "the body did not arrive whole and sound",
        )
        .with_request_ids(request_id, host_id)
        .with_source(error)),
    }
}

/// The most that is set aside for a body before it has come.
const MOST_AHEAD: usize = 64 << 20;

/// Why there is no body.
enum Unread {
    TooLarge(u64),
    Broken(ByteStreamError),
}

/// The body in one piece, given up where it is larger than `limit`: what lies in a bucket is its owner's choice, and must
/// not take the memory of everyone else. The SDK compares a checksum on the way and watches for a stall.
async fn whole(mut body: ByteStream, announced: Option<u64>, limit: u64) -> Result<Bytes, Unread> {
    let too_large = |size: u64| size > limit;
    if announced.is_some_and(too_large) {
        return Err(Unread::TooLarge(limit));
    }
    let room = usize::try_from(announced.unwrap_or(0)).unwrap_or(0);
    let mut bytes = BytesMut::with_capacity(room.min(MOST_AHEAD));
    while let Some(piece) = body.try_next().await.map_err(Unread::Broken)? {
        if too_large(bytes.len() as u64 + piece.len() as u64) {
            return Err(Unread::TooLarge(limit));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

fn sorted(metadata: Option<&HashMap<String, String>>) -> BTreeMap<String, String> {
    metadata
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect()
}
