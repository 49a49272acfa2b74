//! A store's refusal in the crate's words: kind and effect. It must not look at texts where a code or a
//! status tells.
//!
//! Codes: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, and those of MinIO and other
//! stores where they have their own.

use crate::{Effect, ErrorKind, Operation};

/// What a refusal says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused<'a> {
    pub(super) operation: Operation,
    pub(super) status: u16,
    /// `None` for every `Head`, since its answer has no body, except 404, which the SDK calls `NotFound`.
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// The region that the store names as the bucket's own.
    pub(super) region: Option<&'a str>,
    /// The region that the request was signed for.
    pub(super) signed_for: &'a str,
}

/// What it means, and whether the call may have taken effect.
pub(super) fn classify(refused: &Refused<'_>) -> (ErrorKind, Effect) {
    let kind = refused
        .code
        .and_then(|code| by_code(code, refused))
        .unwrap_or_else(|| by_status(refused));
    let effect = if refused.operation.is_read() || is_surely_refused(&kind, refused.status) {
        Effect::NotApplied
    } else {
        Effect::Unknown
    };
    (kind, effect)
}

/// A refusal proper leaves the store as it was. A failure on its side, one that asks to come again, and an
/// error in the body of a 200 do not tell.
fn is_surely_refused(kind: &ErrorKind, status: u16) -> bool {
    let by_kind = !matches!(
        kind,
        ErrorKind::Busy
            | ErrorKind::Throttled
            | ErrorKind::Server
            | ErrorKind::TimedOut
            | ErrorKind::Unexpected
    );
    by_kind && ((300..500).contains(&status) || status == 501)
}

/// What an answer means that is not the store's own: a gateway that could not reach it is told by its status; whatever
/// else it says is not believed, and the request may have gone on to the store all the same.
pub(super) const fn classify_foreign(operation: Operation, status: u16) -> (ErrorKind, Effect) {
    let kind = match status {
        408 | 504 => ErrorKind::TimedOut,
        // Nobody takes a body in before refusing its length.
        413 => return (ErrorKind::InvalidRequest, Effect::NotApplied),
        429 | 503 => ErrorKind::Throttled,
        500 | 502 => ErrorKind::Server,
        _ => ErrorKind::NotTheStore,
    };
    (kind, operation.effect_if_sent())
}

fn by_code(code: &str, refused: &Refused<'_>) -> Option<ErrorKind> {
    Some(match code {
        "NoSuchKey" | "NoSuchVersion" | "NotFound" => ErrorKind::NotFound,
        "NoSuchUpload" => ErrorKind::NoSuchUpload,
        "NoSuchBucket" => ErrorKind::NoSuchBucket,

        // What IAM says of a key it may not use stands in the message alone.
        "AccessDenied" | "AccessDeniedException"
            if refused.message.is_some_and(|text| text.contains("kms:")) =>
        {
            ErrorKind::Encryption
        }
        "AccessDenied"
        | "AccessDeniedException"
        | "AllAccessDisabled"
        | "AccountProblem"
        | "NotSignedUp"
        | "OptInRequired" => ErrorKind::AccessDenied,

        "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidToken"
        | "InvalidTokenId"
        | "TokenRefreshRequired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidSecurity" => ErrorKind::Credentials,
        "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => ErrorKind::ClockSkew,

        // A new bucket's name is on its way through DNS; it says nothing of a wrong setting unless it names another region.
        "TemporaryRedirect" if refused.region.is_none_or(|region| region == refused.signed_for) => {
            ErrorKind::Redirected
        }
        "PermanentRedirect" | "TemporaryRedirect" | "Redirect" | "IllegalLocationConstraintException" => {
            wrong_region(refused)
        }
        // Without a region it is the header itself that is broken.
        "AuthorizationHeaderMalformed" if refused.region.is_some() => wrong_region(refused),

        "InvalidEncryptionAlgorithmError" | "EncryptionTypeMismatch" => ErrorKind::Encryption,
        _ if is_kms(code) && refused.status < 500 => ErrorKind::Encryption,
        _ if is_kms(code) && refused.status == 501 => ErrorKind::Unsupported,

        "QuotaExceeded" | "XMinioAdminBucketQuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage" => {
            ErrorKind::Quota
        }
        "ConditionalRequestConflict" | "OperationAborted" => ErrorKind::Busy,
        "SlowDown"
        | "SlowDownRead"
        | "SlowDownWrite"
        | "ServiceUnavailable"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestLimitExceeded"
        | "TooManyRequests"
        | "BandwidthLimitExceeded" => ErrorKind::Throttled,
        // 400 on AWS; 503 on MinIO, when a body did not come within 30 s.
        "RequestTimeout" => ErrorKind::TimedOut,
        "InternalError" | "InternalServerError" => ErrorKind::Server,

        "BadDigest"
        | "InvalidDigest"
        | "IncompleteBody"
        | "XAmzContentChecksumMismatch"
        | "XAmzContentSHA256Mismatch" => ErrorKind::Corrupt,

        "NotImplemented" | "MethodNotAllowed" => ErrorKind::Unsupported,
        "InvalidRequest"
        | "InvalidArgument"
        | "InvalidBucketName"
        | "InvalidBucketOwnerAWSAccountID"
        | "InvalidObjectName"
        | "InvalidObjectState"
        | "InvalidStorageClass"
        | "InvalidURI"
        | "KeyTooLongError"
        | "MetadataTooLarge"
        | "EntityTooLarge"
        | "EntityTooSmall"
        | "InvalidPart"
        | "InvalidPartOrder"
        | "MalformedXML"
        | "MissingContentLength"
        | "MissingSecurityHeader"
        | "AuthorizationHeaderMalformed"
        | "AccessControlListNotSupported"
        | "ObjectParentIsFile"
        | "XMinioInvalidObjectName"
        | "XMinioInvalidResourceName"
        | "XMinioParentIsObject"
        | "XMinioObjectExistsAsDirectory" => ErrorKind::InvalidRequest,
        _ => return None,
    })
}

/// An answer without a code, or with one that is not known: from a store of its own kind, or from something
/// in between.
fn by_status(refused: &Refused<'_>) -> ErrorKind {
    match refused.status {
        301 | 302 | 307 | 308 if refused.region.is_some() => wrong_region(refused),
        // The bare 400 by which a HEAD says that the signature names another region.
        400 if refused.region.is_some_and(|region| region != refused.signed_for) => wrong_region(refused),
        401 | 403 => ErrorKind::AccessDenied,
        404 if refused.operation == Operation::Head => ErrorKind::NotFound,
        408 => ErrorKind::TimedOut,
        409 => ErrorKind::Busy,
        411 | 413 | 414 | 431 => ErrorKind::InvalidRequest,
        429 | 503 => ErrorKind::Throttled,
        501 => ErrorKind::Unsupported,
        507 => ErrorKind::Quota,
        504 => ErrorKind::TimedOut,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Unexpected,
    }
}

fn wrong_region(refused: &Refused<'_>) -> ErrorKind {
    ErrorKind::WrongRegion {
        region: refused.region.map(str::to_owned),
    }
}

/// `KMS.NotFoundException` and its kin on AWS, `kms:KeyNotFound` and `KMSNotConfigured` on MinIO.
fn is_kms(code: &str) -> bool {
    code.get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("kms"))
        || code.starts_with("XMinioKMS")
}

#[cfg(test)]
mod tests;
