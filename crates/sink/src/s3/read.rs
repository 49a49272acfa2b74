//! `HeadObject` and `GetObject`. They must not change anything.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_s3::types::ChecksumMode;

use crate::s3::attempt::{request_ids, unusable};
use crate::s3::{S3Sink, encryption};
use crate::{Checksum, ETag, Error, ErrorKind, Object, ObjectInfo, ObjectKey, Operation};

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
        checksum: answer.checksum_sha256().and_then(Checksum::sha256_from_base64),
        encryption: encryption::seen(answer.server_side_encryption(), answer.ssekms_key_id()),
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
        checksum: answer.checksum_sha256().and_then(Checksum::sha256_from_base64),
        encryption: encryption::seen(answer.server_side_encryption(), answer.ssekms_key_id()),
        metadata: sorted(answer.metadata()),
        ..ObjectInfo::new(key.clone(), 0)
    };
    let (request_id, host_id) = request_ids(&answer);
    // The SDK compares a checksum on the way and watches for a stalled body.
    match answer.body.collect().await {
        Ok(bytes) => {
            let bytes = bytes.into_bytes();
            Ok(Object::new(
                ObjectInfo {
                    size: bytes.len() as u64,
                    ..info
                },
                bytes,
            ))
        }
        Err(error) => Err(unusable(
            sink,
            &call,
            ErrorKind::Corrupt,
            "the body did not arrive whole and sound",
        )
        .with_request_ids(request_id, host_id)
        .with_source(error)),
    }
}

fn sorted(metadata: Option<&HashMap<String, String>>) -> BTreeMap<String, String> {
    metadata
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect()
}
