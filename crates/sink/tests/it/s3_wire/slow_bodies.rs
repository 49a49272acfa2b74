//! Bodies that stop, drip or break off: each read ends, and says why.

use super::*;

async fn reading(idle: Duration, total: Duration, step: Step) -> (Wire, Error) {
    let wire = Wire::start([step]).await;
    let sink = builder(&wire)
        .idle_timeout(idle)
        .attempt_timeout(total)
        .build()
        .unwrap();
    let read = tokio::time::timeout(Duration::from_secs(30), sink.get(&key("a"))).await;
    (wire, read.unwrap().unwrap_err())
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nx-amz-request-id: REQ1\r\netag: \"e1\"\r\n";
const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_body_that_stops_is_given_up_after_the_longest_pause() {
    let step = Step::Drip {
        head: format!("{HEAD}content-length: 100\r\n\r\nfirst"),
        every: LONG,
    };
    let (_wire, error) = reading(Duration::from_millis(100), LONG, step).await;
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::TimedOut, Effect::NotApplied),
        "{error}"
    );
    assert!(error.to_string().contains("5 of 100 bytes"), "{error}");
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_after_the_time_for_all_of_it() {
    let step = Step::Drip {
        head: format!("{HEAD}content-length: 100000\r\n\r\n"),
        every: Duration::from_millis(20),
    };
    let (_wire, error) = reading(LONG, Duration::from_millis(300), step).await;
    assert_eq!(*error.kind(), ErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn a_head_that_drips_is_given_up_like_any_request() {
    let step = Step::Drip {
        head: "HTTP/1.1 200 OK\r\nx-amz-request-id: ".to_owned(),
        every: Duration::from_millis(20),
    };
    let (_wire, error) = reading(LONG, Duration::from_millis(300), step).await;
    assert_eq!(*error.kind(), ErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn a_listing_that_drips_is_given_up_too() {
    let wire = Wire::start([Step::Drip {
        head: format!("{HEAD}content-length: 100000\r\n\r\n<ListBucketResult>"),
        every: Duration::from_millis(20),
    }])
    .await;
    let sink = builder(&wire)
        .attempt_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = sink.list("a", None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn a_body_that_breaks_off_could_not_be_read_and_is_not_called_damaged() {
    for head in [
        format!("{HEAD}content-length: 100\r\n\r\nfirst"),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n"),
    ] {
        let wire = Wire::start([Step::AnswerAndHangUp(head)]).await;
        let sink = builder(&wire).build().unwrap();
        let error = sink.get(&key("a")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::Connection, Effect::NotApplied),
            "{error}"
        );
    }
}
