//! A mail, and the port to what sends it.

use std::fmt::{self, Debug};
use std::str::FromStr;

use async_trait::async_trait;

use crate::{Error, ErrorKind};

/// The longest address that SMTP takes (RFC 5321, section 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// An e-mail address, with a name if one is wanted: `Ada <ada@example.com>` or `ada@example.com`.
///
/// ```
/// use bucketline_notify::Mailbox;
///
/// let mailbox: Mailbox = "Ada Lovelace <ada@example.com>".parse()?;
/// assert_eq!(mailbox.address(), "ada@example.com");
/// assert!("ada".parse::<Mailbox>().is_err());
/// # Ok::<(), bucketline_notify::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    name: Option<String>,
    address: String,
}

impl Mailbox {
    /// The address alone.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The name before it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl FromStr for Mailbox {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            let message = format!("e-mail address `{}` {why}", text.escape_debug());
            Error::new(ErrorKind::InvalidConfig, message)
        };
        if text.chars().any(char::is_control) {
            return Err(refuse("has a control character in it"));
        }
        let (name, address) = match text
            .trim()
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'))
        {
            Some((name, address)) => (Some(name.trim().trim_matches('"').to_owned()), address.trim()),
            None => (None, text.trim()),
        };
        let (local, domain) = address.rsplit_once('@').ok_or_else(|| refuse("has no `@`"))?;
        if local.is_empty() || domain.is_empty() || address.len() > MAX_ADDRESS {
            return Err(refuse("is not of the form `name@domain`"));
        }
        if address
            .chars()
            .any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
        {
            return Err(refuse("is more than one, or has a space in it"));
        }
        Ok(Self {
            name: name.filter(|name| !name.is_empty()),
            address: address.to_owned(),
        })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

/// One mail, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail {
    /// To whom: each gets the mail, and sees the others.
    pub to: Vec<Mailbox>,
    /// The subject, on one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The local part of its `Message-ID`, the same at every attempt, so that a mail that came twice can be told.
    pub id: String,
}

impl Mail {
    /// A mail to these people.
    pub fn new(
        to: impl IntoIterator<Item = Mailbox>,
        subject: impl AsRef<str>,
        text: impl Into<String>,
        id: impl Into<String>,
    ) -> Self {
        let subject = subject
            .as_ref()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c });
        Self {
            to: to.into_iter().collect(),
            subject: subject.collect(),
            text: text.into(),
            id: id.into(),
        }
    }
}

/// What sends a mail, once.
#[async_trait]
pub trait Mailer: Debug + Send + Sync + 'static {
    /// Makes one attempt to hand `mail` to a mail server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotTaken`] where it is worth another attempt: no connection, a refusal that the server calls
    /// temporary (4yz), or one of our log-in. [`ErrorKind::Refused`] where the server refuses this mail for good.
    /// After a broken connection the outcome is unknown: the mail may come twice, under one `Message-ID`.
    ///
    /// # Cancel safety
    ///
    /// Given up, the outcome is unknown.
    async fn mail(&self, mail: &Mail) -> Result<(), Error>;
}
