//! Where a webhook goes. Never printed whole: a path or query often holds a secret of the receiver's.

use std::fmt;

use crate::{Error, ErrorKind};

/// An address for webhooks: `https`, or `http` to this machine alone.
///
/// ```
/// use bucketline_notify::WebhookUrl;
///
/// let url = WebhookUrl::parse("https://hooks.example.com/T024/secret-part")?;
/// assert_eq!(url.to_string(), "https://hooks.example.com/...");
/// assert!(WebhookUrl::parse("http://hooks.example.com/").is_err());
/// # Ok::<(), bucketline_notify::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    whole: String,
    /// Scheme, host and port.
    origin: String,
}

impl WebhookUrl {
    /// Takes an address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] where it is no `https` address, nor an `http` one of this machine (`localhost`,
    /// `127.0.0.0/8`, `[::1]`), or holds a user name or password, which belong into the receiver's check of signatures.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |what: &str| {
            Error::new(
                ErrorKind::InvalidConfig,
                format!("webhook url {what}; write it like `https://host/path`"),
            )
        };
        let text = text.trim();
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) || text.len() > 2_000 {
            return Err(refuse("has whitespace in it, or more than 2,000 characters"));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse("has no scheme"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() {
            return Err(refuse("has no host"));
        }
        if authority.contains('@') {
            return Err(refuse("holds a user name: receivers check the signature instead"));
        }
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "https" => {}
            "http" if is_this_machine(host(authority)) => {}
            "http" => return Err(refuse("is not encrypted: `http` goes to this machine alone")),
            _ => return Err(refuse("is neither `https` nor `http`")),
        }
        Ok(Self {
            whole: text.to_owned(),
            origin: format!("{scheme}://{}", authority.to_ascii_lowercase()),
        })
    }

    /// The whole address, for whoever sends to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.whole
    }
}

fn host(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback())
}

/// Scheme and host: the rest may be a secret.
impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/...", self.origin)
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_without_encryption() {
        for text in [
            "http://127.0.0.1:8080/x",
            "http://localhost/x",
            "http://[::1]:9/x",
            "HTTPS://Example.COM",
        ] {
            assert!(WebhookUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://127.0.0.1.example.com/x",
            "http://localhost.example.com",
            "http://localhost@example.com/",
            "https://user:secret-canary@example.com/",
            "ftp://example.com",
            "example.com/secret-canary",
            "https:///secret-canary",
            "https://example.com/ secret-canary",
        ] {
            let error = WebhookUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
