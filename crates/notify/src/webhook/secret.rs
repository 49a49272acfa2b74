//! The key that a webhook is signed with: never printed, wiped from memory when dropped.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{Error, ErrorKind};

/// The prefix by which people and scanners know such a secret.
const PREFIX: &str = "whsec_";

/// A signing secret: 24 to 64 bytes, written as `whsec_` and base64.
///
/// ```
/// use bucketline_notify::WebhookSecret;
///
/// let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// assert_eq!(format!("{secret:?}"), "WebhookSecret(** redacted **)");
/// # Ok::<(), bucketline_notify::Error>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// Reads `whsec_<base64>`; whitespace around it is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] where it has another form or length. The text is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |what: &str| {
            let message = format!("webhook secret {what}; it is `whsec_` and the base64 of 24 to 64 bytes");
            Error::new(ErrorKind::InvalidConfig, message)
        };
        let encoded = text
            .trim()
            .strip_prefix(PREFIX)
            .ok_or_else(|| refuse("does not begin with `whsec_`"))?;
        let bytes = STANDARD
            .decode(encoded)
            .map(Zeroizing::new)
            .map_err(|_| refuse("is not base64"))?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(refuse(&format!("has {} bytes", bytes.len())));
        }
        Ok(Self(bytes))
    }

    /// A secret made of 32 random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The secret as its receiver needs it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(PREFIX.to_owned());
        STANDARD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(** redacted **)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_secret_is_refused_without_repeating_it() {
        for text in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8G",
            "whsec_MfKQ 9r8G",
            "whsec_",
        ] {
            let error = WebhookSecret::parse(text).unwrap_err();
            assert!(!error.to_string().contains("MfKQ"), "{error}");
        }
    }

    #[test]
    fn a_random_one_reads_back() {
        let secret = WebhookSecret::from_random([7; 32]);
        let again = WebhookSecret::parse(&secret.expose()).unwrap();
        assert_eq!(again.bytes(), secret.bytes());
    }
}
