//! The section `[notify]` as it is written.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::{Secret, Text};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notify {
    pub(crate) dir: Option<Text>,
    #[serde(default)]
    pub(crate) log: bool,
    #[serde(default)]
    pub(crate) webhook: Vec<Spanned<NotifyWebhook>>,
    #[serde(default)]
    pub(crate) mail: Vec<Spanned<NotifyMail>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotifyWebhook {
    pub(crate) id: Text,
    pub(crate) url: Spanned<NotifyUrl>,
    pub(crate) secret: Spanned<Secret>,
    pub(crate) previous_secret: Option<Spanned<Secret>>,
    pub(crate) workspace: Option<Text>,
    pub(crate) events: Option<Vec<Text>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotifyMail {
    pub(crate) id: Text,
    pub(crate) to: Vec<Text>,
    pub(crate) workspace: Option<Text>,
    pub(crate) events: Option<Vec<Text>>,
}

/// An address as it is, or where it is kept: it is often a secret itself.
#[derive(Debug)]
pub(crate) enum NotifyUrl {
    Plain(String),
    Kept(Secret),
}

impl<'de> Deserialize<'de> for NotifyUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UrlVisitor)
    }
}

struct UrlVisitor;

impl<'de> Visitor<'de> for UrlVisitor {
    type Value = NotifyUrl;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"https://...\", `{ env = \"NAME\" }` or `{ file = \"path\" }`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(NotifyUrl::Plain(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Secret::deserialize(de::value::MapAccessDeserializer::new(map)).map(NotifyUrl::Kept)
    }
}
