//! From the model's channels to those that send: their secrets are read here. Connects to nobody.

use std::sync::Arc;

use bucketline_notify::{
    Channel, EmailChannel, Filter, LogChannel, Mailer, Webhook, WebhookSecret, WebhookUrl,
};

use crate::exports::mailer;
use crate::model::{MailServer, ModelPath, Notify, NotifyUrl, NotifyWebhook};
use crate::variables::Variables;
use crate::wire::secret_text;
use crate::{Error, Problem, chain};

type Named = (String, Filter, Arc<dyn Channel>);

/// All channels, each under the name that what waits for it is kept under.
pub(super) fn all(
    notify: &Notify,
    server: Option<&MailServer>,
    variables: &Variables,
) -> Result<Vec<Named>, Error> {
    let mut channels: Vec<Named> = Vec::new();
    if notify.log {
        channels.push(("log".to_owned(), Filter::all(), Arc::new(LogChannel::default())));
    }
    for webhook in &notify.webhooks {
        let channel = self::webhook(webhook, variables)?;
        channels.push((
            format!("webhook {}", webhook.id),
            webhook.filter.clone(),
            Arc::new(channel),
        ));
    }
    if let (Some(server), false) = (server, notify.mails.is_empty()) {
        let mailer: Arc<dyn Mailer> = Arc::new(mailer(server, variables)?);
        for mail in &notify.mails {
            let channel = EmailChannel::new(mailer.clone(), mail.to.clone())
                .map_err(|error| refused(&mail.id, "to", &error))?;
            channels.push((
                format!("mail {}", mail.id),
                mail.filter.clone(),
                Arc::new(channel),
            ));
        }
    }
    Ok(channels)
}

fn webhook(webhook: &NotifyWebhook, variables: &Variables) -> Result<Webhook, Error> {
    let path = ModelPath::notify(webhook.id.as_str());
    let url = match &webhook.url {
        NotifyUrl::Plain(url) => url.clone(),
        NotifyUrl::Kept(keeper) => {
            let text = secret_text(keeper, &path.clone().value("url"), variables)?;
            WebhookUrl::parse(text.trim()).map_err(|error| refused(&webhook.id, "url", &error))?
        }
    };
    let mut secrets = Vec::new();
    for keeper in &webhook.secrets {
        let text = secret_text(keeper, &path.clone().value("secret"), variables)?;
        let secret = WebhookSecret::parse(text.trim());
        secrets.push(secret.map_err(|error| refused(&webhook.id, "secret", &error))?);
    }
    Webhook::new(url, secrets).map_err(|error| refused(&webhook.id, "secret", &error))
}

fn refused(id: &str, value: &str, error: &bucketline_notify::Error) -> Error {
    Error::configuration(Problem::new(chain(error)).at_model(ModelPath::notify(id).value(value)))
}
