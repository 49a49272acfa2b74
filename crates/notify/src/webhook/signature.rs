//! Signing, and the check of a signature, as a receiver makes it. Pure.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::WebhookSecret;
use crate::{Error, ErrorKind, Timestamp};

/// How far a message's timestamp may be from the receiver's clock: five minutes, so that old ones cannot be sent again.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// The value of `webhook-signature`: one signature for each secret, so that secrets can overlap while they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures(String);

impl Signatures {
    /// Signs `id.timestamp.payload` with each of `secrets`, by HMAC-SHA256.
    #[must_use]
    pub fn new(secrets: &[WebhookSecret], id: &str, timestamp: Timestamp, payload: &str) -> Self {
        let all = secrets.iter().map(|secret| {
            let tag = mac(secret, id, timestamp, payload.as_bytes())
                .finalize()
                .into_bytes();
            format!("v1,{}", STANDARD.encode(tag))
        });
        Self(all.collect::<Vec<_>>().join(" "))
    }

    /// The header's value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a receiver does: takes the three headers and the body as they came, and compares in constant time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] where no signature is right, or the timestamp is further than [`TOLERANCE`] from `now`.
    pub fn verify(
        secret: &WebhookSecret,
        now: Timestamp,
        id: &str,
        timestamp: &str,
        signatures: &str,
        body: &[u8],
    ) -> Result<(), Error> {
        let refuse = |what: &str| Error::new(ErrorKind::Refused, format!("webhook {what}"));
        let seconds: u64 = timestamp
            .parse()
            .map_err(|_| refuse("timestamp is no number of seconds"))?;
        let sent = Timestamp::from_millis(seconds.saturating_mul(1_000));
        if now.since(sent) > TOLERANCE || sent.since(now) > TOLERANCE {
            return Err(refuse("timestamp is too far from now"));
        }
        let right = signatures.split(' ').any(|signature| {
            let tag = signature
                .strip_prefix("v1,")
                .and_then(|tag| STANDARD.decode(tag).ok());
            tag.is_some_and(|tag| mac(secret, id, sent, body).verify_slice(&tag).is_ok())
        });
        if right {
            Ok(())
        } else {
            Err(refuse("signature is not right"))
        }
    }
}

fn mac(secret: &WebhookSecret, id: &str, timestamp: Timestamp, body: &[u8]) -> Hmac<Sha256> {
    // INVARIANT: HMAC takes a key of any length, so that the other branch is never taken.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(format!("{id}.{}.", timestamp.as_seconds()).as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"test": 2432232314}"#;
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    fn secret() -> WebhookSecret {
        WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    fn sent() -> Timestamp {
        Timestamp::from_millis(1_614_265_330_000)
    }

    /// Made with the package `standardwebhooks` of Python, version 1.1.0: `Webhook(secret).sign(id, timestamp, body)`.
    #[test]
    fn the_signature_is_that_of_the_reference_implementation() {
        let signatures = Signatures::new(&[secret()], ID, sent(), BODY);
        assert_eq!(
            signatures.as_str(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn with_two_secrets_a_receiver_needs_one_of_them() {
        let new = WebhookSecret::from_random([9; 32]);
        let signatures = Signatures::new(&[new.clone(), secret()], ID, sent(), BODY);
        for known in [new, secret()] {
            Signatures::verify(
                &known,
                sent(),
                ID,
                "1614265330",
                signatures.as_str(),
                BODY.as_bytes(),
            )
            .unwrap();
        }
        let other = WebhookSecret::from_random([1; 32]);
        let refused = Signatures::verify(
            &other,
            sent(),
            ID,
            "1614265330",
            signatures.as_str(),
            BODY.as_bytes(),
        );
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Refused);
    }

    #[test]
    fn whatever_is_changed_is_noticed() {
        let signatures = Signatures::new(&[secret()], ID, sent(), BODY);
        let verify = |now: Timestamp, id: &str, timestamp: &str, body: &str| {
            Signatures::verify(
                &secret(),
                now,
                id,
                timestamp,
                signatures.as_str(),
                body.as_bytes(),
            )
            .is_ok()
        };
        assert!(verify(sent(), ID, "1614265330", BODY));
        assert!(!verify(sent(), "msg_2", "1614265330", BODY));
        assert!(!verify(sent(), ID, "1614265331", BODY));
        assert!(!verify(sent(), ID, "soon", BODY));
        assert!(!verify(sent(), ID, "1614265330", "{}"));
        assert!(!verify(
            sent().after(Duration::from_secs(301)),
            ID,
            "1614265330",
            BODY
        ));
    }
}
