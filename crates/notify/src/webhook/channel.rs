//! A webhook as a channel: one POST, no redirects, no more than 15 seconds.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::{ClientConfig, RootCertStore};

use super::{Signatures, WebhookSecret, WebhookUrl};
use crate::channel::Channel;
use crate::{Error, ErrorKind, Message, Timestamp};

/// How long a receiver may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Posts each message to an address, signed with one or two secrets.
///
/// Any 2xx is taken as "received". 410 says that no more are wanted. Everything else, redirects too, is tried again.
#[derive(Clone, Debug)]
pub struct Webhook {
    client: Client,
    url: WebhookUrl,
    secrets: Vec<WebhookSecret>,
}

impl Webhook {
    /// A webhook to `url`, signed with each of `secrets`: two while one replaces the other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] without a secret, with more than two, or where this machine has no usable TLS set-up.
    pub fn new(url: WebhookUrl, secrets: Vec<WebhookSecret>) -> Result<Self, Error> {
        if secrets.is_empty() || secrets.len() > 2 {
            let message = format!(
                "webhook {url} has {} secrets; give it one, or two while they change",
                secrets.len()
            );
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let client = client().map_err(|error| {
            Error::new(ErrorKind::InvalidConfig, "webhook: cannot set up TLS").with_source(error)
        })?;
        Ok(Self { client, url, secrets })
    }
}

fn client() -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    // The provider is named, and not left to the process's default, which a library must neither set nor hope for.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .timeout(TIMEOUT)
        .user_agent(concat!("bucketline/", env!("CARGO_PKG_VERSION")));
    Ok(client.build()?)
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, message: &Message) -> Result<(), Error> {
        self.post(&message.id, message.sent_at, message.event.payload())
            .await
    }
}

impl Webhook {
    /// Makes one attempt to post `payload`, a JSON text, under the `webhook-id` `id`: for messages that are no events.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotTaken`] where it is worth another attempt; [`ErrorKind::Refused`] where the receiver wants no more.
    /// Whether it was received is unknown after a broken connection: the same id tells.
    ///
    /// # Cancel safety
    ///
    /// Given up, it is unknown whether it was received.
    pub async fn post(&self, id: &str, sent_at: Timestamp, payload: String) -> Result<(), Error> {
        let signatures = Signatures::new(&self.secrets, id, sent_at, &payload);
        let request = self
            .client
            .post(self.url.expose())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", sent_at.as_seconds().to_string())
            .header("webhook-signature", signatures.as_str())
            .body(payload);
        // The address may hold a secret, and reqwest's errors hold the address.
        let response = request
            .send()
            .await
            .map_err(|error| self.unanswered(error.without_url()))?;
        self.judge(&response)
    }

    fn unanswered(&self, error: reqwest::Error) -> Error {
        let what = if error.is_timeout() {
            "no answer in time"
        } else {
            "no connection"
        };
        Error::new(ErrorKind::NotTaken, format!("post to {}: {what}", self.url)).with_source(error)
    }

    fn judge(&self, response: &Response) -> Result<(), Error> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let message = format!("post to {}: answered {}", self.url, status.as_u16());
        if status == StatusCode::GONE {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{message}: it wants no more"),
            ));
        }
        let error = Error::new(ErrorKind::NotTaken, message);
        let asked = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok());
        Err(match asked.and_then(|seconds| seconds.trim().parse().ok()) {
            Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
            None => error,
        })
    }
}
