//! Checksums that come with an upload, in headers or trailers, and those that answers carry.
//!
//! Source: "Checking object integrity for data uploads in Amazon S3", S3 user guide.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{ChecksumType, CompleteMultipartUploadInput, CompletedPart, PutObjectInput, UploadPartInput};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::world::{Algorithm, StoredChecksum};

/// The checksums that a request brings.
#[derive(Debug)]
pub(super) struct Sent {
    md5: Option<String>,
    in_headers: [(Algorithm, Option<String>); 5],
}

macro_rules! sent {
    ($input:ident, $md5:expr) => {
        Self {
            md5: $md5,
            in_headers: [
                (Algorithm::Crc32, $input.checksum_crc32.clone()),
                (Algorithm::Crc32c, $input.checksum_crc32c.clone()),
                (Algorithm::Crc64Nvme, $input.checksum_crc64nvme.clone()),
                (Algorithm::Sha1, $input.checksum_sha1.clone()),
                (Algorithm::Sha256, $input.checksum_sha256.clone()),
            ],
        }
    };
}

impl From<&PutObjectInput> for Sent {
    fn from(input: &PutObjectInput) -> Self {
        sent!(input, input.content_md5.clone())
    }
}

impl From<&UploadPartInput> for Sent {
    fn from(input: &UploadPartInput) -> Self {
        sent!(input, input.content_md5.clone())
    }
}

impl From<&CompleteMultipartUploadInput> for Sent {
    fn from(input: &CompleteMultipartUploadInput) -> Self {
        sent!(input, None)
    }
}

impl Sent {
    /// Those that a request names of a part.
    pub(super) fn of_part(part: &CompletedPart) -> Self {
        sent!(part, None)
    }

    /// The one of this algorithm.
    pub(super) fn of(&self, algorithm: Algorithm) -> Option<&str> {
        let (_, value) = self.in_headers.iter().find(|(other, _)| *other == algorithm)?;
        value.as_deref()
    }
}

/// The checksum to keep with the object; refused where what was sent does not fit the bytes. `unless`: what S3 adds where
/// the client sent none.
pub(super) fn verify(
    input: impl Into<Sent>,
    unless: Algorithm,
    trailers: Option<&HeaderMap>,
    body: &[u8],
) -> S3Result<StoredChecksum> {
    let Sent { md5, in_headers } = input.into();
    if let Some(md5) = &md5 {
        verify_md5(md5, body)?;
    }
    let mut sent = in_headers.into_iter().filter_map(|(algorithm, in_header)| {
        let in_trailer = || {
            trailers?
                .get(algorithm.header())?
                .to_str()
                .ok()
                .map(str::to_owned)
        };
        Some((algorithm, in_header.or_else(in_trailer)?))
    });
    let (first, second) = (sent.next(), sent.next());
    if second.is_some() {
        return Err(s3_error!(
            InvalidRequest,
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        ));
    }
    let Some((algorithm, claimed)) = first else {
        return Ok(StoredChecksum::of(unless, body));
    };
    if STANDARD.decode(&claimed).map(|bytes| bytes.len()) != Ok(algorithm.length()) {
        let message = format!("Value for {} header is invalid.", algorithm.header());
        return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message));
    }
    let found = StoredChecksum::of(algorithm, body);
    if found.value != claimed {
        let message = format!(
            "The {} you specified did not match the calculated checksum.",
            algorithm.name()
        );
        return Err(S3Error::with_message(S3ErrorCode::BadDigest, message));
    }
    Ok(found)
}

fn verify_md5(claimed: &str, body: &[u8]) -> S3Result<()> {
    if STANDARD.decode(claimed).map(|bytes| bytes.len()) != Ok(16) {
        return Err(s3_error!(
            InvalidDigest,
            "The Content-MD5 you specified is not valid."
        ));
    }
    if STANDARD.encode(Md5::checksum(body)) != claimed {
        return Err(s3_error!(
            BadDigest,
            "The Content-MD5 you specified did not match what we received."
        ));
    }
    Ok(())
}

/// A checksum as the fields of an answer.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) crc32: Option<String>,
    pub(super) crc32c: Option<String>,
    pub(super) crc64nvme: Option<String>,
    pub(super) sha1: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) kind: Option<ChecksumType>,
}

impl Shown {
    pub(super) fn of(checksum: &StoredChecksum) -> Self {
        // One over the parts says how many they are.
        let kind = if checksum.value.contains('-') {
            ChecksumType::COMPOSITE
        } else {
            ChecksumType::FULL_OBJECT
        };
        let mut shown = Self {
            kind: Some(ChecksumType::from_static(kind)),
            ..Self::default()
        };
        let field = match checksum.algorithm {
            Algorithm::Crc32 => &mut shown.crc32,
            Algorithm::Crc32c => &mut shown.crc32c,
            Algorithm::Crc64Nvme => &mut shown.crc64nvme,
            Algorithm::Sha1 => &mut shown.sha1,
            Algorithm::Sha256 => &mut shown.sha256,
        };
        *field = Some(checksum.value.clone());
        shown
    }
}
