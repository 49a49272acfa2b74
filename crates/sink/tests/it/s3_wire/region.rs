//! The region of a bucket: learnt, redirected, or not to be had.

use super::*;

async fn without_region(steps: impl IntoIterator<Item = Step>) -> (Wire, S3Sink) {
    let wire = Wire::start(steps).await;
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(wire.endpoint.clone())
        .expected_owner("111122223333".parse().unwrap())
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
        assert_eq!(sink.resolve_region().await.unwrap().as_str(), region);
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
    let (wire, sink) = without_region([refusal("404 Not Found", "NoSuchBucket", "It does not exist")]).await;
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
    // What was refused for the region that it had been found in did nothing, and is sent to the right one at once.
    put(&sink).await.unwrap();
    assert!(
        wire.requests()[3]
            .header("authorization")
            .unwrap()
            .contains("/us-west-2/s3/")
    );
}
