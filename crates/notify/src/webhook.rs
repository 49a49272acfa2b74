//! Webhooks as Standard Webhooks 1.0 has them: three headers, a signature, JSON.
//! The rules: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

#[cfg(feature = "webhook")]
mod channel;
mod secret;
mod signature;
mod url;

#[cfg(feature = "webhook")]
pub use channel::Webhook;
pub use secret::WebhookSecret;
pub use signature::{Signatures, TOLERANCE};
pub use url::WebhookUrl;
