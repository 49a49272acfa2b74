//! Refusals: one request each, told with kind, effect, code and ids.

use super::*;

#[tokio::test]
async fn each_refusal_is_one_request_with_kind_effect_code_and_ids() {
    for (status, code, kind, effect) in [
        (
            "403 Forbidden",
            "AccessDenied",
            ErrorKind::AccessDenied,
            Effect::NotApplied,
        ),
        (
            "403 Forbidden",
            "InvalidAccessKeyId",
            ErrorKind::Credentials,
            Effect::NotApplied,
        ),
        (
            "400 Bad Request",
            "ExpiredToken",
            ErrorKind::Credentials,
            Effect::NotApplied,
        ),
        (
            "404 Not Found",
            "NoSuchBucket",
            ErrorKind::NoSuchBucket,
            Effect::NotApplied,
        ),
        (
            "404 Not Found",
            "kms:KeyNotFound",
            ErrorKind::Encryption,
            Effect::NotApplied,
        ),
        (
            "400 Bad Request",
            "XAmzContentChecksumMismatch",
            ErrorKind::Corrupt,
            Effect::NotApplied,
        ),
        (
            "400 Bad Request",
            "XMinioAdminBucketQuotaExceeded",
            ErrorKind::Quota,
            Effect::NotApplied,
        ),
        (
            "409 Conflict",
            "ConditionalRequestConflict",
            ErrorKind::Busy,
            Effect::Unknown,
        ),
        ("503 Slow Down", "SlowDown", ErrorKind::Throttled, Effect::Unknown),
        (
            "503 Service Unavailable",
            "RequestTimeout",
            ErrorKind::TimedOut,
            Effect::Unknown,
        ),
        (
            "500 Internal Server Error",
            "InternalError",
            ErrorKind::Server,
            Effect::Unknown,
        ),
    ] {
        let (wire, sink) = sink([refusal(status, code, "in the store's words")]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (&kind, effect), "{error}");
        assert_eq!(
            (error.code(), error.message()),
            (Some(code), Some("in the store's words"))
        );
        assert_eq!(
            (error.request_id(), error.host_id()),
            (Some("REQ1"), Some("HOST1"))
        );
        assert_eq!((error.operation(), error.key()), (Operation::Put, Some(KEY)));
        assert!(
            error.to_string().contains("s3://acme-events at http://127.0.0.1"),
            "{error}"
        );
        assert_eq!(wire.only_request().line.split(' ').next(), Some("PUT"));
    }
}

#[tokio::test]
async fn what_a_store_repeats_of_the_request_is_not_shown() {
    let body = "<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match</Message>\
                <StringToSign>AWS4-HMAC canary</StringToSign><CanonicalRequest>PUT canary</CanonicalRequest></Error>";
    let (_wire, sink) = sink([answer("403 Forbidden", &[], body)]).await;
    let error = put(&sink).await.unwrap_err();
    let mut shown = format!("{error} {error:?} {sink:?}");
    let mut next: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = next {
        shown.push_str(&error.to_string());
        next = error.source();
    }
    assert!(
        shown.contains("SignatureDoesNotMatch") && !shown.contains("canary"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_error_in_the_body_of_a_200_is_an_error() {
    let (_wire, sink) = sink([refusal(
        "200 OK",
        "InternalError",
        "We encountered an internal error.",
    )])
    .await;
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Server, Effect::Unknown),
        "{error}"
    );
}

#[tokio::test]
async fn a_gateway_s_page_is_told_by_its_status() {
    let page = "<html><body>Bad gateway</body></html>";
    let (_wire, sink) = sink([answer("502 Bad Gateway", &["content-type: text/html"], page)]).await;
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Server, Effect::Unknown),
        "{error}"
    );
}
