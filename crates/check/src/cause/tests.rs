//! Every code and what it is read as, entry by entry.

use bucketline_auth::ServiceAnswer;
use bucketline_sink::{Effect, Operation};

use super::*;

fn of_store(code: &str, kind: SinkKind, words: &str) -> Cause {
    let error = SinkError::new(Operation::Put, kind, Effect::NotApplied).with_message(words);
    Cause::of_sink(&if code.is_empty() {
        error
    } else {
        error.with_code(code)
    })
}

#[test]
fn every_code_of_the_store_has_its_cause() {
    use Cause::*;
    for (code, words, expected) in [
        ("InvalidAccessKeyId", "", UnknownKey),
        ("SignatureDoesNotMatch", "", WrongSecret),
        ("ExpiredToken", "", ExpiredToken),
        ("InvalidToken", "", InvalidToken),
        ("RequestTimeTooSkewed", "", ClockSkew),
        ("AccessDenied", "Access Denied", Denied),
        (
            "AccessDenied",
            "not authorized to perform: kms:GenerateDataKey",
            KeyDenied,
        ),
        ("AccountProblem", "", AccountProblem),
        ("AllAccessDisabled", "", AccountProblem),
        ("NoSuchBucket", "", NoSuchBucket),
        ("PermanentRedirect", "", WrongRegion),
        ("AuthorizationHeaderMalformed", "", WrongRegion),
        ("KMS.NotFoundException", "", KeyMissing),
        ("KMS.DisabledException", "", KeyDisabled),
        ("KMS.InvalidStateException", "", KeyDisabled),
        ("KMS.InvalidKeyUsageException", "", EncryptionSetting),
        ("InvalidEncryptionAlgorithmError", "", EncryptionSetting),
        ("AccessControlListNotSupported", "", AclNotSupported),
        ("SlowDown", "", Throttled),
        ("InternalError", "", ServiceTrouble),
    ] {
        assert_eq!(
            of_store(code, SinkKind::Unexpected, words),
            expected,
            "{code} {words}"
        );
    }
}

#[test]
fn without_a_code_the_kind_and_the_words_tell() {
    use Cause::*;
    for (kind, words, expected) in [
        (SinkKind::Connection, "connection refused", Network),
        (
            SinkKind::Connection,
            "invalid peer certificate: UnknownIssuer",
            Tls,
        ),
        (SinkKind::Connection, "proxy authentication required", Proxy),
        (SinkKind::TimedOut, "", Network),
        (SinkKind::NotTheStore, "", Proxy),
        (SinkKind::NoSuchBucket, "", NoSuchBucket),
        (SinkKind::AccessDenied, "", Denied),
        (SinkKind::Credentials, "", OurCredentials),
    ] {
        assert_eq!(of_store("", kind, words), expected, "{words}");
    }
}

#[test]
fn a_refusal_of_sts_is_ours_or_the_customer_s() {
    let refused = |code: &str, words: &str, ours| {
        let answer = ServiceAnswer::new(code, 403).message(words).request_id("r-1");
        Cause::of_auth(&answer.into_error("AssumeRole", "role"), ours)
    };
    for (code, words, ours, expected) in [
        (
            "AccessDenied",
            "is not authorized to perform: sts:AssumeRole",
            true,
            Cause::RoleRefused,
        ),
        (
            "AccessDenied",
            "because no identity-based policy allows the sts:AssumeRole action",
            true,
            Cause::OurPolicies,
        ),
        ("InvalidClientTokenId", "", true, Cause::OurCredentials),
        ("InvalidClientTokenId", "", false, Cause::UnknownKey),
        ("SignatureDoesNotMatch", "", false, Cause::WrongSecret),
        ("SignatureDoesNotMatch", "", true, Cause::OurCredentials),
        (
            "SignatureDoesNotMatch",
            "Signature expired: ...",
            false,
            Cause::ClockSkew,
        ),
        ("RegionDisabledException", "", true, Cause::RegionDisabled),
        ("PackedPolicyTooLarge", "", true, Cause::PolicyTooLarge),
        ("Throttling", "", true, Cause::Throttled),
    ] {
        assert_eq!(refused(code, words, ours), expected, "{code} {words} {ours}");
    }
    let proxy = ServiceAnswer::new("", 403).into_error("AssumeRole", "role");
    assert_eq!(Cause::of_auth(&proxy, true), Cause::Proxy);
}

#[test]
fn every_cause_says_what_to_do() {
    for cause in Cause::ALL {
        assert!(
            !cause.remedy().is_empty() && !cause.remedy().ends_with('.'),
            "{cause:?}"
        );
    }
}
