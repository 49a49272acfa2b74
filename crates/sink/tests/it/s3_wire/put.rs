//! What a put sends, and what its answers mean.

use bucketline_sink::MultipartSink as _;

use super::*;

#[tokio::test]
async fn a_put_sends_condition_checksum_owner_encryption_and_metadata() {
    let sum = Payload::from("payload").checksum();
    let echo = format!("x-amz-checksum-sha256: {}", sum.base64());
    let wire = Wire::start([answer(
        "200 OK",
        &[
            "etag: \"e1\"",
            "x-amz-version-id: v1",
            "x-amz-server-side-encryption: AES256",
            &echo,
        ],
        "",
    )])
    .await;
    let sink = builder(&wire)
        .expected_owner("111122223333".parse().unwrap())
        .build()
        .unwrap();
    let options = PutOptions::create()
        .metadata("bl-version", "1")
        .metadata("bl-count", "2")
        .content_type("application/vnd.apache.avro")
        .encryption(Encryption::Aes256);
    let outcome = sink
        .put(&key(KEY), Payload::from("payload"), &options)
        .await
        .unwrap();

    let PutOutcome::Created(receipt) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(receipt.etag, Some(ETag::new("\"e1\"")));
    assert_eq!(receipt.version_id.as_deref(), Some("v1"));
    assert_eq!(receipt.checksums, sum.into());
    assert_eq!(receipt.encryption, EncryptionSeen::Aes256);
    assert_eq!(receipt.request_id.as_deref(), Some("REQ1"));

    let request = wire.only_request();
    // Path style; `=` and `+` stay apart from what they mean in a query.
    assert_eq!(
        request.line,
        "PUT /acme-events/currents/event_type%3Da.b/date%3D2026-11-23-18/7/x%2B0%2B0000000000.avro HTTP/1.1"
            .replace(" HTTP", "?x-id=PutObject HTTP")
    );
    for (name, value) in [
        ("if-none-match", "*"),
        ("x-amz-checksum-sha256", sum.base64().as_str()),
        ("x-amz-content-sha256", sum.hex().as_str()),
        ("x-amz-expected-bucket-owner", "111122223333"),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-meta-bl-version", "1"),
        ("x-amz-meta-bl-count", "2"),
        ("content-type", "application/vnd.apache.avro"),
        ("content-length", "7"),
    ] {
        assert_eq!(request.header(name).as_deref(), Some(value), "{name}");
    }
    assert!(
        request
            .header("authorization")
            .unwrap()
            .contains("/eu-central-1/s3/aws4_request")
    );
    assert_eq!(request.body, b"payload");
    assert!(!format!("{request:?}").contains(SECRET));
}

#[tokio::test]
async fn a_plain_put_sends_no_more_than_that() {
    let (wire, sink) = sink([answer("200 OK", &["etag: \"e1\""], "")]).await;
    let options = PutOptions::overwrite();
    sink.put(&key("a"), Payload::from("x"), &options).await.unwrap();
    let request = wire.only_request();
    assert_eq!(
        request.header_names(),
        [
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-amz-checksum-sha256",
            "x-amz-content-sha256",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-user-agent",
        ]
    );
    assert_eq!(
        request.header("amz-sdk-request").as_deref(),
        Some("attempt=1; max=1")
    );
}

#[tokio::test]
async fn a_payload_in_pieces_is_one_body_with_one_length_and_signed_hash() {
    let (wire, sink) = sink([answer("200 OK", &["etag: \"e1\""], "")]).await;
    let chunks: Vec<Bytes> = (0..100_u8).map(|n| Bytes::from(vec![n; 5000])).collect();
    let payload = Payload::from(chunks.clone());
    sink.put(&key("a"), payload.clone(), &PutOptions::create())
        .await
        .unwrap();
    let request = wire.only_request();
    assert_eq!(request.header("content-length").as_deref(), Some("500000"));
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("content-encoding"), None);
    assert_eq!(
        request.header("x-amz-content-sha256"),
        Some(payload.checksum().hex())
    );
    assert_eq!(request.body, chunks.concat());
}

