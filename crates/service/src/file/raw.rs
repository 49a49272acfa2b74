//! The configuration file as it is written: TOML with positions, unknown keys refused, nothing checked yet.
//! Knows no rule about any value but one: a secret is never written into the file.

mod notify;

pub(crate) use notify::{Notify, NotifyMail, NotifyUrl, NotifyWebhook};

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

/// A text value that remembers where it stands.
pub(crate) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) vendor: Option<Vendor>,
    pub(crate) spool: Option<Spool>,
    pub(crate) delivery: Option<Delivery>,
    pub(crate) checks: Option<Checks>,
    pub(crate) schemas: Option<Schemas>,
    #[serde(default)]
    pub(crate) workspace: Vec<Workspace>,
    #[serde(default)]
    pub(crate) grant: Vec<Spanned<Grant>>,
    #[serde(default)]
    pub(crate) connector: Vec<Spanned<Connector>>,
    #[serde(default)]
    pub(crate) segment: Vec<Segment>,
    #[serde(default)]
    pub(crate) data_export: Vec<Spanned<DataExport>>,
    pub(crate) exports: Option<Spanned<Exports>>,
    pub(crate) mail: Option<Spanned<Mail>>,
    pub(crate) notify: Option<Notify>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vendor {
    pub(crate) account_id: Option<Text>,
    pub(crate) credentials: Option<VendorCredentials>,
    pub(crate) cluster: Option<Text>,
    pub(crate) zone: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VendorCredentials {
    pub(crate) access_key_id: Option<Text>,
    pub(crate) secret_access_key: Spanned<Secret>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spool {
    pub(crate) dir: Option<Text>,
    pub(crate) retention: Option<Text>,
    pub(crate) memory: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivery {
    pub(crate) events: Option<Spanned<u64>>,
    pub(crate) age: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checks {
    pub(crate) every: Option<Text>,
    pub(crate) key_age: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schemas {
    pub(crate) dir: Option<Text>,
    #[serde(default)]
    pub(crate) allow_breaking: Vec<AllowedChange>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowedChange {
    pub(crate) schema: Spanned<u32>,
    pub(crate) reason: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workspace {
    pub(crate) id: Text,
    pub(crate) integrations: Option<Vec<Text>>,
    pub(crate) api_key: Option<Spanned<Secret>>,
    pub(crate) previous_api_key: Option<Spanned<Secret>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    pub(crate) workspace: Text,
    pub(crate) id: Text,
    pub(crate) rows: Spanned<crate::exports::Rows>,
}

/// One table for both kinds of grant, so that a key of the other kind is answered with words of our own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) id: Text,
    pub(crate) r#type: Text,
    pub(crate) access_key_id: Option<Text>,
    pub(crate) secret_access_key: Option<Spanned<Secret>>,
    pub(crate) role_arn: Option<Text>,
    pub(crate) external_id: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connector {
    pub(crate) id: Text,
    pub(crate) name: Option<Text>,
    pub(crate) workspace: Text,
    pub(crate) grant: Option<Text>,
    pub(crate) bucket: Option<Text>,
    pub(crate) bucket_behind: Option<Text>,
    pub(crate) directory: Option<Text>,
    pub(crate) folder: Option<Text>,
    pub(crate) encryption: Option<Spanned<Encryption>>,
    pub(crate) bucket_owner: Option<Text>,
    pub(crate) region: Option<Text>,
    pub(crate) endpoint: Option<Text>,
    pub(crate) addressing: Option<Text>,
    pub(crate) checksum: Option<Text>,
    pub(crate) storage_class: Option<Text>,
    pub(crate) tags: Option<Spanned<BTreeMap<String, String>>>,
    pub(crate) events: Option<Vec<Text>>,
    pub(crate) quota: Option<Spanned<Quota>>,
    pub(crate) format: Option<Text>,
    pub(crate) codec: Option<Text>,
    pub(crate) transform: Option<Vec<Spanned<Transform>>>,
}

/// `{ fields = ["..."], action = "..." }` or `{ tag = "pii", action = "..." }`, with a `key` for `hmac`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transform {
    pub(crate) action: Text,
    pub(crate) fields: Option<Vec<Text>>,
    pub(crate) tag: Option<Text>,
    pub(crate) key: Option<Spanned<Secret>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataExport {
    pub(crate) workspace: Text,
    pub(crate) grant: Option<Text>,
    pub(crate) bucket: Option<Text>,
    pub(crate) bucket_behind: Option<Text>,
    pub(crate) directory: Option<Text>,
    pub(crate) folder: Option<Text>,
    pub(crate) bucket_owner: Option<Text>,
    pub(crate) region: Option<Text>,
    pub(crate) endpoint: Option<Text>,
    pub(crate) addressing: Option<Text>,
    pub(crate) checksum: Option<Text>,
    pub(crate) storage_class: Option<Text>,
    pub(crate) tags: Option<Spanned<BTreeMap<String, String>>>,
    pub(crate) encryption: Option<Spanned<Encryption>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exports {
    pub(crate) dir: Option<Text>,
    pub(crate) grant: Option<Text>,
    pub(crate) bucket: Option<Text>,
    pub(crate) bucket_behind: Option<Text>,
    pub(crate) directory: Option<Text>,
    pub(crate) folder: Option<Text>,
    pub(crate) bucket_owner: Option<Text>,
    pub(crate) region: Option<Text>,
    pub(crate) endpoint: Option<Text>,
    pub(crate) addressing: Option<Text>,
    pub(crate) checksum: Option<Text>,
    pub(crate) storage_class: Option<Text>,
    pub(crate) tags: Option<Spanned<BTreeMap<String, String>>>,
    pub(crate) encryption: Option<Spanned<Encryption>>,
    pub(crate) link_lifetime: Option<Text>,
    pub(crate) concurrent: Option<Spanned<u64>>,
    pub(crate) callback_secret: Option<Spanned<Secret>>,
    pub(crate) previous_callback_secret: Option<Spanned<Secret>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) host: Text,
    pub(crate) port: Option<u16>,
    pub(crate) security: Option<Text>,
    pub(crate) user: Option<Text>,
    pub(crate) password: Option<Spanned<Secret>>,
    pub(crate) from: Text,
    pub(crate) ca: Option<Text>,
}

/// `"none"`, `"aes256"` or `{ kms = "..." }`.
#[derive(Debug)]
pub(crate) enum Encryption {
    Named(String),
    Kms(Kms),
}

/// `"5GB"`, or `{ bytes = "5GB", events = 1000000, policy = "drop_oldest" }`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a size as in `5GB`, or `{ bytes, events, policy }`")]
pub(crate) enum Quota {
    Bytes(String),
    Limits(QuotaLimits),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaLimits {
    pub(crate) bytes: Option<String>,
    pub(crate) events: Option<u64>,
    pub(crate) policy: Option<String>,
}

/// A key in KMS, and how it is used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kms {
    pub(crate) kms: String,
    pub(crate) bucket_key: Option<bool>,
    #[serde(default)]
    pub(crate) context: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) dsse: bool,
}

/// Where a secret is read from: `{ env = "NAME" }` or `{ file = "path" }`.
#[derive(Debug)]
pub(crate) enum Secret {
    Env(String),
    File(String),
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`{ env = \"NAME\" }` or `{ file = \"path\" }`")
    }

    // Serde's own answer to a wrong type quotes the value, which here may be the secret itself.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(E::custom(
            "a secret does not belong in this file; write `{ env = \"NAME\" }` or `{ file = \"path\" }`",
        ))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        self.visit_str("")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        self.visit_str("")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            let make = match key.as_str() {
                "env" => Secret::Env,
                "file" => Secret::File,
                other => {
                    return Err(de::Error::custom(format!(
                        "unknown key `{other}`; a secret takes `env` or `file`"
                    )));
                }
            };
            if found.is_some() {
                return Err(de::Error::custom(
                    "a secret takes either `env` or `file`, not both",
                ));
            }
            found = Some(make(map.next_value()?));
        }
        found.ok_or_else(|| de::Error::custom("a secret takes `env` or `file`"))
    }
}

impl<'de> Deserialize<'de> for Encryption {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EncryptionVisitor)
    }
}

struct EncryptionVisitor;

impl<'de> Visitor<'de> for EncryptionVisitor {
    type Value = Encryption;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"none\", \"aes256\" or { kms = \"<key arn>\" }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Encryption::Named(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Kms::deserialize(de::value::MapAccessDeserializer::new(map)).map(Encryption::Kms)
    }
}
