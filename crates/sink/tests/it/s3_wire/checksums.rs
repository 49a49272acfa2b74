//! Stores that refuse the headers of checksums: named as such, and served without them.

use bucketline_sink::{ChecksumHeaders, MultipartSink as _};

use super::*;

#[tokio::test]
async fn a_store_that_refuses_the_header_is_told_apart() {
    // As Backblaze B2, Cloudflare R2 and older stores put it.
    for (status, code, message) in [
        (
            "400 Bad Request",
            "InvalidArgument",
            "Unsupported header 'x-amz-checksum-sha256' received for this API call.",
        ),
        (
            "501 Not Implemented",
            "NotImplemented",
            "Header 'x-amz-checksum-sha256' with value 'ungW' not implemented",
        ),
        (
            "400 Bad Request",
            "UnknownHeader",
            "X-Amz-Sdk-Checksum-Algorithm is not known",
        ),
    ] {
        let (_wire, sink) = sink([refusal(status, code, message)]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ChecksumRefused, "{error}");
        assert!(error.kind().advice().contains("checksum = \"off\""));
        assert_eq!(error.code(), Some(code));
    }
}

#[tokio::test]
async fn other_refusals_are_not_the_checksum_s_fault() {
    for (status, code, message, kind) in [
        (
            "400 Bad Request",
            "BadDigest",
            "The x-amz-checksum-sha256 you specified did not match",
            ErrorKind::Corrupt,
        ),
        (
            "403 Forbidden",
            "AccessDenied",
            "x-amz-checksum-sha256 has to be signed",
            ErrorKind::AccessDenied,
        ),
        (
            "501 Not Implemented",
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            ErrorKind::Unsupported,
        ),
    ] {
        let (_wire, sink) = sink([refusal(status, code, message)]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        let hinted = error
            .message()
            .is_some_and(|text| text.contains("checksum = \"off\""));
        assert_eq!(hinted, kind == ErrorKind::Unsupported, "{error}");
    }
    // A bucket with object locks wants the header that was left out.
    let wire = Wire::start([refusal(
        "400 Bad Request",
        "InvalidRequest",
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
    )])
    .await;
    let sink = builder(&wire)
        .checksum_headers(ChecksumHeaders::Omitted)
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidRequest, "{error}");
}

#[tokio::test]
async fn without_the_headers_none_is_sent_and_the_bytes_are_signed_all_the_same() {
    const BEGUN: &str =
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    let wire = Wire::start([
        answer("200 OK", &["etag: \"e1\""], ""),
        answer("200 OK", &["etag: \"e1\"", "content-length: 7"], ""),
        answer("200 OK", &[], BEGUN),
        answer("200 OK", &["etag: \"p1\""], ""),
        answer(
            "200 OK",
            &[],
            "<CompleteMultipartUploadResult><ETag>\"w-1\"</ETag></CompleteMultipartUploadResult>",
        ),
    ])
    .await;
    let sink = builder(&wire)
        .checksum_headers(ChecksumHeaders::Omitted)
        .build()
        .unwrap();
    assert!(matches!(put(&sink).await.unwrap(), PutOutcome::Created(_)));
    let _ = sink.head(&key(KEY)).await;
    let upload = sink.begin_upload(&key("a"), &PutOptions::create()).await.unwrap();
    let part = sink.put_part(&upload, 1, Payload::from("part")).await.unwrap();
    let outcome = sink
        .complete_upload(&upload, &[part], &PutOptions::create().mode)
        .await;
    assert!(matches!(outcome.unwrap(), PutOutcome::Created(_)));
    let requests = wire.requests();
    assert_eq!(requests.len(), 5);
    for request in &requests {
        let named = request
            .header_names()
            .into_iter()
            .find(|name| name.contains("checksum"));
        assert_eq!(named, None, "{}", request.line);
        assert!(
            !String::from_utf8_lossy(&request.body).contains("Checksum"),
            "{}",
            request.line
        );
    }
    assert_eq!(
        requests[0].header("x-amz-content-sha256"),
        Some(Payload::from("payload").checksum().hex())
    );
}

#[tokio::test]
async fn a_checksum_that_the_store_adds_is_still_compared() {
    let other = Payload::from("other bytes").checksum().base64();
    let echo = format!("x-amz-checksum-sha256: {other}");
    let wire = Wire::start([answer("200 OK", &["etag: \"e1\"", &echo], "")]).await;
    let sink = builder(&wire)
        .checksum_headers(ChecksumHeaders::Omitted)
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotTheStore, "{error}");
}
