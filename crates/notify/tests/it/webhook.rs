//! Webhooks, as a receiver gets them.

use std::time::Duration;

use bucketline_notify::{
    Channel, ErrorKind, Event, EventData, EventKind, Message, Signatures, Subject, Timestamp, Webhook,
    WebhookSecret, WebhookUrl,
};

use crate::receiver::Receiver;

fn message() -> Message {
    let at = Timestamp::from_millis(1_793_491_200_000);
    let event = Event::new(EventKind::ConnectorBlocked, Subject::connector("60aa"), at)
        .workspace("globex")
        .data(EventData::default().cause("auth"));
    Message::new(event, at)
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::from_random([byte; 32])
}

fn webhook(address: &str) -> Webhook {
    Webhook::new(WebhookUrl::parse(address).unwrap(), vec![secret(1), secret(2)]).unwrap()
}

#[tokio::test]
async fn a_receiver_can_check_what_it_gets_with_either_secret() {
    let (receiver, address) = Receiver::start().await;
    let message = message();
    webhook(&address).send(&message).await.unwrap();
    let received = receiver.take().remove(0);
    let header = |name: &str| received.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(received.body, message.event.payload().as_bytes());
    for secret in [secret(1), secret(2)] {
        Signatures::verify(
            &secret,
            message.sent_at,
            header("webhook-id"),
            header("webhook-timestamp"),
            header("webhook-signature"),
            &received.body,
        )
        .unwrap();
    }
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    let (receiver, address) = Receiver::start().await;
    let webhook = webhook(&address);
    for status in [200, 202, 204] {
        receiver.then(status, None);
        webhook.send(&message()).await.unwrap();
    }
    for (status, kind) in [
        (400, ErrorKind::NotTaken),
        (404, ErrorKind::NotTaken),
        (410, ErrorKind::Refused),
        (500, ErrorKind::NotTaken),
    ] {
        receiver.then(status, None);
        let error = webhook.send(&message()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }
    receiver.then(429, Some("120"));
    let error = webhook.send(&message()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (other, elsewhere) = Receiver::start().await;
    let (receiver, address) = Receiver::start().await;
    receiver.then(307, Some(Box::leak(elsewhere.into_boxed_str())));
    let error = webhook(&address).send(&message()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotTaken);
    assert!(other.take().is_empty());
}

#[tokio::test]
async fn nobody_there_is_worth_another_attempt_and_the_address_stays_secret() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook/secret-canary", listener.local_addr().unwrap());
    drop(listener);
    let error = webhook(&address).send(&message()).await.unwrap_err();
    assert!(error.is_retryable());
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        shown += &format!(" {inner} {inner:?}");
        source = inner.source();
    }
    assert!(!shown.contains("secret-canary"), "{shown}");
    assert!(shown.contains("127.0.0.1"), "{shown}");
}
