//! A request as cases and options write it. Gives the crate's `Request`; decides nothing.

use bucketline_policy::{Context, Request};
use serde::Deserialize;
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
