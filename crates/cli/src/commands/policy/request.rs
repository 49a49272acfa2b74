//! A request as cases and options write it. Gives the crate's `Request`; decides nothing.

use std::collections::BTreeMap;
use std::fmt;

use bucketline_policy::{Context, Request};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// `request` of a case.
#[derive(Debug, Deserialize)]
pub(super) struct RequestText {
    /// An ARN, an account id, a service such as `lambda.amazonaws.com`, or `anonymous`.
    pub(super) principal: String,
    pub(super) action: String,
    /// Left out for actions without a resource.
    #[serde(default = "any")]
    pub(super) resource: String,
    #[serde(default)]
    pub(super) resource_account: Option<String>,
    #[serde(default)]
    pub(super) context: Option<Map<String, Value>>,
}

fn any() -> String {
    "*".to_owned()
}

impl RequestText {
    /// The request with exactly the context that is given.
    pub(super) fn parse(&self) -> Result<Request, String> {
        let principal = self
            .principal
            .parse()
            .map_err(|error| format!("`request.principal`: {error}"))?;
        let action = self
            .action
            .parse()
            .map_err(|error| format!("`request.action`: {error}"))?;
        let mut request = Request::new(principal, action, self.resource.as_str());
        if let Some(account) = &self.resource_account {
            let account = account
                .parse()
                .map_err(|error| format!("`request.resource_account`: {error}"))?;
            request = request.resource_account(account);
        }
        let mut context = Context::default();
        for (key, values) in self.context.iter().flatten() {
            let wrong = || format!("`request.context`: `{key}` needs a list of strings");
            match values {
                Value::Array(values) => {
                    for value in values {
                        context.push(key, scalar(value).ok_or_else(wrong)?);
                    }
                }
                one => context.push(key, scalar(one).ok_or_else(wrong)?),
            }
        }
        Ok(request.with_context(context))
    }
}

/// AWS reads booleans and numbers as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A request in an answer: for programs as in a case, for people as a sentence.
pub(super) struct Written<'r>(pub(super) &'r Request);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(request) = self;
        let mut out = serializer.serialize_struct("Request", 4)?;
        out.serialize_field("principal", request.principal().as_str())?;
        out.serialize_field("action", request.action())?;
        out.serialize_field("resource", request.resource().as_str())?;
        let context: BTreeMap<&str, &[String]> = present(request).collect();
        out.serialize_field("context", &context)?;
        out.end()
    }
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(request) = self;
        write!(
            f,
            "`{}` on `{}` by `{}`",
            request.action(),
            request.resource(),
            request.principal()
        )?;
        for (key, values) in present(request) {
            write!(f, ", `{key}` being `{}`", values.join("`, `"))?;
        }
        Ok(())
    }
}

fn present(request: &Request) -> impl Iterator<Item = (&str, &[String])> {
    let context = request.circumstances().iter();
    context.filter(|(_, values)| !values.is_empty())
}
