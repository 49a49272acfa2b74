//! How to reach a mail server: plain data. The password is never printed, and wiped from memory when dropped.

use std::fmt;

use zeroize::Zeroizing;

use super::Mailbox;

/// Whether and how the connection to the server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "SMTP knows no other way")]
pub enum SmtpSecurity {
    /// Begin in the open and switch to TLS before anything is said (port 587). A server that cannot is refused.
    #[default]
    StartTls,
    /// TLS from the first byte (port 465).
    Tls,
    /// None: for a server on this machine only.
    None,
}

impl SmtpSecurity {
    /// The port that is usual for it.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// The password of a log-in.
#[derive(Clone)]
pub struct SmtpPassword(Zeroizing<String>);

impl SmtpPassword {
    /// Takes a password.
    #[must_use]
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }

    /// The password itself, for whoever logs in with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SmtpPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpPassword(** redacted **)")
    }
}

/// How to reach a mail server, and in whose name to send.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmtpSettings {
    /// Its name, which its certificate has to be for.
    pub host: String,
    /// Its port; that of [`SmtpSecurity::port`] unless given.
    pub port: Option<u16>,
    /// Encryption.
    pub security: SmtpSecurity,
    /// User and password, if it asks for them.
    pub login: Option<(String, SmtpPassword)>,
    /// The sender.
    pub from: Mailbox,
    /// A certificate authority to trust beside the machine's, as PEM.
    pub ca_pem: Option<Vec<u8>>,
}

impl SmtpSettings {
    /// A server by name, and the sender; encrypted by STARTTLS unless said otherwise.
    pub fn new(host: impl Into<String>, from: Mailbox) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: SmtpSecurity::default(),
            login: None,
            from,
            ca_pem: None,
        }
    }

    /// On this port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Encrypted like this.
    #[must_use]
    pub fn security(mut self, security: SmtpSecurity) -> Self {
        self.security = security;
        self
    }

    /// Logged in as `user`.
    #[must_use]
    pub fn login(mut self, user: impl Into<String>, password: SmtpPassword) -> Self {
        self.login = Some((user.into(), password));
        self
    }

    /// Trusting this certificate authority (PEM) beside the machine's.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self
    }
}
