//! Mail through an SMTP server, by lettre: one connection a mail.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox as Address, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor};

use super::{Mail, Mailbox, Mailer, SmtpSecurity, SmtpSettings};
use crate::{Error, ErrorKind};

/// How long any one answer of the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Sends mail through an SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    host: String,
}

impl SmtpMailer {
    /// A mailer with these settings. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] where the sender's address or the certificate cannot be used, or where mail would go
    /// unencrypted to another machine than this.
    pub fn new(settings: SmtpSettings) -> Result<Self, Error> {
        let host = settings.host;
        if settings.security == SmtpSecurity::None && !is_this_machine(&host) {
            let message =
                format!("mail to `{host}` would not be encrypted: that is for a server on this machine only");
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(settings.port.unwrap_or(settings.security.port()))
            .timeout(Some(TIMEOUT))
            .tls(tls(&host, settings.security, settings.ca_pem.as_deref())?);
        if let Some((user, password)) = settings.login {
            transport = transport.credentials(Credentials::new(user, password.expose().to_owned()));
        }
        Ok(Self {
            transport: transport.build(),
            from: address(&settings.from)?,
            host,
        })
    }
}

fn tls(host: &str, security: SmtpSecurity, ca_pem: Option<&[u8]>) -> Result<Tls, Error> {
    let unusable = |error| {
        Error::new(
            ErrorKind::InvalidConfig,
            format!("mail server `{host}`: cannot set up TLS"),
        )
        .with_source(error)
    };
    if security == SmtpSecurity::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(pem) = ca_pem {
        parameters = parameters.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    let parameters = parameters.build_rustls().map_err(unusable)?;
    Ok(match security {
        SmtpSecurity::Tls => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback())
}

fn address(mailbox: &Mailbox) -> Result<Address, Error> {
    let parsed = mailbox.address().parse().map_err(|error| {
        let message = format!("e-mail address `{}` cannot be used", mailbox.address());
        Error::new(ErrorKind::InvalidConfig, message).with_source(error)
    })?;
    Ok(Address::new(mailbox.name().map(str::to_owned), parsed))
}

impl SmtpMailer {
    fn letter(&self, mail: &Mail) -> Result<Letter, Error> {
        let mut letter: MessageBuilder = Letter::builder()
            .from(self.from.clone())
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .subject(mail.subject.clone())
            .header(ContentType::TEXT_PLAIN);
        for mailbox in &mail.to {
            letter = letter.to(address(mailbox)?);
        }
        letter.body(mail.text.clone()).map_err(|error| {
            Error::new(
                ErrorKind::Refused,
                format!("mail `{}` cannot be written", mail.subject),
            )
            .with_source(error)
        })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn mail(&self, mail: &Mail) -> Result<(), Error> {
        let letter = self.letter(mail)?;
        let sent = self.transport.send(letter).await;
        sent.map(drop).map_err(|error| {
            let code = error
                .status()
                .map(|code| format!(" ({code})"))
                .unwrap_or_default();
            // A log-in that is refused (5.7.x, 535) is ours to mend, and the mail is still good.
            let for_good = error.is_permanent() && !matches!(error.status().map(u16::from), Some(530..=539));
            let (kind, what) = if for_good {
                (ErrorKind::Refused, "refused the mail")
            } else {
                (ErrorKind::NotTaken, "did not take the mail")
            };
            Error::new(kind, format!("mail server `{}` {what}{code}", self.host)).with_source(error)
        })
    }
}
