//! No secret is in any error: not in its text, not in its `Debug`, not in those of its causes.

use super::*;

const TOKEN: &str = "canary-token";

/// All that an error shows, by `Display` and `Debug`, itself and every cause.
fn shown(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        next = error.source();
    }
    text
}

/// A store that repeats all that was signed, as S3 does where the signature does not match.
fn repeating(status: &str, code: &str) -> Step {
    let body = format!(
        "<Error><Code>{code}</Code><Message>It does not match: x-amz-security-token:{TOKEN} was signed, X-Amz-Security-Token: {TOKEN}</Message>\
         <StringToSign>AWS4-HMAC-SHA256 {TOKEN} {SECRET}</StringToSign>\
         <CanonicalRequest>PUT\n/a\n\nx-amz-security-token:{TOKEN}\n</CanonicalRequest></Error>"
    );
    let header = format!("x-canary: {TOKEN}{SECRET}");
    answer(status, &[&header], &body)
}

#[tokio::test]
async fn every_error_of_every_call_is_without_secrets() {
    let truncated = format!(
        "HTTP/1.1 403 Forbidden\r\nx-canary: {TOKEN}\r\ncontent-length: 100\r\n\r\n<Error>{TOKEN}{SECRET}"
    );
    let steps = [
        repeating("403 Forbidden", "SignatureDoesNotMatch"),
        repeating("400 Bad Request", "AuthorizationHeaderMalformed"),
        repeating("403 Forbidden", "SomethingNew"),
        repeating("500 Internal Server Error", "InternalError"),
        repeating("200 OK", "SlowDown"),
        answer(
            "403 Forbidden",
            &["content-type: text/html"],
            &format!("<html>{TOKEN}{SECRET}</html>"),
        ),
        answer(
            "200 OK",
            &["etag: \"e1\"", "content-type: text/html"],
            &format!("<html>{TOKEN}{SECRET}</html>"),
        ),
        answer("200 OK", &[], &format!("<ListBucketResult><{TOKEN}{SECRET}")),
        Step::AnswerAndHangUp(truncated),
        Step::HangUp,
    ];
    for step in steps {
        let wire = Wire::start(vec![step; 12]).await;
        let sink = builder(&wire)
            .attempt_timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        let options = PutOptions::if_match(ETag::new("\"e\"")).metadata("a", "b");
        let key = key("a");
        let errors = [
            put(&sink).await.err(),
            sink.put(&key, Payload::from("x"), &options).await.err(),
            sink.head(&key).await.err(),
            sink.get(&key).await.err(),
            sink.list("a", None).await.err(),
            sink.delete(&key).await.err(),
            sink.resolve_region().await.err(),
        ];
        let mut found = 0;
        for error in errors.into_iter().flatten() {
            found += 1;
            let text = shown(&error);
            for canary in [TOKEN, SECRET] {
                assert!(!text.contains(canary), "{canary} in {text}");
            }
        }
        assert!(found >= 1, "each of these answers fails some call");
    }
}

#[tokio::test]
async fn an_error_without_an_answer_is_without_secrets() {
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint("http://127.0.0.1:1")
        .region("eu-central-1".parse().unwrap())
        .credentials(Credentials::new(
            "AKIAEXAMPLE",
            SECRET,
            Some(TOKEN.to_owned()),
            None,
            "test",
        ))
        .build()
        .unwrap();
    let text = shown(&put(&sink).await.unwrap_err());
    assert!(!text.contains(TOKEN) && !text.contains(SECRET), "{text}");
}
