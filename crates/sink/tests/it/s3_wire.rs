//! What S3Sink sends, byte for byte where it matters, and what it makes of each answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use bucketline_sink::{
    BucketName, Checksum, ETag, Effect, Encryption, EncryptionSeen, Error, ErrorKind, ObjectKey, Operation,
    Payload, PutOptions, PutOutcome, S3Sink, S3SinkBuilder, Sink, SinkExt,
};
use bytes::Bytes;

use crate::wire::{Event, Step, Wire, answer, refusal};

const SECRET: &str = "canary-secret-9b1d";
const KEY: &str = "currents/event_type=a.b/date=2026-11-23-18/7/x+0+0000000000.avro";

fn builder(wire: &Wire) -> S3SinkBuilder {
    S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(wire.endpoint.clone())
        .region("eu-central-1")
        .credentials(Credentials::new(
            "AKIAEXAMPLE",
            SECRET,
            Some("canary-token".to_owned()),
            None,
            "test",
        ))
}

async fn sink(steps: impl IntoIterator<Item = Step>) -> (Wire, S3Sink) {
    let wire = Wire::start(steps).await;
    let sink = builder(&wire).build().unwrap();
    (wire, sink)
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn put(sink: &S3Sink) -> Result<PutOutcome, Error> {
    sink.put(&key(KEY), Payload::from("payload"), &PutOptions::create())
        .await
}

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
    let sink = builder(&wire).expected_owner("111122223333").build().unwrap();
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
    assert_eq!(receipt.checksum, Some(sum));
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
    let (wire, sink) = sink([answer("200 OK", &[], "")]).await;
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
async fn an_empty_payload_is_a_put_as_well() {
    let (wire, sink) = sink([answer("200 OK", &[], "")]).await;
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
        &["x-amz-server-side-encryption: aws:kms", &echo],
        "",
    )])
    .await;
    let asked = Encryption::Kms {
        key_id: arn.to_owned(),
    };
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

#[tokio::test]
async fn a_connection_refused_was_surely_never_sent() {
    let wire = Wire::start([]).await;
    let endpoint = wire.endpoint.clone();
    drop(wire);
    tokio::task::yield_now().await;
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(endpoint)
        .region("eu-central-1")
        .credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"))
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Connection, Effect::NotApplied),
        "{error}"
    );
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_host_that_does_not_resolve_was_never_reached() {
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint("http://no-such-host.invalid")
        .region("eu-central-1")
        .credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"))
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Connection, Effect::NotApplied),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_not_made_in_time_was_never_used() {
    // A listener that accepts nobody and whose queue is full: a further connection hangs.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let _listener = socket.listen(1).unwrap();
    let mut queue = Vec::new();
    let wait = Duration::from_millis(200);
    while let Ok(connection) = tokio::time::timeout(wait, tokio::net::TcpStream::connect(address)).await {
        queue.push(connection.unwrap());
        assert!(queue.len() < 100, "this system has no end of its queue");
    }
    let wire = Wire::start([]).await;
    let sink = builder(&wire)
        .endpoint(format!("http://{address}"))
        .connect_timeout(wait)
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::NotApplied),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_the_effect_unknown() {
    let (wire, sink) = sink([Step::HangUp]).await;
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Connection, Effect::Unknown),
        "{error}"
    );
    assert_eq!(wire.only_request().body, b"payload");
}

#[tokio::test]
async fn a_broken_read_has_no_effect() {
    let (_wire, sink) = sink([Step::HangUp]).await;
    let error = sink.get(&key("a")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Connection, Effect::NotApplied),
        "{error}"
    );
}

#[tokio::test]
async fn an_attempt_that_is_not_answered_in_time_closes_its_connection() {
    let mut wire = Wire::start([Step::Silence, answer("200 OK", &["etag: \"e1\""], "")]).await;
    let sink = builder(&wire)
        .attempt_timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    let error = put(&sink).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::Unknown),
        "{error}"
    );
    // Closed, not given back: the server sees the end of that connection, and the next attempt comes over
    // another.
    assert_eq!(wire.events.recv().await, Some(Event::Opened));
    let closed = tokio::time::timeout(Duration::from_secs(5), wire.events.recv())
        .await
        .unwrap();
    assert_eq!(closed, Some(Event::ClosedByClient));
    put(&sink).await.unwrap();
    assert_eq!(wire.events.recv().await, Some(Event::Opened));
}

/// Regression: the HTTP client used to send the whole of a body that it had been handed in one piece before
/// it closed the connection, and so completed a put that had been given up.
#[tokio::test]
async fn an_upload_dropped_half_way_is_never_completed() {
    // More than the sockets' buffers take, in one piece and in many.
    for pieces in [1, 64] {
        let (mut wire, sink) = sink([Step::IgnoreBody]).await;
        let payload = Payload::from(vec![Bytes::from(vec![7; (64 << 20) / pieces]); pieces]);
        // Hashed ahead, so that the time below is spent on sending.
        let _ = payload.checksum();
        let target = key("a");
        let options = PutOptions::create();
        let put = sink.put(&target, payload, &options);
        assert!(
            tokio::time::timeout(Duration::from_millis(250), put)
                .await
                .is_err()
        );
        assert_eq!(wire.events.recv().await, Some(Event::Opened));
        let closed = tokio::time::timeout(Duration::from_secs(10), wire.events.recv())
            .await
            .unwrap();
        assert_eq!(closed, Some(Event::ClosedByClient));
    }
}

