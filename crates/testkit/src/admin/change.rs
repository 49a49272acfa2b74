//! Changes to the world, as JSON.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::world::{KeyStatus, World};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyChange {
    access_key_id: String,
    action: KeyAction,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeyAction {
    Enable,
    Disable,
    Rotate,
}

impl KeyChange {
    /// A rotation answers with the new key.
    pub(super) fn make(&self, world: &World) -> Result<Value, Error> {
        match self.action {
            KeyAction::Enable => world.set_key_status(&self.access_key_id, KeyStatus::Active)?,
            KeyAction::Disable => world.set_key_status(&self.access_key_id, KeyStatus::Inactive)?,
            KeyAction::Rotate => return Ok(json!(world.rotate_key(&self.access_key_id)?)),
        }
        Ok(json!({}))
    }
}

/// A document may be given as JSON or as a string that holds it.
#[derive(Debug, Deserialize)]
#[serde(tag = "of", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum PolicyChange {
    /// A permission policy of a user.
    User {
        account: String,
        name: String,
        policy: String,
        document: Option<Value>,
    },
    /// A permission policy of a role.
    Role {
        account: String,
        name: String,
        policy: String,
        document: Option<Value>,
    },
    /// A role's trust policy.
    Trust {
        account: String,
        name: String,
        document: Value,
    },
    /// A bucket's policy.
    Bucket { name: String, document: Option<Value> },
}

impl PolicyChange {
    pub(super) fn make(self, world: &World) -> Result<Value, Error> {
        match self {
            Self::User {
                account,
                name,
                policy,
                document,
            } => {
                world.set_user_policy(&account, &name, &policy, document.map(text).as_deref())?;
            }
            Self::Role {
                account,
                name,
                policy,
                document,
            } => {
                world.set_role_policy(&account, &name, &policy, document.map(text).as_deref())?;
            }
            Self::Trust {
                account,
                name,
                document,
            } => world.set_trust_policy(&account, &name, &text(document))?,
            Self::Bucket { name, document } => {
                world.set_bucket_policy(&name, document.map(text).as_deref())?
            }
        }
        Ok(json!({}))
    }
}

fn text(document: Value) -> String {
    match document {
        Value::String(text) => text,
        document => document.to_string(),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockChange {
    advance_seconds: u64,
}

impl ClockChange {
    pub(super) fn make(&self, world: &World) -> Value {
        world.clock().advance(Duration::from_secs(self.advance_seconds));
        json!({})
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PropagationChange {
    seconds: u64,
}

impl PropagationChange {
    pub(super) fn make(&self, world: &World) -> Value {
        world.set_propagation(Duration::from_secs(self.seconds));
        json!({})
    }
}
