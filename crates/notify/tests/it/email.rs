//! Mail, as a server gets it.

use bucketline_notify::{ErrorKind, Mail, Mailer, SmtpMailer, SmtpSecurity, SmtpSettings};

use crate::smtp_server::SmtpServer;

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings::new("127.0.0.1", "Bucketline <noreply@example.com>".parse().unwrap()).port(port)
}

fn mail() -> Mail {
    let to = vec!["Ada <ada@example.com>".parse().unwrap()];
    Mail::new(
        to,
        "export `a` is complete\r\nBcc: all@example.com",
        "rows 5\n.\nend",
        "msg_1",
    )
}

#[tokio::test]
async fn a_mail_arrives_whole_and_a_subject_adds_no_header() {
    let (server, port) = SmtpServer::start().await;
    let mailer = SmtpMailer::new(settings(port).security(SmtpSecurity::None)).unwrap();
    mailer.mail(&mail()).await.unwrap();
    let letter = server.letters().remove(0);
    assert!(
        letter.contains("From: Bucketline <noreply@example.com>\n"),
        "{letter}"
    );
    assert!(letter.contains("To: Ada <ada@example.com>\n"), "{letter}");
    assert!(letter.contains("Message-ID: <msg_1@example.com>\n"), "{letter}");
    assert!(!letter.lines().any(|line| line.starts_with("Bcc")), "{letter}");
    assert!(
        letter.contains("rows 5\n..\nend"),
        "a lone dot is doubled on the wire: {letter}"
    );
}

#[tokio::test]
async fn a_refusal_for_now_and_one_for_good_are_told_apart() {
    let (server, port) = SmtpServer::start().await;
    let mailer = SmtpMailer::new(settings(port).security(SmtpSecurity::None)).unwrap();
    for (verdict, kind) in [
        ("451 later", ErrorKind::NotTaken),
        ("554 no", ErrorKind::Refused),
        ("530 log in first", ErrorKind::NotTaken),
    ] {
        server.say(verdict);
        let error = mailer.mail(&mail()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{verdict}: {error}");
        assert!(
            error.to_string().contains(verdict.split(' ').next().unwrap()),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let (server, port) = SmtpServer::start().await;
    let mailer = SmtpMailer::new(settings(port)).unwrap();
    assert!(mailer.mail(&mail()).await.is_err());
    assert!(server.letters().is_empty());
}

#[test]
fn mail_leaves_this_machine_encrypted_only() {
    let settings = SmtpSettings::new("mail.example.com", "a@example.com".parse().unwrap());
    let error = SmtpMailer::new(settings.security(SmtpSecurity::None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
}