#[tokio::test]
async fn a_bucket_is_named_in_path_or_host_as_asked() {
    let (wire, sink) = sink([answer("200 OK", &["etag: \"e1\""], "")]).await;
    put(&sink).await.unwrap();
    let host = wire.only_request().header("host").unwrap();
    assert!(wire.only_request().line.starts_with("PUT /acme-events/currents/"));

    let wire = Wire::start([answer("200 OK", &["etag: \"e1\""], "")]).await;
    // Of `localhost` every name below it is this machine, too, but not to every resolver: it may stay unanswered.
    let endpoint = wire.endpoint.replace("127.0.0.1", "localhost");
    let sink = builder(&wire)
        .endpoint(endpoint)
        .addressing(Addressing::Virtual)
        .build()
        .unwrap();
    match put(&sink).await {
        Ok(_) => {
            let request = wire.only_request();
            assert!(request.line.starts_with("PUT /currents/"), "{}", request.line);
            assert!(
                request
                    .header("host")
                    .unwrap()
                    .starts_with("acme-events.localhost")
            );
        }
        Err(error) => assert_eq!(*error.kind(), ErrorKind::Connection, "{error}"),
    }
    assert!(host.starts_with("127.0.0.1"));
}

#[tokio::test]
async fn an_empty_payload_is_a_put_as_well() {
    let (wire, sink) = sink([answer("200 OK", &["etag: \"e1\""], "")]).await;
    sink.put(&key("a"), Payload::from(""), &PutOptions::create())
        .await
        .unwrap();
    let request = wire.only_request();
    assert_eq!(request.header("content-length").as_deref(), Some("0"));
    assert_eq!(
        request.header("x-amz-checksum-sha256"),
        Some(Payload::from("").checksum().base64())
    );
}

#[tokio::test]
async fn kms_is_asked_for_by_key_and_its_echo_is_kept() {
    let arn = "arn:aws:kms:eu-central-1:111122223333:key/k1";
    let echo = format!("x-amz-server-side-encryption-aws-kms-key-id: {arn}");
    let (wire, sink) = sink([answer(
        "200 OK",
        &["etag: \"e1\"", "x-amz-server-side-encryption: aws:kms", &echo],
        "",
    )])
    .await;
    let asked = Encryption::from(Kms::new(arn.to_owned()));
    let options = PutOptions::create().encryption(asked.clone());
    let outcome = sink.put(&key("a"), Payload::from("x"), &options).await.unwrap();
    let PutOutcome::Created(receipt) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(receipt.encryption.satisfies(&asked));
    let request = wire.only_request();
    assert_eq!(
        request.header("x-amz-server-side-encryption").as_deref(),
        Some("aws:kms")
    );
    assert_eq!(
        request
            .header("x-amz-server-side-encryption-aws-kms-key-id")
            .as_deref(),
        Some(arn)
    );
}

#[tokio::test]
async fn every_option_of_kms_is_asked_for_and_seen() {
    let echo = [
        "etag: \"e1\"",
        "x-amz-server-side-encryption: aws:kms:dsse",
        "x-amz-server-side-encryption-aws-kms-key-id: k1",
    ];
    let bucket_key = [
        "etag: \"e1\"",
        "x-amz-server-side-encryption: aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id: k1",
        "x-amz-server-side-encryption-bucket-key-enabled: true",
    ];
    let (wire, sink) = sink([answer("200 OK", &echo, ""), answer("200 OK", &bucket_key, "")]).await;
    let asked = [
        Encryption::from(Kms::new("k1").dsse(true).context("tenant", "acme")),
        Encryption::from(Kms::new("k1").bucket_key(true)),
    ];
    for asked in &asked {
        let options = PutOptions::create().encryption(asked.clone());
        let outcome = sink.put(&key("a"), Payload::from("x"), &options).await.unwrap();
        let PutOutcome::Created(receipt) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(receipt.encryption.satisfies(asked), "{receipt:?}");
    }
    let requests = wire.requests();
    for (request, name, value) in [
        (0, "x-amz-server-side-encryption", Some("aws:kms:dsse")),
        (
            0,
            "x-amz-server-side-encryption-context",
            Some("eyJ0ZW5hbnQiOiJhY21lIn0="),
        ),
        (0, "x-amz-server-side-encryption-bucket-key-enabled", None),
        (1, "x-amz-server-side-encryption", Some("aws:kms")),
        (1, "x-amz-server-side-encryption-context", None),
        (1, "x-amz-server-side-encryption-bucket-key-enabled", Some("true")),
    ] {
        assert_eq!(
            requests[request].header(name).as_deref(),
            value,
            "{request} {name}"
        );
    }
}

