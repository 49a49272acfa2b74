//! A request as JSON: principal, action, resource, its account, context. Any member that is not known is an error.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AccountId, ActionName, BucketName, Context, Principal, Request};

impl<'de> Deserialize<'de> for Request {
    /// Reads `{"principal": ..., "action": ..., "resource": ..., "resource_account": ..., "bucket": ..., "context": {...}}`,
    /// where `bucket` is the one behind the access point that is the resource. The principal
    /// is a text, or says what it is: `{"Service": "alexa-appkit.amazon.com"}`. The resource is left out for actions
    /// without one. A value of the context is a text, a number, a boolean or a list of these.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members::deserialize(deserializer)?;
        let mut request = Self::new(members.principal, members.action, members.resource)
            .with_context(members.context.unwrap_or_default());
        if let Some(account) = members.resource_account {
            request = request.resource_account(account);
        }
        if let Some(bucket) = members.bucket {
            request = request.in_bucket(bucket);
        }
        Ok(request)
    }
}

impl Serialize for Request {
    /// Writes what [`Request`] reads: of the context, what was given.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let account = self.account_of_resource();
        let account = account.filter(|account| self.resource().account() != Some(*account));
        let mut out = serializer.serialize_struct("Request", 6)?;
        out.serialize_field("principal", self.principal().as_str())?;
        out.serialize_field("action", self.action())?;
        out.serialize_field("resource", self.resource().as_str())?;
        match account {
            Some(account) => out.serialize_field("resource_account", &account)?,
            None => out.skip_field("resource_account")?,
        }
        match self.bucket() {
            Some(bucket) => out.serialize_field("bucket", bucket.as_ref())?,
            None => out.skip_field("bucket")?,
        }
        let present = self.given_context().iter();
        let context: BTreeMap<&str, &[String]> = present.filter(|(_, values)| !values.is_empty()).collect();
        out.serialize_field("context", &context)?;
        out.end()
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` on `{}` by `{}`",
            self.action(),
            self.resource(),
            self.principal()
        )?;
        let present = self.given_context().iter();
        for (key, values) in present.filter(|(_, values)| !values.is_empty()) {
            write!(f, ", `{key}` being `{}`", values.join("`, `"))?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(deserialize_with = "principal")]
    principal: Principal,
    #[serde(deserialize_with = "action")]
    action: ActionName,
    #[serde(default = "any")]
    resource: String,
    resource_account: Option<AccountId>,
    bucket: Option<BucketName>,
    context: Option<Context>,
}

fn any() -> String {
    "*".to_owned()
}

fn action<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ActionName, D::Error> {
    ActionName::deserialize(deserializer).map_err(|error| D::Error::custom(format!("`action`: {error}")))
}

fn principal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Principal, D::Error> {
    #[derive(Deserialize)]
    enum Named {
        #[serde(rename = "AWS")]
        Aws(String),
        Service(String),
        Federated(String),
        CanonicalUser(String),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Named(Named),
    }
    let parse = |text: &str| -> Result<Principal, D::Error> {
        text.parse()
            .map_err(|error| D::Error::custom(format!("`principal`: {error}")))
    };
    match Written::deserialize(deserializer).map_err(|_| {
        D::Error::custom("`principal` is a text, or one of `AWS`, `Service`, `Federated`, `CanonicalUser`")
    })? {
        Written::Text(text) | Written::Named(Named::Aws(text)) => parse(&text),
        Written::Named(Named::Service(name)) => Ok(Principal::service(&name)),
        Written::Named(Named::Federated(name)) => Ok(Principal::federated(&name)),
        Written::Named(Named::CanonicalUser(id)) => Ok(Principal::canonical_user(&id)),
    }
}

/// AWS reads booleans and numbers as text.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a text, a number, a boolean or a list of these is needed"
)]
enum Scalar {
    Text(String),
    Flag(bool),
    Number(serde_json::Number),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a text, a number, a boolean or a list of these is needed"
)]
enum Values {
    One(Scalar),
    Many(Vec<Scalar>),
}

impl From<Scalar> for String {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => text,
            Scalar::Flag(flag) => flag.to_string(),
            Scalar::Number(number) => number.to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ContextVisitor)
    }
}

struct ContextVisitor;

impl<'de> Visitor<'de> for ContextVisitor {
    type Value = Context;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of condition keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Context, A::Error> {
        let mut context = Context::default();
        while let Some(key) = access.next_key::<String>()? {
            let values = access
                .next_value()
                .map_err(|error| A::Error::custom(format!("`{key}` in `context`: {error}")))?;
            let values: Vec<Scalar> = match values {
                Values::One(one) => vec![one],
                Values::Many(many) => many,
            };
            for value in values {
                context.push(&key, value.into());
            }
        }
        Ok(context)
    }
}
