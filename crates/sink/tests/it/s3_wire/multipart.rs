//! What an upload in parts sends, and what its answers mean.

use bucketline_sink::{ChecksumAlgorithm, MultipartSink as _, Part, PutMode, Upload};

use super::*;

fn parts() -> Vec<Part> {
    let part = |number, text: &'static str| {
        let payload = Payload::from(text);
        let sum = payload.checksum_by(ChecksumAlgorithm::Crc64Nvme);
        Part::new(number, 5 << 20, ETag::new(format!("\"e{number}\"")), sum)
    };
    vec![part(1, "one"), part(2, "two")]
}

fn upload() -> Upload {
    Upload::new(key("a"), "u/1")
}

#[tokio::test]
async fn the_requests_of_an_upload() {
    const BEGUN: &str = r#"<?xml version="1.0" encoding="UTF-8"?><InitiateMultipartUploadResult
        xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><UploadId>u/1</UploadId></InitiateMultipartUploadResult>"#;
    let sum = Payload::from("one")
        .checksum_by(ChecksumAlgorithm::Crc64Nvme)
        .base64();
    let wire = Wire::start([
        answer("200 OK", &["x-amz-server-side-encryption: AES256"], BEGUN),
        answer(
            "200 OK",
            &["etag: \"e1\"", &format!("x-amz-checksum-crc64nvme: {sum}")],
            "",
        ),
        answer(
            "200 OK",
            &[],
            "<CompleteMultipartUploadResult><ETag>\"w-2\"</ETag></CompleteMultipartUploadResult>",
        ),
        answer("204 No Content", &[], ""),
    ])
    .await;
    let sink = builder(&wire)
        .expected_owner("111122223333".parse().unwrap())
        .build()
        .unwrap();
    let options = PutOptions::create()
        .metadata("bl-version", "1")
        .encryption(Encryption::Aes256);
    assert_eq!(sink.begin_upload(&key("a"), &options).await.unwrap(), upload());
    let part = sink.put_part(&upload(), 1, Payload::from("one")).await.unwrap();
    assert_eq!((part.number, part.size, part.etag), (1, 3, ETag::new("\"e1\"")));
    let outcome = sink
        .complete_upload(&upload(), &parts(), &PutMode::Create)
        .await
        .unwrap();
    assert!(matches!(outcome, PutOutcome::Created(receipt) if receipt.etag == Some(ETag::new("\"w-2\""))));
    sink.abort_upload(&upload()).await.unwrap();

    let [begun, sent, completed, aborted] = wire.requests().try_into().unwrap();
    for (name, value) in [
        ("x-amz-checksum-algorithm", "CRC64NVME"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
        ("x-amz-meta-bl-version", "1"),
        ("x-amz-server-side-encryption", "AES256"),
    ] {
        assert_eq!(begun.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(sent.line.starts_with("PUT /acme-events/a?"), "{}", sent.line);
    assert!(
        sent.line.contains("partNumber=1") && sent.line.contains("uploadId=u%2F1"),
        "{}",
        sent.line
    );
    assert_eq!(sent.header("x-amz-checksum-crc64nvme").as_deref(), Some(&*sum));
    let whole = bucketline_sink::checksum_of_parts(&parts()).unwrap().0.base64();
    for (name, value) in [
        ("if-none-match", "*"),
        ("x-amz-checksum-crc64nvme", whole.as_str()),
        ("x-amz-checksum-type", "FULL_OBJECT"),
        ("x-amz-mp-object-size", "10485760"),
    ] {
        assert_eq!(completed.header(name).as_deref(), Some(value), "{name}");
    }
    let body = String::from_utf8_lossy(&completed.body);
    assert!(
        body.contains("<PartNumber>2</PartNumber>") && body.contains("<ChecksumCRC64NVME>"),
        "{body}"
    );
    assert!(
        aborted.line.starts_with("DELETE /acme-events/a?"),
        "{}",
        aborted.line
    );
    for request in [begun, sent, completed, aborted] {
        let owner = request.header("x-amz-expected-bucket-owner");
        assert_eq!(owner.as_deref(), Some("111122223333"), "{}", request.line);
    }
}

#[tokio::test]
async fn what_becomes_of_an_upload_that_is_not_completed() {
    let error = |code: &str| format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
    let page = "<html><body>Please log in</body></html>".to_owned();
    for (status, body, kind, effect) in [
        // S3 sends its head before it knows: what went wrong stands in the body of a 200.
        (
            "200 OK",
            error("InternalError"),
            ErrorKind::Server,
            Effect::Unknown,
        ),
        ("200 OK", page, ErrorKind::NotTheStore, Effect::Unknown),
        ("200 OK", String::new(), ErrorKind::NotTheStore, Effect::Unknown),
        (
            "404 Not Found",
            error("NoSuchUpload"),
            ErrorKind::NoSuchUpload,
            Effect::NotApplied,
        ),
        (
            "400 Bad Request",
            error("InvalidPart"),
            ErrorKind::InvalidRequest,
            Effect::NotApplied,
        ),
        (
            "400 Bad Request",
            error("BadDigest"),
            ErrorKind::Corrupt,
            Effect::NotApplied,
        ),
        (
            "409 Conflict",
            error("ConditionalRequestConflict"),
            ErrorKind::Busy,
            Effect::Unknown,
        ),
        (
            "503 Slow Down",
            error("SlowDown"),
            ErrorKind::Throttled,
            Effect::Unknown,
        ),
    ] {
        let (_wire, sink) = sink([answer(status, &[], &body)]).await;
        let failed = sink
            .complete_upload(&upload(), &parts(), &PutMode::Create)
            .await
            .unwrap_err();
        let told = failed.kind().clone();
        let foreign = kind == ErrorKind::NotTheStore && told == ErrorKind::Connection;
        assert!(told == kind || foreign, "{status} {body}: {failed}");
        assert_eq!(failed.effect(), effect, "{status} {body}");
    }
    let (_wire, sink) = sink([answer(
        "412 Precondition Failed",
        &[],
        &error("PreconditionFailed"),
    )])
    .await;
    let outcome = sink
        .complete_upload(&upload(), &parts(), &PutMode::Create)
        .await
        .unwrap();
    assert_eq!(outcome, PutOutcome::PreconditionFailed);
}

#[tokio::test]
async fn a_part_is_taken_only_by_an_answer_that_the_store_alone_can_give() {
    let other = Payload::from("other")
        .checksum_by(ChecksumAlgorithm::Crc64Nvme)
        .base64();
    let other = format!("x-amz-checksum-crc64nvme: {other}");
    for headers in [&[][..], &["etag: \"e1\"", &other]] {
        let (_wire, sink) = sink([answer("200 OK", headers, "")]).await;
        let failed = sink
            .put_part(&upload(), 1, Payload::from("one"))
            .await
            .unwrap_err();
        assert_eq!(
            (failed.kind(), failed.effect()),
            (&ErrorKind::NotTheStore, Effect::Unknown)
        );
    }
    // Nothing is sent that no store takes.
    let (wire, sink) = sink([]).await;
    for number in [0, 10_001] {
        let failed = sink
            .put_part(&upload(), number, Payload::from("x"))
            .await
            .unwrap_err();
        assert_eq!(*failed.kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(wire.requests().len(), 0);
}
