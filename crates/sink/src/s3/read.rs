//! `HeadObject` and `GetObject`. They must not change anything.

use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, ByteStreamError};
use aws_sdk_s3::types::ChecksumMode;
use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use crate::s3::S3Sink;
use crate::s3::attempt::{Call, unusable};
use crate::s3::settings::Settings;
use crate::s3::told::told;
use crate::{Error, ErrorKind, Object, ObjectInfo, ObjectKey, Operation};

pub(super) async fn head(sink: &S3Sink, key: &ObjectKey) -> Result<ObjectInfo, Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Head, key.as_str());
    let request = connection
        .client
        .head_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .set_checksum_mode(sink.sends_checksums().then_some(ChecksumMode::Enabled))
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
    Ok(told!(answer).info(key, size, answer.metadata()))
}

pub(super) async fn get(sink: &S3Sink, key: &ObjectKey) -> Result<Object, Error> {
    let connection = sink.connection().await?;
    let call = sink.call(Operation::Get, key.as_str());
    let request = connection
        .client
        .get_object()
        .bucket(sink.bucket().as_str())
        .key(key.as_str())
        .set_checksum_mode(sink.sends_checksums().then_some(ChecksumMode::Enabled))
        .set_expected_bucket_owner(sink.owner())
        .send();
    let answer = match sink.attempt(&call, request).await {
        Ok(answer) => answer,
        Err(refusal) => return Err(sink.explain(&call, &connection.region, refusal).await),
    };
    let told = told!(answer);
    let info = told.info(key, 0, answer.metadata());
    let (request_id, host_id) = (told.request_id, told.host_id);
    let announced = answer
        .content_length()
        .and_then(|length| u64::try_from(length).ok());
    let limits = Limits::of(&sink.0.settings);
    match whole(answer.body, announced, &limits).await {
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
            ErrorKind::Connection,
            "the body broke off before its end",
        )
        .with_request_ids(request_id, host_id)
        .with_source(error)),
        Err(Unread::Damaged(error)) => Err(unusable(
            sink,
            &call,
            ErrorKind::Corrupt,
            "the body is not what its checksum says",
        )
        .with_request_ids(request_id, host_id)
        .with_source(error)),
        Err(Unread::Stalled(came)) => {
            let what = match announced {
                Some(size) => format!("the body stopped coming, or came too slowly: {came} of {size} bytes"),
                None => format!("the body stopped coming, or came too slowly: {came} bytes"),
            };
            Err(unusable(sink, &call, ErrorKind::TimedOut, &what).with_request_ids(request_id, host_id))
        }
    }
}

/// The most that is set aside for a body before it has come.
const MOST_AHEAD: usize = 64 << 20;

/// How much of a body is taken in, and how long it is waited for.
struct Limits {
    largest: u64,
    idle: Duration,
    /// For the whole of it, with a second more for each [`Call::BYTES_PER_SECOND`] that came.
    total: Duration,
}

impl Limits {
    const fn of(settings: &Settings) -> Self {
        Self {
            largest: settings.largest_read,
            idle: settings.idle_timeout,
            total: settings.attempt_timeout,
        }
    }
}

/// Why there is no body.
enum Unread {
    TooLarge(u64),
    /// It ended before its end.
    Broken(ByteStreamError),
    /// All of it came, and it is not what its checksum says.
    Damaged(ByteStreamError),
    /// After so many bytes.
    Stalled(u64),
}

/// The body in one piece, given up where it is larger than its limit: what lies in a bucket is its owner's choice, and must
/// not take the memory of everyone else. Given up as well where it comes too slowly: a drip of bytes must not hold its reader
/// for ever. The SDK compares a checksum on the way.
async fn whole(mut body: ByteStream, announced: Option<u64>, limits: &Limits) -> Result<Bytes, Unread> {
    let too_large = |size: u64| size > limits.largest;
    if announced.is_some_and(too_large) {
        return Err(Unread::TooLarge(limits.largest));
    }
    let room = usize::try_from(announced.unwrap_or(0)).unwrap_or(0);
    let mut bytes = BytesMut::with_capacity(room.min(MOST_AHEAD));
    let begun = Instant::now();
    loop {
        let came = bytes.len() as u64;
        let end = begun + limits.total + Duration::from_secs(came / Call::BYTES_PER_SECOND);
        let until = end.min(Instant::now() + limits.idle);
        match tokio::time::timeout_at(until, body.try_next()).await {
            Err(_) => return Err(Unread::Stalled(came)),
            Ok(Ok(None)) => return Ok(bytes.freeze()),
            Ok(Ok(Some(piece))) if too_large(came + piece.len() as u64) => {
                return Err(Unread::TooLarge(limits.largest));
            }
            Ok(Ok(Some(piece))) => bytes.extend_from_slice(&piece),
            // The checksum is compared once all has come.
            Ok(Err(error)) if announced == Some(came) => return Err(Unread::Damaged(error)),
            Ok(Err(error)) => return Err(Unread::Broken(error)),
        }
    }
}
