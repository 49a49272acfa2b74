//! Connections: refused, broken, slow, shared, and closed when a call is given up.

use super::*;

#[tokio::test]
async fn a_connection_refused_was_surely_never_sent() {
    let wire = Wire::start([]).await;
    let endpoint = wire.endpoint.clone();
    drop(wire);
    tokio::task::yield_now().await;
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(endpoint)
        .region("eu-central-1".parse().unwrap())
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
        .region("eu-central-1".parse().unwrap())
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
