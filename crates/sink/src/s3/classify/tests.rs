//! The table of refusals: one line for each answer that stores are known to give.

use super::*;
use crate::Effect::{NotApplied, Unknown};
use crate::ErrorKind as K;
use crate::Operation::{Get, Head, List, Locate, Put};

fn of(operation: Operation, status: u16, code: &str, message: &str, region: &str) -> (ErrorKind, Effect) {
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    classify(&Refused {
        operation,
        status,
        code: some(code),
        message: some(message),
        region: some(region),
        signed_for: "us-east-1",
    })
}

#[test]
fn a_put_s_refusals() {
    let eu = K::WrongRegion {
        region: Some("eu-west-1".to_owned()),
    };
    let no_kms = "not authorized to perform: kms:GenerateDataKey on resource";
    #[rustfmt::skip]
    let rows = [
        // status, code, message, region, kind, effect
        (404, "NoSuchBucket", "", "", K::NoSuchBucket, NotApplied),
        (403, "AccessDenied", "no identity-based policy allows the s3:PutObject action", "", K::AccessDenied, NotApplied),
        (403, "AccessDenied", no_kms, "", K::Encryption, NotApplied),
        (403, "AccessDenied", "", "eu-west-1", K::AccessDenied, NotApplied),
        (403, "AllAccessDisabled", "", "", K::AccessDenied, NotApplied),
        (403, "AccountProblem", "", "", K::AccessDenied, NotApplied),
        (403, "InvalidAccessKeyId", "", "", K::Credentials, NotApplied),
        (403, "SignatureDoesNotMatch", "", "", K::Credentials, NotApplied),
        (400, "ExpiredToken", "", "", K::Credentials, NotApplied),
        (400, "InvalidToken", "", "", K::Credentials, NotApplied),
        (403, "InvalidTokenId", "", "", K::Credentials, NotApplied),
        (400, "TokenRefreshRequired", "", "", K::Credentials, NotApplied),
        (403, "RequestTimeTooSkewed", "", "", K::ClockSkew, NotApplied),
        (301, "PermanentRedirect", "", "eu-west-1", eu.clone(), NotApplied),
        (307, "TemporaryRedirect", "", "eu-west-1", eu.clone(), NotApplied),
        (400, "AuthorizationHeaderMalformed", "", "eu-west-1", eu, NotApplied),
        (400, "AuthorizationHeaderMalformed", "", "", K::InvalidRequest, NotApplied),
        (400, "IllegalLocationConstraintException", "", "", K::WrongRegion { region: None }, NotApplied),
        (400, "InvalidBucketOwnerAWSAccountID", "", "", K::InvalidRequest, NotApplied),
        (400, "KMS.DisabledException", "", "", K::Encryption, NotApplied),
        (400, "KMS.NotFoundException", "", "", K::Encryption, NotApplied),
        (400, "KMS.InvalidStateException", "", "", K::Encryption, NotApplied),
        (400, "InvalidEncryptionAlgorithmError", "", "", K::Encryption, NotApplied),
        (404, "kms:KeyNotFound", "", "", K::Encryption, NotApplied),
        (501, "KMSNotConfigured", "", "", K::Unsupported, NotApplied),
        (400, "XMinioAdminBucketQuotaExceeded", "", "", K::Quota, NotApplied),
        (507, "XMinioStorageFull", "", "", K::Quota, Unknown),
        (400, "AccessControlListNotSupported", "", "", K::InvalidRequest, NotApplied),
        (400, "InvalidRequest", "", "", K::InvalidRequest, NotApplied),
        (400, "KeyTooLongError", "", "", K::InvalidRequest, NotApplied),
        (400, "MetadataTooLarge", "", "", K::InvalidRequest, NotApplied),
        (400, "XMinioInvalidObjectName", "", "", K::InvalidRequest, NotApplied),
        (409, "ObjectParentIsFile", "", "", K::InvalidRequest, NotApplied),
        (400, "BadDigest", "", "", K::Corrupt, NotApplied),
        (400, "InvalidDigest", "", "", K::Corrupt, NotApplied),
        (400, "XAmzContentSHA256Mismatch", "", "", K::Corrupt, NotApplied),
        (400, "XAmzContentChecksumMismatch", "", "", K::Corrupt, NotApplied),
        (409, "ConditionalRequestConflict", "", "", K::Busy, Unknown),
        (409, "OperationAborted", "", "", K::Busy, Unknown),
        (503, "SlowDown", "", "", K::Throttled, Unknown),
        (503, "ServiceUnavailable", "", "", K::Throttled, Unknown),
        (429, "TooManyRequests", "", "", K::Throttled, Unknown),
        (400, "RequestTimeout", "", "", K::TimedOut, Unknown),
        (503, "RequestTimeout", "", "", K::TimedOut, Unknown),
        (500, "InternalError", "", "", K::Server, Unknown),
        (501, "NotImplemented", "", "", K::Unsupported, NotApplied),
        (405, "MethodNotAllowed", "", "", K::Unsupported, NotApplied),
        // An error in the body of a 200 tells what went wrong, not how far it went.
        (200, "InternalError", "", "", K::Server, Unknown),
        (200, "SlowDown", "", "", K::Throttled, Unknown),
        (200, "AccessDenied", "", "", K::AccessDenied, Unknown),
        // Without a code: a gateway in between, or a store of its own kind.
        (502, "", "", "", K::Server, Unknown),
        (503, "", "", "", K::Throttled, Unknown),
        (504, "", "", "", K::TimedOut, Unknown),
        (403, "", "", "", K::AccessDenied, NotApplied),
        (413, "", "", "", K::InvalidRequest, NotApplied),
        (404, "", "", "", K::Unexpected, Unknown),
        (418, "Teapot", "", "", K::Unexpected, Unknown),
        (403, "SomethingNew", "", "", K::AccessDenied, NotApplied),
        (503, "SomethingNew", "", "", K::Throttled, Unknown),
    ];
    for (status, code, message, region, kind, effect) in rows {
        let found = of(Put, status, code, message, region);
        assert_eq!(found, (kind, effect), "{status} {code} {message} {region}");
    }
}

#[test]
fn a_head_tells_by_status_alone() {
    let eu = K::WrongRegion {
        region: Some("eu-west-1".to_owned()),
    };
    for (status, region, kind) in [
        (404, "", K::NotFound),
        (403, "", K::AccessDenied),
        (301, "eu-west-1", eu.clone()),
        (400, "eu-west-1", eu),
        (400, "us-east-1", K::Unexpected),
        (400, "", K::Unexpected),
        (503, "", K::Throttled),
        (500, "", K::Server),
    ] {
        assert_eq!(
            of(Head, status, "", "", region),
            (kind, NotApplied),
            "{status} {region}"
        );
    }
}

#[test]
fn a_read_never_has_an_effect() {
    for (operation, status, code) in [
        (Get, 404, "NoSuchKey"),
        (Get, 500, "InternalError"),
        (List, 503, "SlowDown"),
        (Locate, 403, "AccessDenied"),
    ] {
        assert_eq!(
            of(operation, status, code, "", "").1,
            NotApplied,
            "{operation} {status} {code}"
        );
    }
    assert_eq!(of(Get, 404, "NoSuchKey", "", "").0, K::NotFound);
}