#[tokio::test]
async fn options_of_kms_that_exclude_each_other_are_refused_before_anything_is_sent() {
    let (wire, sink) = sink([]).await;
    let asked = Kms::new("k1").dsse(true).bucket_key(true);
    let options = PutOptions::create().encryption(asked.into());
    let error = sink
        .put(&key("a"), Payload::from("x"), &options)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn an_encryption_that_was_dropped_is_seen() {
    let (_wire, sink) = sink([answer("200 OK", &["etag: \"e1\""], "")]).await;
    let options = PutOptions::create().encryption(Encryption::Aes256);
    let outcome = sink.put(&key("a"), Payload::from("x"), &options).await.unwrap();
    let PutOutcome::Created(receipt) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(receipt.encryption, EncryptionSeen::None);
    assert!(!receipt.encryption.satisfies(&options.encryption));
}

#[tokio::test]
async fn a_taken_key_is_a_condition_that_failed() {
    let (wire, sink) = sink([
        refusal(
            "412 Precondition Failed",
            "PreconditionFailed",
            "At least one did not hold",
        ),
        refusal(
            "412 Precondition Failed",
            "PreconditionFailed",
            "At least one did not hold",
        ),
        refusal("404 Not Found", "NoSuchKey", "The specified key does not exist."),
    ])
    .await;
    assert_eq!(put(&sink).await.unwrap(), PutOutcome::PreconditionFailed);
    for _ in 0..2 {
        let options = PutOptions::if_match(ETag::new("\"e1\""));
        let outcome = sink.put(&key(KEY), Payload::from("x"), &options).await.unwrap();
        assert_eq!(outcome, PutOutcome::PreconditionFailed);
    }
    let requests = wire.requests();
    assert_eq!(requests[1].header("if-match").as_deref(), Some("\"e1\""));
    assert_eq!(requests[1].header("if-none-match"), None);
}

#[tokio::test]
async fn an_access_point_is_reached_at_its_own_address() {
    for (address, region, host) in [
        (
            "arn:aws:s3:eu-central-1:111122223333:accesspoint/export",
            None,
            "export-111122223333.s3-accesspoint.eu-central-1.amazonaws.com",
        ),
        (
            "arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/export",
            None,
            "export-111122223333.s3-accesspoint.cn-north-1.amazonaws.com.cn",
        ),
        (
            "export-abcdefghijklmnopqrstuvwxyz012345use1a-s3alias",
            Some("eu-west-1"),
            "export-abcdefghijklmnopqrstuvwxyz012345use1a-s3alias.s3.eu-west-1.amazonaws.com",
        ),
    ] {
        let address: BucketAddress = address.parse().unwrap();
        let mut builder =
            S3Sink::builder(address).credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"));
        if let Some(region) = region {
            builder = builder.region(region.parse().unwrap());
        }
        let sink = builder.build().unwrap();
        // A link is made as a request is, and nothing is sent.
        let link = sink
            .presigned_get(&key("currents/a"), Duration::from_secs(60))
            .await
            .unwrap();
        assert!(link.starts_with(&format!("https://{host}/currents/a?")), "{link}");
    }
}

#[tokio::test]
async fn storage_class_tags_and_encoding_go_with_puts_and_uploads() {
    const BEGUN: &str =
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    let wire = Wire::start([
        answer("200 OK", &["etag: \"e1\""], ""),
        answer("200 OK", &["etag: \"e1\""], ""),
        answer("200 OK", &[], BEGUN),
    ])
    .await;
    let sink = builder(&wire)
        .storage_class("STANDARD_IA".parse().unwrap())
        .tags(Tags::new([("team", "growth"), ("cost centre", "1+1=2/@")]).unwrap())
        .build()
        .unwrap();
    put(&sink).await.unwrap();
    let own = PutOptions::create()
        .storage_class("GLACIER_IR".parse().unwrap())
        .tags(Tags::new([("own", "ü")]).unwrap())
        .content_encoding("gzip");
    sink.put(&key("b"), Payload::from("x"), &own).await.unwrap();
    sink.begin_upload(&key("c"), &PutOptions::create()).await.unwrap();
    let all = "cost%20centre=1%2B1%3D2%2F%40&team=growth";
    for (request, class, tags, encoding) in [
        (0, "STANDARD_IA", all, None),
        (1, "GLACIER_IR", "own=%C3%BC", Some("gzip")),
        (2, "STANDARD_IA", all, None),
    ] {
        let request = &wire.requests()[request];
        assert_eq!(request.header("x-amz-storage-class").as_deref(), Some(class));
        assert_eq!(request.header("x-amz-tagging").as_deref(), Some(tags));
        assert_eq!(request.header("content-encoding").as_deref(), encoding);
    }
}
