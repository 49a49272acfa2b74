//! Signed callbacks, over `bucketline-notify`'s webhooks.

use async_trait::async_trait;
use bucketline_export::Poster;
use bucketline_notify::{Timestamp, Webhook, WebhookSecret, WebhookUrl};

use crate::model::{Keeper, ModelPath};
use crate::variables::Variables;
use crate::wire::secret_text;
use crate::{Error, Problem, chain};

/// Posts callbacks signed with one secret, or two.
#[derive(Debug)]
pub(super) struct SignedPoster {
    secrets: Vec<WebhookSecret>,
}

impl SignedPoster {
    /// Reads the secrets from where they are kept.
    ///
    /// # Errors
    /// One cannot be read, or is no secret of a webhook.
    pub(super) fn new(keepers: &[Keeper], variables: &Variables) -> Result<Self, Error> {
        let mut secrets = Vec::new();
        for keeper in keepers {
            let place = ModelPath::exports().value("callback_secret");
            let text = secret_text(keeper, &place, variables)?;
            let secret = WebhookSecret::parse(text.trim())
                .map_err(|error| Error::configuration(Problem::new(chain(&error)).at_model(place)))?;
            secrets.push(secret);
        }
        Ok(Self { secrets })
    }
}

#[async_trait]
impl Poster for SignedPoster {
    async fn post(
        &self,
        url: &str,
        id: &str,
        sent_at: Timestamp,
        payload: String,
    ) -> Result<(), bucketline_notify::Error> {
        let webhook = Webhook::new(WebhookUrl::parse(url)?, self.secrets.clone())?;
        webhook.post(id, sent_at, payload).await
    }
}
