//! Heads, reads, lists and deletes.

use super::*;

#[tokio::test]
async fn a_head_asks_for_the_checksum_and_returns_all_there_is() {
    let sum = Checksum::sha256([7; 32]);
    let echo = format!("x-amz-checksum-sha256: {}", sum.base64());
    let headers = [
        "etag: \"e1\"",
        "x-amz-version-id: v1",
        "x-amz-server-side-encryption: AES256",
        "x-amz-meta-bl-count: 2",
        &echo,
    ];
    let head = headers
        .iter()
        .map(|line| format!("{line}\r\n"))
        .collect::<String>();
    let wire = Wire::start([Step::Answer(format!(
        "HTTP/1.1 200 OK\r\n{head}content-length: 1234\r\n\r\n"
    ))])
    .await;
    let sink = builder(&wire)
        .expected_owner("111122223333".parse().unwrap())
        .build()
        .unwrap();
    let info = sink.head(&key(KEY)).await.unwrap();
    assert_eq!(
        (info.size, info.checksums, info.encryption),
        (1234, sum.into(), EncryptionSeen::Aes256)
    );
    assert_eq!(
        info.metadata.into_iter().collect::<Vec<_>>(),
        [("bl-count".to_owned(), "2".to_owned())]
    );
    let request = wire.only_request();
    assert_eq!(request.header("x-amz-checksum-mode").as_deref(), Some("ENABLED"));
    assert_eq!(
        request.header("x-amz-expected-bucket-owner").as_deref(),
        Some("111122223333")
    );
}

#[tokio::test]
async fn a_head_s_refusal_has_its_status_alone() {
    for (status, extra, kind) in [
        ("404 Not Found", "x-none: 1", ErrorKind::NotFound),
        ("403 Forbidden", "x-none: 1", ErrorKind::AccessDenied),
        (
            "400 Bad Request",
            "x-amz-bucket-region: us-west-2",
            ErrorKind::WrongRegion {
                region: Some("us-west-2".into()),
            },
        ),
        (
            "301 Moved",
            "x-amz-bucket-region: us-west-2",
            ErrorKind::WrongRegion {
                region: Some("us-west-2".into()),
            },
        ),
    ] {
        let (_wire, sink) = sink([answer(status, &[extra], "")]).await;
        let error = sink.head(&key("a")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&kind, Effect::NotApplied),
            "{error}"
        );
        assert_eq!(error.request_id(), Some("REQ1"));
    }
}

#[tokio::test]
async fn a_body_that_does_not_fit_its_checksum_is_corrupt() {
    let good = Payload::from("bytes").checksum().base64();
    let echo = format!("x-amz-checksum-sha256: {good}");
    let (_wire, sink) = sink([
        answer("200 OK", &[&echo], "bytes"),
        answer("200 OK", &[&echo], "BYTES"),
        answer("200 OK", &[], "short"),
    ])
    .await;
    let object = sink.get(&key("a")).await.unwrap();
    assert_eq!(
        (object.payload.as_ref(), object.info.size),
        (b"bytes".as_slice(), 5)
    );
    let error = sink.get(&key("a")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Corrupt, Effect::NotApplied),
        "{error}"
    );
    sink.get(&key("a")).await.unwrap();
}

#[tokio::test]
async fn an_object_too_large_for_memory_is_not_read() {
    // Its size is not said ahead: it is given up on the way.
    let pieces = "HTTP/1.1 200 OK\r\nx-amz-request-id: REQ1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nbyt\r\n3\r\nes!\r\n0\r\n\r\n";
    let wire = Wire::start([
        answer("200 OK", &[], "bytes"),
        answer("200 OK", &[], "bytes!"),
        Step::Answer(pieces.to_owned()),
    ])
    .await;
    let sink = builder(&wire).largest_read(5).build().unwrap();
    assert_eq!(sink.get(&key("a")).await.unwrap().payload, "bytes");
    for _ in 0..2 {
        let error = sink.get(&key("a")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::Unsupported, Effect::NotApplied)
        );
        assert!(error.to_string().contains("larger than the 5 bytes"), "{error}");
    }
}

#[tokio::test]
async fn a_list_is_followed_by_its_token_and_xml_is_unescaped() {
    let page = |keys: &[&str], tail: &str| {
        let lines: String = keys
            .iter()
            .map(|key| {
                format!("<Contents><Key>{key}</Key><Size>3</Size><ETag>&quot;e&quot;</ETag></Contents>")
            })
            .collect();
        answer(
            "200 OK",
            &[],
            &format!("<?xml version=\"1.0\"?><ListBucketResult>{lines}{tail}</ListBucketResult>"),
        )
    };
    let (wire, sink) = sink([
        page(
            &["a/1", "a/x+y=z&amp;"],
            "<IsTruncated>true</IsTruncated><NextContinuationToken>t/1=</NextContinuationToken>",
        ),
        page(&["a/2"], "<IsTruncated>false</IsTruncated>"),
        page(&[], "<IsTruncated>true</IsTruncated>"),
    ])
    .await;
    let listed = sink.list_all("a/").await.unwrap();
    let names: Vec<&str> = listed.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(names, ["a/1", "a/x+y=z&", "a/2"]);
    assert_eq!(
        (listed[0].size, listed[0].etag.clone()),
        (3, Some(ETag::new("\"e\"")))
    );
    let requests = wire.requests();
    assert!(
        requests[0]
            .line
            .starts_with("GET /acme-events/?list-type=2&encoding-type=url&prefix=a%2F "),
        "{}",
        requests[0].line
    );
    assert!(
        requests[1].line.contains("continuation-token=t%2F1%3D"),
        "{}",
        requests[1].line
    );
    let endless = sink.list("a/", None).await.unwrap_err();
    assert_eq!(*endless.kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn existence_is_asked_of_the_list() {
    let body = format!(
        "<ListBucketResult><Contents><Key>{KEY}</Key><Size>3</Size></Contents><IsTruncated>false</IsTruncated></ListBucketResult>"
    );
    let (wire, sink) = sink([answer("200 OK", &[], &body)]).await;
    assert!(sink.exists(&key(KEY)).await.unwrap());
    assert!(
        wire.only_request()
            .line
            .contains("list-type=2&encoding-type=url&prefix=currents%2Fevent_type%3Da.b")
    );
}

#[tokio::test]
async fn a_delete_of_what_is_absent_is_done() {
    let (_wire, sink) = sink([
        answer("204 No Content", &[], ""),
        refusal("404 Not Found", "NoSuchKey", "gone"),
        refusal("403 Forbidden", "AccessDenied", "no"),
    ])
    .await;
    sink.delete(&key("a")).await.unwrap();
    sink.delete(&key("a")).await.unwrap();
    assert_eq!(
        *sink.delete(&key("a")).await.unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
}
