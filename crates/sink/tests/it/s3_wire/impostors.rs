//! Answers that are not the store's: of proxies, firewalls and portals that answer in its place.

use super::*;

/// An answer without anything that a store puts on its own.
fn bare(status: &str, headers: &[&str], body: &str) -> Step {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    Step::Answer(format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn page(status: &str) -> Step {
    bare(
        status,
        &["content-type: text/html", "server: filter"],
        "<html>blocked by policy</html>",
    )
}

fn listing() -> Step {
    let body =
        "<ListBucketResult><Name>acme-events</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
    answer("200 OK", &[], body)
}

#[tokio::test]
async fn a_success_that_is_not_the_store_s_leaves_a_put_unknown() {
    let sum = format!(
        "x-amz-checksum-sha256: {}",
        Payload::from("payload").checksum().base64()
    );
    let other = format!(
        "x-amz-checksum-sha256: {}",
        Payload::from("else").checksum().base64()
    );
    let tag = "etag: \"e1\"";
    for (what, step) in [
        ("a page", page("200 OK")),
        ("nothing", bare("200 OK", &[], "")),
        ("no content", bare("204 No Content", &[], "")),
        ("no content, with a tag", answer("204 No Content", &[tag], "")),
        ("accepted", answer("202 Accepted", &[tag], "")),
        ("a tag alone", bare("200 OK", &[tag], "")),
        ("no request id", bare("200 OK", &[tag, &sum], "")),
        (
            "an empty request id",
            bare("200 OK", &[tag, &sum, "x-amz-request-id: "], ""),
        ),
        ("no tag", answer("200 OK", &[&sum], "")),
        ("another checksum", answer("200 OK", &[tag, &other], "")),
        (
            "a page with a tag",
            bare("200 OK", &[tag, "content-type: text/html"], "<html>hello</html>"),
        ),
    ] {
        let (_wire, sink) = sink([step]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::NotTheStore, Effect::Unknown),
            "{what}: {error}"
        );
        assert!(
            error.status().is_some_and(|status| status < 300),
            "{what}: {error}"
        );
    }
}

#[tokio::test]
async fn a_store_that_said_checksums_again_is_held_to_it() {
    let sum = format!(
        "x-amz-checksum-sha256: {}",
        Payload::from("payload").checksum().base64()
    );
    let tag = "etag: \"e1\"";
    let (_wire, sink) = sink([
        // Not every store says them.
        answer("200 OK", &[tag], ""),
        answer("200 OK", &[tag, &sum], ""),
        answer("200 OK", &[tag], ""),
    ])
    .await;
    put(&sink).await.unwrap();
    put(&sink).await.unwrap();
    assert_eq!(*put(&sink).await.unwrap_err().kind(), ErrorKind::NotTheStore);
}

#[tokio::test]
async fn a_store_that_gives_no_ids_is_known_by_its_documents() {
    let body =
        "<ListBucketResult><Name>acme-events</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
    let (_wire, sink) = sink([
        bare("200 OK", &["etag: \"e1\""], ""),
        bare("200 OK", &[], body),
        bare("200 OK", &["etag: \"e1\""], ""),
    ])
    .await;
    assert_eq!(*put(&sink).await.unwrap_err().kind(), ErrorKind::NotTheStore);
    assert!(!sink.exists(&key("a")).await.unwrap());
    put(&sink).await.unwrap();
}

#[tokio::test]
async fn a_store_that_gave_an_id_is_held_to_it() {
    let (_wire, sink) = sink([listing(), bare("200 OK", &["etag: \"e1\""], ""), page("200 OK")]).await;
    assert!(!sink.exists(&key("a")).await.unwrap());
    assert_eq!(*put(&sink).await.unwrap_err().kind(), ErrorKind::NotTheStore);
    assert_eq!(*put(&sink).await.unwrap_err().kind(), ErrorKind::NotTheStore);
}

#[tokio::test]
async fn a_success_that_is_not_the_store_s_says_nothing_of_an_object() {
    for (what, step) in [
        ("a page", page("200 OK")),
        ("nothing", bare("200 OK", &[], "")),
        ("no content", bare("204 No Content", &[], "")),
        ("text", bare("200 OK", &["etag: \"e1\""], "welcome")),
        (
            "another document",
            bare(
                "200 OK",
                &[],
                "<Welcome><IsTruncated>false</IsTruncated></Welcome>",
            ),
        ),
    ] {
        let wire = Wire::start(vec![step; 4]).await;
        let sink = builder(&wire).build().unwrap();
        for error in [
            sink.list("a", None).await.unwrap_err(),
            sink.get(&key("a")).await.unwrap_err(),
            sink.resolve_region().await.unwrap_err(),
        ] {
            assert!(
                matches!(error.kind(), ErrorKind::NotTheStore | ErrorKind::Connection),
                "{what}: {error}"
            );
            assert!(error.kind().is_transient());
        }
        assert_eq!(wire.requests().len(), 3);
    }
    // A HEAD's answer has no body.
    for headers in [
        "content-type: text/html\r\ncontent-length: 20\r\n",
        "etag: \"e1\"\r\ncontent-length: 0\r\n",
        "",
    ] {
        let (_wire, sink) = sink([Step::Answer(format!("HTTP/1.1 200 OK\r\n{headers}\r\n"))]).await;
        let error = sink.head(&key("a")).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NotTheStore, "{headers}: {error}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_the_store_s_blocks_nobody() {
    for (status, kind) in [
        ("302 Found", ErrorKind::NotTheStore),
        ("401 Unauthorized", ErrorKind::NotTheStore),
        ("403 Forbidden", ErrorKind::NotTheStore),
        ("404 Not Found", ErrorKind::NotTheStore),
        ("407 Proxy Authentication Required", ErrorKind::NotTheStore),
        ("412 Precondition Failed", ErrorKind::NotTheStore),
        ("501 Not Implemented", ErrorKind::NotTheStore),
        ("511 Network Authentication Required", ErrorKind::NotTheStore),
        ("502 Bad Gateway", ErrorKind::Server),
        ("503 Service Unavailable", ErrorKind::Throttled),
        ("504 Gateway Timeout", ErrorKind::TimedOut),
    ] {
        let (_wire, sink) = sink([page(status), page(status)]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&kind, Effect::Unknown),
            "{error}"
        );
        assert!(error.kind().is_transient());
        let error = sink.get(&key("a")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&kind, Effect::NotApplied),
            "{error}"
        );
    }
    let (_wire, sink) = sink([page("403 Forbidden")]).await;
    let text = put(&sink).await.unwrap_err().to_string();
    assert!(
        text.contains("the answer is not the store's (HTTP 403)"),
        "{text}"
    );
    assert!(text.contains("`text/html` from `filter`"), "{text}");
    assert!(!text.contains("blocked by policy"), "{text}");
}