#[tokio::test]
async fn a_dropped_put_closes_its_connection() {
    let (mut wire, sink) = sink([Step::Silence]).await;
    let dropped = tokio::time::timeout(Duration::from_millis(150), put(&sink)).await;
    assert!(dropped.is_err());
    assert_eq!(wire.events.recv().await, Some(Event::Opened));
    let closed = tokio::time::timeout(Duration::from_secs(5), wire.events.recv())
        .await
        .unwrap();
    assert_eq!(closed, Some(Event::ClosedByClient));
}

#[tokio::test]
async fn good_answers_share_a_connection() {
    let ok = || answer("200 OK", &["etag: \"e1\""], "");
    let (mut wire, sink) = sink([ok(), ok(), ok()]).await;
    for _ in 0..3 {
        put(&sink).await.unwrap();
    }
    assert_eq!(wire.events.recv().await, Some(Event::Opened));
    assert!(wire.events.try_recv().is_err(), "one connection for all three");
}

/// Credentials that count how often they were asked for.
#[derive(Debug, Default)]
struct Counted(Arc<AtomicU64>);

impl ProvideCredentials for Counted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        future::ProvideCredentials::ready(Ok(Credentials::new(
            format!("AKIA{number}"),
            SECRET,
            None,
            None,
            "test",
        )))
    }
}

