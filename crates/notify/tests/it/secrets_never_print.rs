//! No secret in what any public type shows.

use bucketline_notify::{
    SmtpMailer, SmtpPassword, SmtpSecurity, SmtpSettings, Webhook, WebhookSecret, WebhookUrl,
};

const CANARY: &str = "canary";

#[test]
fn nothing_shows_a_secret() {
    let secret = WebhookSecret::from_random(*b"canarycanarycanarycanarycanaryca");
    let encoded = secret.expose().trim_start_matches("whsec_").to_owned();
    let url = WebhookUrl::parse("https://hooks.example.com/canary?token=canary").unwrap();
    let settings = SmtpSettings::new("localhost", "a@example.com".parse().unwrap())
        .security(SmtpSecurity::None)
        .login("user", SmtpPassword::new(CANARY));
    let shown = [
        format!("{secret:?}"),
        format!("{url} {url:?}"),
        format!("{settings:?}"),
        format!("{:?}", SmtpMailer::new(settings).unwrap()),
        format!("{:?}", Webhook::new(url, vec![secret]).unwrap()),
    ];
    for text in shown {
        assert!(!text.contains(CANARY) && !text.contains(&encoded), "{text}");
        assert!(!text.contains("99, 97, 110, 97, 114, 121"), "bytes: {text}");
    }
}
