//! What buckets do otherwise than S3's, where their seed says so: other stores do.

use s3s::{S3Error, S3ErrorCode, S3Request, S3Result};

use crate::world::{Bucket, Condition};

/// The condition of a write, as far as the bucket knows conditions; and that it knows the headers at all.
pub(super) fn condition_kept<T>(
    bucket: &Bucket,
    request: &S3Request<T>,
    condition: Condition,
) -> S3Result<Condition> {
    refuse_checksums(bucket, request)?;
    Ok(if bucket.quirks().ignores_conditions {
        Condition::None
    } else {
        condition
    })
}

pub(super) fn refuse_checksums<T>(bucket: &Bucket, request: &S3Request<T>) -> S3Result<()> {
    let named = request.headers.keys().find(|name| {
        name.as_str().starts_with("x-amz-checksum") || name.as_str().starts_with("x-amz-sdk-checksum")
    });
    match named {
        Some(name) if bucket.quirks().refuses_checksums => Err(S3Error::with_message(
            S3ErrorCode::InvalidArgument,
            format!("Unsupported header '{name}' received for this API call."),
        )),
        _ => Ok(()),
    }
}