#[tokio::test]
async fn the_provider_is_asked_before_every_request() {
    let ok = || answer("200 OK", &["etag: \"e1\""], "");
    let wire = Wire::start([ok(), ok(), ok()]).await;
    let asked = Arc::new(AtomicU64::new(0));
    let sink = builder(&wire)
        .credentials(Counted(Arc::clone(&asked)))
        .build()
        .unwrap();
    for _ in 0..3 {
        put(&sink).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    let last = wire.requests()[2].header("authorization").unwrap();
    assert!(
        last.contains("Credential=AKIA2/"),
        "renewed credentials count at once: {last}"
    );
}

/// Credentials that cannot be had.
#[derive(Debug)]
struct Broken(fn() -> CredentialsError);

impl ProvideCredentials for Broken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err((self.0)()))
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_had_stop_the_call_before_anything_is_sent() {
    let refused = || CredentialsError::provider_error("the trust policy refused the external ID");
    let slow = || CredentialsError::provider_timed_out(Duration::from_secs(5));
    for (provider, kind, text) in [
        (
            Broken(refused),
            ErrorKind::Credentials,
            "the trust policy refused the external ID",
        ),
        (Broken(slow), ErrorKind::TimedOut, "after 5 seconds"),
    ] {
        let wire = Wire::start([]).await;
        let sink = builder(&wire).credentials(provider).build().unwrap();
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&kind, Effect::NotApplied),
            "{error}"
        );
        assert!(error.to_string().contains(text), "{error}");
        assert!(wire.requests().is_empty());
    }
}

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
    let sink = builder(&wire).expected_owner("111122223333").build().unwrap();
    let info = sink.head(&key(KEY)).await.unwrap();
    assert_eq!(
        (info.size, info.checksum, info.encryption),
        (1234, Some(sum), EncryptionSeen::Aes256)
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
    let pieces = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nbyt\r\n3\r\nes!\r\n0\r\n\r\n";
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
            .starts_with("GET /acme-events/?list-type=2&prefix=a%2F "),
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
            .contains("list-type=2&prefix=currents%2Fevent_type%3Da.b")
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

mod region {
    use super::*;

    async fn without_region(steps: impl IntoIterator<Item = Step>) -> (Wire, S3Sink) {
        let wire = Wire::start(steps).await;
        let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
            .endpoint(wire.endpoint.clone())
            .expected_owner("111122223333")
            .credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"))
            .build()
            .unwrap();
        (wire, sink)
    }

    fn location(text: &str) -> Step {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{text}</LocationConstraint>"
        );
        answer("200 OK", &[], &body)
    }

    #[tokio::test]
    async fn it_is_asked_once_before_the_first_request_and_signed_for_then() {
        let ok = || answer("200 OK", &["etag: \"e1\""], "");
        let (wire, sink) = without_region([location("eu-west-3"), ok(), ok()]).await;
        put(&sink).await.unwrap();
        put(&sink).await.unwrap();
        let requests = wire.requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[0].line, "GET /acme-events/?location HTTP/1.1");
        assert!(
            requests[0]
                .header("authorization")
                .unwrap()
                .contains("/us-east-1/s3/")
        );
        assert_eq!(
            requests[0].header("x-amz-expected-bucket-owner").as_deref(),
            Some("111122223333")
        );
        assert!(
            requests[2]
                .header("authorization")
                .unwrap()
                .contains("/eu-west-3/s3/")
        );
    }

    #[tokio::test]
    async fn many_first_calls_ask_once() {
        let ok = || answer("200 OK", &["etag: \"e1\""], "");
        let (wire, sink) = without_region([location("EU"), ok(), ok(), ok(), ok()]).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let sink = sink.clone();
            calls.spawn(async move { put(&sink).await.unwrap() });
        }
        calls.join_all().await;
        let asked = wire
            .requests()
            .iter()
            .filter(|request| request.line.contains("?location"))
            .count();
        assert_eq!((asked, wire.requests().len()), (1, 5));
        assert_eq!(
            sink.resolve_region().await.unwrap_err().effect(),
            Effect::NotApplied,
            "the script is at its end"
        );
    }

    #[tokio::test]
    async fn those_who_wait_share_a_refusal_and_the_next_call_asks_again() {
        let refused = || refusal("403 Forbidden", "InvalidAccessKeyId", "no");
        let (wire, sink) = without_region([refused(), refused()]).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let sink = sink.clone();
            calls.spawn(async move { put(&sink).await.unwrap_err().kind().clone() });
        }
        for kind in calls.join_all().await {
            assert_eq!(kind, ErrorKind::Credentials);
        }
        assert_eq!(wire.requests().len(), 1);
        put(&sink).await.unwrap_err();
        assert_eq!(wire.requests().len(), 2);
    }

    #[tokio::test]
    async fn every_way_in_which_a_store_tells_it() {
        let malformed = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
        let denied = || refusal("403 Forbidden", "AccessDenied", "no");
        for (steps, region) in [
            (vec![location("")], "us-east-1"),
            (vec![location("EU")], "eu-west-1"),
            (vec![location("eu-central-1")], "eu-central-1"),
            (
                vec![answer("403 Forbidden", &["x-amz-bucket-region: eu-west-1"], "")],
                "eu-west-1",
            ),
            (
                vec![answer(
                    "301 Moved Permanently",
                    &["x-amz-bucket-region: eu-west-1"],
                    "",
                )],
                "eu-west-1",
            ),
            (vec![answer("400 Bad Request", &[], malformed)], "eu-west-1"),
            (
                vec![
                    denied(),
                    answer("200 OK", &["x-amz-bucket-region: eu-west-1"], ""),
                ],
                "eu-west-1",
            ),
            (
                vec![
                    denied(),
                    answer("403 Forbidden", &["x-amz-bucket-region: eu-west-1"], ""),
                ],
                "eu-west-1",
            ),
            // Regression: a redirect that does not say where to used to lock up.
            (
                vec![
                    answer("301 Moved Permanently", &[], ""),
                    answer("301 Moved Permanently", &[], ""),
                ],
                "us-east-1",
            ),
            // A store of one's own that keeps it to itself: the region that such stores sign for.
            (vec![denied(), answer("403 Forbidden", &[], "")], "us-east-1"),
        ] {
            // Once by name, and once as the first call does it.
            let (_wire, sink) = without_region(steps.clone()).await;
            assert_eq!(sink.resolve_region().await.unwrap(), region);
            let (wire, sink) = without_region(steps).await;
            let put = tokio::time::timeout(Duration::from_secs(5), put(&sink))
                .await
                .unwrap();
            assert_eq!(
                *put.unwrap_err().kind(),
                ErrorKind::Connection,
                "the script is at its end"
            );
            let signed = wire.requests().last().unwrap().header("authorization").unwrap();
            assert!(signed.contains(&format!("/{region}/s3/")), "{signed}");
        }
    }

    #[tokio::test]
    async fn a_bucket_that_is_not_there_is_said_at_once() {
        let (wire, sink) =
            without_region([refusal("404 Not Found", "NoSuchBucket", "It does not exist")]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::NoSuchBucket, Effect::NotApplied),
            "{error}"
        );
        assert_eq!(wire.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_wrong_setting_is_named_with_the_right_one() {
        let moved = "<Error><Code>PermanentRedirect</Code><Message>use the other</Message></Error>";
        let step = answer(
            "301 Moved Permanently",
            &["x-amz-bucket-region: us-west-2"],
            moved,
        );
        let (_wire, sink) = sink([step]).await;
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            *error.kind(),
            ErrorKind::WrongRegion {
                region: Some("us-west-2".to_owned())
            }
        );
        assert_eq!(error.effect(), Effect::NotApplied);
        assert!(
            error.to_string().contains("the bucket is in region `us-west-2`"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_bucket_made_anew_elsewhere_is_found_again() {
        let moved = "<Error><Code>PermanentRedirect</Code><Message>use the other</Message></Error>";
        let (wire, sink) = without_region([
            location("eu-west-1"),
            answer(
                "301 Moved Permanently",
                &["x-amz-bucket-region: us-west-2"],
                moved,
            ),
            location("us-west-2"),
            answer("200 OK", &["etag: \"e1\""], ""),
        ])
        .await;
        put(&sink).await.unwrap_err();
        put(&sink).await.unwrap();
        assert!(
            wire.requests()[3]
                .header("authorization")
                .unwrap()
                .contains("/us-west-2/s3/")
        );
    }
}