#[tokio::test]
async fn a_code_without_the_id_that_is_due_is_not_the_store_s_word() {
    let body = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
    let (_wire, sink) = sink([
        bare("403 Forbidden", &[], body),
        listing(),
        bare("403 Forbidden", &[], body),
    ])
    .await;
    // Of a store that is not known to give ids it is.
    assert_eq!(*put(&sink).await.unwrap_err().kind(), ErrorKind::AccessDenied);
    assert!(!sink.exists(&key("a")).await.unwrap());
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::NotTheStore, Effect::Unknown),
        "{error}"
    );
}

#[tokio::test]
async fn a_size_limit_of_something_in_between_is_named() {
    let (_wire, sink) = sink([page("413 Request Entity Too Large")]).await;
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::InvalidRequest, Effect::NotApplied)
    );
    for text in ["client_max_body_size", "the object has 7 bytes"] {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn a_temporary_redirect_is_tried_again_and_no_setting_is_blamed() {
    let (_wire, sink) = sink([refusal(
        "307 Temporary Redirect",
        "TemporaryRedirect",
        "Please re-send this request to the specified temporary endpoint.",
    )])
    .await;
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Redirected, Effect::NotApplied),
        "{error}"
    );
    assert!(error.kind().is_transient());
}

#[tokio::test]
async fn the_pause_that_a_store_asks_for_is_kept() {
    let slow = "<Error><Code>SlowDown</Code><Message>m</Message></Error>";
    for (headers, pause) in [
        (&["retry-after: 7"][..], Some(7)),
        (
            &[
                "date: Thu, 26 Nov 2026 20:00:00 GMT",
                "retry-after: Thu, 26 Nov 2026 20:01:30 GMT",
            ],
            Some(90),
        ),
        (&["retry-after: Thu, 26 Nov 2026 20:01:30 GMT"], None),
        (
            &[
                "date: Thu, 26 Nov 2026 20:00:00 GMT",
                "retry-after: Thu, 26 Nov 2026 19:00:00 GMT",
            ],
            None,
        ),
        (&["retry-after: soon"], None),
        (&[], None),
    ] {
        let (_wire, sink) = sink([answer("503 Slow Down", headers, slow)]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(error.retry_after(), pause.map(Duration::from_secs), "{headers:?}");
    }
}
