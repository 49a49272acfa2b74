//! Users and roles in a seed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::text::{Text, rights};
use crate::error::{Error, ErrorKind};
use crate::world::{Identities, KeyStatus, Secret};

/// An IAM user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    name: String,
    #[serde(default = "root_path")]
    path: String,
    #[serde(default)]
    access_keys: Vec<AccessKey>,
    #[serde(default)]
    policies: BTreeMap<String, Text>,
    boundary: Option<Text>,
}

/// An IAM role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    name: String,
    #[serde(default = "root_path")]
    path: String,
    trust: Text,
    #[serde(default)]
    policies: BTreeMap<String, Text>,
    boundary: Option<Text>,
    #[serde(default = "an_hour")]
    max_session_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKey {
    id: String,
    secret: Secret,
    #[serde(default)]
    status: KeyStatus,
}

impl User {
    /// A user without keys or policies.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            access_keys: Vec::new(),
            policies: BTreeMap::new(),
            boundary: None,
        }
    }

    /// Sets the path, e.g. `/vendors/`; `/` unless set.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Gives the user an access key.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// Gives the user a policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: impl Into<String>) -> Self {
        self.policies.insert(name.into(), Text::Inline(document.into()));
        self
    }

    /// Sets the permissions boundary, as JSON text: what the policies give beyond it is not given.
    #[must_use]
    pub fn boundary(mut self, document: impl Into<String>) -> Self {
        self.boundary = Some(Text::Inline(document.into()));
        self
    }

    #[cfg(feature = "seed-file")]
    pub(super) fn texts(
        &mut self,
        with: &mut dyn FnMut(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.boundary.iter_mut().try_for_each(&mut *with)?;
        self.policies.values_mut().try_for_each(with)
    }

    pub(super) fn build(self, account: &str, identities: &mut Identities) -> Result<(), Error> {
        let rights = rights(&format!("user `{}`", self.name), self.policies, self.boundary)?;
        identities.add_user(account, &self.path, &self.name, rights)?;
        self.access_keys
            .into_iter()
            .try_for_each(|key| key.build(account, Some(&self.name), identities))
    }
}

impl Role {
    /// A role with this trust policy, as JSON text.
    #[must_use]
    pub fn new(name: impl Into<String>, trust: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            trust: Text::Inline(trust.into()),
            policies: BTreeMap::new(),
            boundary: None,
            max_session_seconds: an_hour(),
        }
    }

    /// Sets the path, e.g. `/vendors/`; `/` unless set.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Gives the role a permission policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: impl Into<String>) -> Self {
        self.policies.insert(name.into(), Text::Inline(document.into()));
        self
    }

    /// Sets how long a session may last, 3,600 to 43,200 seconds; 3,600 unless set.
    #[must_use]
    pub fn max_session_seconds(mut self, seconds: u64) -> Self {
        self.max_session_seconds = seconds;
        self
    }

    /// Sets the permissions boundary, as JSON text: what the policies give beyond it is not given.
    #[must_use]
    pub fn boundary(mut self, document: impl Into<String>) -> Self {
        self.boundary = Some(Text::Inline(document.into()));
        self
    }

    #[cfg(feature = "seed-file")]
    pub(super) fn texts(
        &mut self,
        with: &mut dyn FnMut(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        with(&mut self.trust)?;
        self.boundary.iter_mut().try_for_each(&mut *with)?;
        self.policies.values_mut().try_for_each(with)
    }

    pub(super) fn build(self, account: &str, identities: &mut Identities) -> Result<(), Error> {
        let name = &self.name;
        if !(3600..=43_200).contains(&self.max_session_seconds) {
            let message = format!("max_session_seconds of role `{name}` is not within 3600 to 43200");
            return Err(Error::new(ErrorKind::Seed, message));
        }
        let trust = self.trust.policy(&format!("trust policy of role `{name}`"))?;
        let rights = rights(&format!("role `{name}`"), self.policies, self.boundary)?;
        let max_session = Duration::from_secs(self.max_session_seconds);
        identities.add_role(account, &self.path, name, trust, rights, max_session)
    }
}

impl AccessKey {
    pub(super) fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Secret::from(secret.into()),
            status: KeyStatus::Active,
        }
    }

    /// A key without a user is the root user's.
    pub(super) fn build(
        self,
        account: &str,
        user: Option<&str>,
        identities: &mut Identities,
    ) -> Result<(), Error> {
        identities.add_key(account, user, &self.id, self.secret, self.status)
    }
}

fn root_path() -> String {
    "/".into()
}

fn an_hour() -> u64 {
    3600
}
