//! Every code and what it is taken for, as a table. Knows nothing of the wire.

use super::*;
use crate::ErrorKind;

fn kind(code: &str, status: u16, words: &str) -> ErrorKind {
    ServiceAnswer::new(code, status)
        .message(words)
        .request_id("r-1")
        .into_error("AssumeRole", "x")
        .kind()
}

#[test]
fn every_code_of_sts_and_iam_has_its_kind() {
    use ErrorKind::*;
    for (code, status, expected) in [
        ("AccessDenied", 403, Denied),
        ("AccessDeniedException", 403, Denied),
        ("NotAuthorized", 400, Denied),
        ("InvalidClientTokenId", 403, Unauthenticated),
        ("UnrecognizedClientException", 403, Unauthenticated),
        ("InvalidAccessKeyId", 403, Unauthenticated),
        ("SignatureDoesNotMatch", 403, Unauthenticated),
        ("IncompleteSignature", 400, Unauthenticated),
        ("ExpiredToken", 403, Unauthenticated),
        ("ExpiredTokenException", 400, Unauthenticated),
        ("InvalidToken", 400, Unauthenticated),
        ("MissingAuthenticationToken", 403, Unauthenticated),
        ("InvalidIdentityToken", 400, Unauthenticated),
        ("IDPRejectedClaim", 403, Unauthenticated),
        ("IDPCommunicationError", 400, Unavailable),
        ("RequestTimeTooSkewed", 403, ClockSkew),
        ("RequestExpired", 400, ClockSkew),
        ("RegionDisabledException", 403, InvalidConfig),
        ("PackedPolicyTooLarge", 400, InvalidConfig),
        ("MalformedPolicyDocument", 400, InvalidConfig),
        ("ValidationError", 400, InvalidConfig),
        ("InvalidInput", 400, InvalidConfig),
        ("InvalidAction", 400, InvalidConfig),
        ("OptInRequired", 403, Denied),
        ("Throttling", 400, Throttled),
        ("ThrottlingException", 400, Throttled),
        ("RequestLimitExceeded", 503, Throttled),
        ("ServiceUnavailable", 503, Unavailable),
        ("InternalFailure", 500, Unavailable),
        ("RequestTimeout", 408, TimedOut),
        ("NoSuchEntity", 404, NotFound),
        ("EntityAlreadyExists", 409, AlreadyExists),
        ("ConcurrentModification", 409, Conflict),
        ("DeleteConflict", 409, Conflict),
        ("LimitExceeded", 409, LimitExceeded),
        ("", 429, Throttled),
        ("", 502, Unavailable),
        ("", 401, Unavailable),
        ("", 403, Unavailable),
        ("", 407, Unavailable),
        ("", 404, InvalidConfig),
        ("SomethingNew", 400, Unexpected),
    ] {
        assert_eq!(kind(code, status, ""), expected, "{code} {status}");
    }
}

#[test]
fn a_verdict_without_aws_s_request_id_is_somebody_else_s() {
    for (code, status) in [
        ("AccessDenied", 403),
        ("ExpiredToken", 400),
        ("Forbidden", 403),
        ("", 403),
        ("", 401),
    ] {
        let answer = ServiceAnswer::new(code, status).message("Access denied by policy of the guest network");
        if code != "Forbidden" {
            assert_eq!(answer.cause(), Cause::NotFromAws, "{code} {status}");
        }
        let error = answer.into_error("AssumeRole", "role");
        assert!(
            !matches!(error.kind(), ErrorKind::Denied | ErrorKind::Unauthenticated),
            "{code}: {error}"
        );
    }
}

#[test]
fn a_pause_asked_for_is_carried() {
    let mut answer = ServiceAnswer::new("Throttling", 400);
    answer.retry_after = Some(Duration::from_secs(7));
    let error = answer.into_error("AssumeRole", "role");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[test]
fn a_wrong_clock_is_told_apart_from_a_wrong_secret() {
    let words = "Signature expired: 20261123T120000Z is now earlier than 20261123T181500Z (20261123T183000Z - 15 min.)";
    assert_eq!(kind("SignatureDoesNotMatch", 403, words), ErrorKind::ClockSkew);
    assert_eq!(
        kind("SignatureDoesNotMatch", 403, "Signature not yet current: ..."),
        ErrorKind::ClockSkew
    );
}

#[test]
fn the_canonical_request_in_a_signature_error_is_not_repeated() {
    let answer = ServiceAnswer::new("SignatureDoesNotMatch", 403).message(
        "The Canonical String for this request should have been 'POST / host:...x-amz-security-token:CANARY'",
    );
    let error = answer.clone().into_error("GetCallerIdentity", "");
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
    let error = answer.request_id("r-1").into_error("GetCallerIdentity", "");
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
    assert!(error.to_string().contains("whitespace"), "{error}");
}

#[test]
fn a_refused_duration_names_the_chaining_limit() {
    let words =
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
    let error = ServiceAnswer::new("ValidationError", 400)
        .message(words)
        .into_error("AssumeRole", "role");
    assert!(error.remedy().unwrap().contains("3,600"), "{error}");
}

#[test]
fn every_diagnosis_says_what_to_do_next() {
    for code in [
        "AccessDenied",
        "ExpiredToken",
        "RegionDisabled",
        "Throttling",
        "Nonsense",
        "LimitExceeded",
    ] {
        let error = ServiceAnswer::new(code, 400)
            .request_id("r-1")
            .into_error("AssumeRole", "role");
        assert!(error.remedy().is_some(), "{code}");
        assert_eq!((error.code(), error.request_id()), (Some(code), Some("r-1")));
        assert_eq!(
            error.effect(),
            CallEffect::NotApplied,
            "{code}: an answer of 4xx says that nothing was done"
        );
    }
}
