//! The section `[notify]`: what it comes to, and what is said where it cannot be used.

use std::path::Path;

use bucketline_notify::{Event, EventKind, Subject, Timestamp};
use bucketline_service::file::ConfigFile;
use bucketline_service::model::NotifyUrl;

const WORKSPACES: &str = "[[workspace]]\nid = \"acme\"\n\n[[workspace]]\nid = \"globex\"\n";
const MAIL: &str = "[mail]\nhost = \"mail.example.net\"\nfrom = \"a@example.com\"\n";

fn parse(rest: &str) -> Result<ConfigFile, String> {
    let text = format!("{WORKSPACES}{rest}");
    ConfigFile::parse(Path::new("b.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn channels_are_what_the_file_says() {
    let file = parse(&format!(
        r#"{MAIL}
[notify]
log = true

[[notify.webhook]]
id = "ops"
url = "https://hooks.example.com/T0/x"
secret = {{ env = "HOOK_SECRET" }}
previous_secret = {{ file = "old" }}
events = ["connector.*", "check.failed"]

[[notify.webhook]]
id = "kept"
url = {{ env = "HOOK_URL" }}
secret = {{ env = "HOOK_SECRET" }}

[[notify.mail]]
id = "globex"
to = ["Ada <ada@example.com>", "b@example.com"]
workspace = "globex"
"#
    ))
    .unwrap();
    let notify = file.installation.notify.unwrap();
    assert!(notify.log);
    assert_eq!(notify.dir, Path::new("data/spool-notify"));
    let [ops, kept] = &notify.webhooks[..] else {
        panic!("{notify:?}")
    };
    assert_eq!(
        (ops.id.as_str(), ops.secrets.len(), kept.secrets.len()),
        ("ops", 2, 1)
    );
    assert!(matches!(ops.url, NotifyUrl::Plain(_)) && matches!(kept.url, NotifyUrl::Kept(_)));
    assert!(
        !format!("{notify:?}").contains("T0"),
        "the path of an address may be a secret"
    );
    let passed = Event::new(EventKind::CheckPassed, Subject::grant("g"), Timestamp::default());
    assert!(!ops.filter.takes(&passed) && kept.filter.takes(&passed));
    let [mail] = &notify.mails[..] else {
        panic!("{notify:?}")
    };
    assert_eq!(mail.to.len(), 2);
    assert!(
        !mail.filter.takes(&passed.clone().workspace("acme"))
            && mail.filter.takes(&passed.workspace("globex"))
    );
}

#[test]
fn what_cannot_be_used_is_said_with_its_place_and_without_secrets() {
    let webhook =
        |rest: &str| format!("[[notify.webhook]]\nid = \"a\"\nsecret = {{ env = \"S\" }}\n{rest}\n");
    let url = "url = \"https://example.com/canary\"";
    for (text, what) in [
        (
            webhook("url = \"http://example.com/canary\""),
            "b.toml:9:7: `url` cannot be used: webhook url is not encrypted",
        ),
        (
            webhook(&format!("{url}\nworkspace = \"acne\"")),
            "there is no workspace `acne`",
        ),
        (
            webhook(&format!(
                "{url}\nevents = [\"connector.*\", \"connector.exploded\"]"
            )),
            "b.toml:10:26: `events` cannot be used: `connector.exploded` is no event",
        ),
        (
            format!("{}{}", webhook(url), webhook(url)),
            "a second channel of `[notify]` with the id `a`",
        ),
        (
            format!("[[notify.webhook]]\nid = \"a b\"\nsecret = {{ env = \"S\" }}\n{url}\n"),
            "`id` cannot be used: `a b`",
        ),
        (
            format!("[[notify.webhook]]\nid = \"a\"\nsecret = \"whsec_canary\"\n{url}\n"),
            "a secret does not belong in this file",
        ),
        (
            "[[notify.mail]]\nid = \"m\"\nto = [\"a@example.com\"]\n".to_owned(),
            "there is no mail server",
        ),
        (
            format!("{MAIL}[[notify.mail]]\nid = \"m\"\nto = []\n"),
            "`to` names nobody",
        ),
        (
            format!("{MAIL}[[notify.mail]]\nid = \"m\"\nto = [\"ada\"]\n"),
            "`to` cannot be used",
        ),
        ("[notify]\nlogs = true\n".to_owned(), "unknown field `logs`"),
    ] {
        let error = parse(&text).unwrap_err();
        assert!(error.contains(what), "{what}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
}
