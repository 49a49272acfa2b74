//! Accounts with their users, keys and roles.

mod iam;
mod managed;
mod web_identity;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{Caller, CredentialFault, NewSession, Secret, Session, read, write};
use crate::authorize::{Policy, Rights};
use crate::error::{Error, ErrorKind};
use crate::ids::{self, Ids};
pub(crate) use iam::{About, Removed, RoleRecord, UserView};
pub(crate) use managed::{Holder, Managed};
pub use web_identity::WebIdentity;

/// Whether an access key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "IAM has these two and no other")]
pub enum KeyStatus {
    /// It may.
    #[default]
    Active,
    /// It is refused as if it did not exist, as AWS does.
    Inactive,
}

/// A new access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyPair {
    access_key_id: String,
    secret_access_key: Secret,
}

impl KeyPair {
    /// The public half.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret half.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        self.secret_access_key.expose()
    }
}

/// Whether a KMS key can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KmsKeyState {
    #[default]
    Enabled,
    Disabled,
}

/// A key of KMS.
#[derive(Debug, Clone)]
pub(crate) struct KmsKey {
    pub(crate) account: String,
    pub(crate) state: KmsKeyState,
    pub(crate) policy: Policy,
}

/// All accounts and what can sign for them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identities {
    accounts: BTreeMap<String, Account>,
    keys: HashMap<String, Key>,
    /// Shared with what was: STS knows a session from the moment on at which it gives it out.
    sessions: Sessions,
    /// By token.
    web_identities: HashMap<String, WebIdentity>,
    /// By key ARN.
    kms_keys: HashMap<String, KmsKey>,
    /// How often something of an ARN was made.
    made: HashMap<String, u32>,
}

type Sessions = Arc<RwLock<HashMap<String, Session>>>;

#[derive(Debug, Clone, Default)]
struct Account {
    partition: String,
    users: BTreeMap<String, User>,
    roles: BTreeMap<String, Role>,
    /// Managed policies, by ARN.
    managed: BTreeMap<String, Managed>,
}

#[derive(Debug, Clone)]
struct User {
    arn: String,
    id: String,
    about: About,
    rights: Rights,
}

#[derive(Debug, Clone)]
struct Role {
    arn: String,
    id: String,
    about: About,
    trust: Policy,
    rights: Rights,
    max_session: Duration,
}

#[derive(Debug, Clone)]
struct Key {
    secret: Secret,
    status: KeyStatus,
    account: String,
    /// None: the account's root user.
    user: Option<String>,
    created: Option<SystemTime>,
}

/// A role, as AssumeRole needs it.
#[derive(Debug, Clone)]
pub(crate) struct RoleView {
    pub(crate) account: String,
    pub(crate) partition: String,
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) trust: Policy,
    pub(crate) max_session: Duration,
}

impl RoleView {
    /// The ARN of a session, which leaves out the role's path.
    pub(crate) fn session_arn(&self, session_name: &str) -> String {
        let Self {
            partition,
            account,
            name,
            ..
        } = self;
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}")
    }
}

impl Identities {
    /// The partition that an account belongs to, as ARNs write it.
    pub(crate) fn partition(&self, account: &str) -> &str {
        self.accounts
            .get(account)
            .map_or("aws", |account| account.partition.as_str())
    }

    /// A unique id: another one each time that something of this ARN is made.
    fn new_id(&mut self, prefix: &str, arn: &str) -> String {
        let made = self.made.entry(arn.to_owned()).or_default();
        *made += 1;
        match made {
            1 => ids::unique_id(prefix, arn),
            again => ids::unique_id(prefix, &format!("{arn} {again}")),
        }
    }

    pub(crate) fn add_account(&mut self, id: &str, partition: &str) -> Result<(), Error> {
        let account = Account {
            partition: partition.to_owned(),
            ..Account::default()
        };
        if self.accounts.insert(id.to_owned(), account).is_some() {
            return Err(twice(format!("account `{id}`")));
        }
        Ok(())
    }

    pub(crate) fn add_user(
        &mut self,
        account: &str,
        path: &str,
        name: &str,
        rights: Rights,
    ) -> Result<(), Error> {
        let arn = format!("arn:{}:iam::{account}:user{path}{name}", self.partition(account));
        let id = self.new_id("AIDA", &arn);
        let about = About {
            path: path.to_owned(),
            ..About::default()
        };
        let user = User {
            arn,
            id,
            about,
            rights,
        };
        if self
            .account(account)?
            .users
            .insert(name.to_owned(), user)
            .is_some()
        {
            return Err(twice(format!("user `{name}` of account `{account}`")));
        }
        Ok(())
    }

    pub(crate) fn add_role(
        &mut self,
        account: &str,
        path: &str,
        name: &str,
        trust: Policy,
        rights: Rights,
        max_session: Duration,
    ) -> Result<(), Error> {
        let arn = format!("arn:{}:iam::{account}:role{path}{name}", self.partition(account));
        let id = self.new_id("AROA", &arn);
        let about = About {
            path: path.to_owned(),
            ..About::default()
        };
        let role = Role {
            arn,
            id,
            about,
            trust,
            rights,
            max_session,
        };
        if self
            .account(account)?
            .roles
            .insert(name.to_owned(), role)
            .is_some()
        {
            return Err(twice(format!("role `{name}` of account `{account}`")));
        }
        Ok(())
    }

    pub(crate) fn add_key(
        &mut self,
        account: &str,
        user: Option<&str>,
        access_key_id: &str,
        secret: Secret,
        status: KeyStatus,
    ) -> Result<(), Error> {
        let key = Key {
            secret,
            status,
            account: account.to_owned(),
            user: user.map(str::to_owned),
            created: None,
        };
        if self.keys.insert(access_key_id.to_owned(), key).is_some() {
            return Err(twice(format!("access key `{access_key_id}`")));
        }
        Ok(())
    }

    pub(crate) fn add_kms_key(&mut self, arn: &str, key: KmsKey) -> Result<(), Error> {
        if self.kms_keys.insert(arn.to_owned(), key).is_some() {
            return Err(twice(format!("KMS key `{arn}`")));
        }
        Ok(())
    }

    pub(crate) fn secret(&self, access_key_id: &str) -> Option<Secret> {
        if let Some(session) = read(&self.sessions).get(access_key_id) {
            return Some(session.secret.clone());
        }
        let key = self.keys.get(access_key_id)?;
        (key.status == KeyStatus::Active).then(|| key.secret.clone())
    }

    pub(crate) fn caller(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: SystemTime,
    ) -> Result<Caller, CredentialFault> {
        if let Some(session) = read(&self.sessions).get(access_key_id) {
            return match token {
                None => Err(CredentialFault::UnknownKey),
                Some(token) if token != session.token.expose() => Err(CredentialFault::BadToken),
                Some(_) if session.expires <= now => Err(CredentialFault::Expired),
                Some(_) => Ok(self.session_caller(session)),
            };
        }
        let key = self
            .keys
            .get(access_key_id)
            .filter(|key| key.status == KeyStatus::Active);
        let key = key.ok_or(CredentialFault::UnknownKey)?;
        if token.is_some() {
            return Err(CredentialFault::BadToken);
        }
        let Some(name) = &key.user else {
            return Ok(Caller::Root {
                account: key.account.clone(),
                partition: self.partition(&key.account).to_owned(),
            });
        };
        let user = self
            .accounts
            .get(&key.account)
            .and_then(|account| account.users.get(name));
        let user = user.ok_or(CredentialFault::UnknownKey)?;
        Ok(Caller::User {
            account: key.account.clone(),
            arn: user.arn.clone(),
            id: user.id.clone(),
            rights: user.rights.clone(),
            tags: user.about.tags.clone(),
        })
    }

    pub(crate) fn role(&self, arn: &str) -> Option<RoleView> {
        let account = arn.split(':').nth(4)?;
        let (name, role) = self
            .accounts
            .get(account)?
            .roles
            .iter()
            .find(|(_, role)| role.arn == arn)?;
        Some(RoleView {
            account: account.to_owned(),
            name: name.clone(),
            id: role.id.clone(),
            partition: self.partition(account).to_owned(),
            arn: role.arn.clone(),
            trust: role.trust.clone(),
            max_session: role.max_session,
        })
    }

    /// The first active key of each user of that name, one for each account that has one.
    #[cfg(feature = "sdk")]
    pub(crate) fn keys_of(&self, user: &str) -> Vec<(String, Secret)> {
        let mut first: BTreeMap<&str, (&str, &Secret)> = BTreeMap::new();
        for (id, key) in &self.keys {
            if key.status == KeyStatus::Active && key.user.as_deref() == Some(user) {
                let found = first.entry(&key.account).or_insert((id, &key.secret));
                if id.as_str() < found.0 {
                    *found = (id, &key.secret);
                }
            }
        }
        let keys = first.into_values();
        keys.map(|(id, secret)| (id.to_owned(), secret.clone())).collect()
    }

    pub(crate) fn add_session(&self, new: NewSession) {
        write(&self.sessions).insert(new.access_key_id, new.session);
    }

    pub(crate) fn kms_key(&self, arn: &str) -> Option<KmsKey> {
        self.kms_keys.get(arn).cloned()
    }

    pub(crate) fn set_key_status(&mut self, access_key_id: &str, status: KeyStatus) -> Result<(), Error> {
        self.key_mut(access_key_id)?.status = status;
        Ok(())
    }

    pub(crate) fn rotate_key(&mut self, access_key_id: &str, ids: &Ids) -> Result<KeyPair, Error> {
        let old = self.key_mut(access_key_id)?;
        old.status = KeyStatus::Inactive;
        let (account, user) = (old.account.clone(), old.user.clone());
        let (access_key_id, secret) = ids.access_key();
        let secret_access_key = Secret::from(secret);
        self.add_key(
            &account,
            user.as_deref(),
            &access_key_id,
            secret_access_key.clone(),
            KeyStatus::Active,
        )?;
        Ok(KeyPair {
            access_key_id,
            secret_access_key,
        })
    }

    pub(crate) fn set_user_policy(
        &mut self,
        account: &str,
        user: &str,
        name: &str,
        policy: Option<Policy>,
    ) -> Result<(), Error> {
        let found = self.account(account)?.users.get_mut(user);
        let found = found.ok_or_else(|| missing(format!("user `{user}` in account `{account}`")))?;
        set(&mut found.rights, name, policy)
    }

    pub(crate) fn set_role_policy(
        &mut self,
        account: &str,
        role: &str,
        name: &str,
        policy: Option<Policy>,
    ) -> Result<(), Error> {
        set(&mut self.role_mut(account, role)?.rights, name, policy)
    }

    pub(crate) fn set_trust_policy(
        &mut self,
        account: &str,
        role: &str,
        policy: Policy,
    ) -> Result<(), Error> {
        self.role_mut(account, role)?.trust = policy;
        Ok(())
    }

    fn session_caller(&self, session: &Session) -> Caller {
        // A role that is gone, or was made anew, leaves its sessions without any permission.
        let role = self
            .accounts
            .get(&session.role.account)
            .and_then(|account| account.roles.get(&session.role.name))
            .filter(|role| role.id == session.role.id);
        Caller::Session {
            account: session.role.account.clone(),
            arn: session.role.session_arn(&session.session_name),
            role_id: session.role.id.clone(),
            role_arn: session.role.arn.clone(),
            session_name: session.session_name.clone(),
            rights: role.map(|role| role.rights.clone()).unwrap_or_default(),
            session_policy: session.policy.clone(),
            issued: session.issued,
            role_tags: role.map(|role| role.about.tags.clone()).unwrap_or_default(),
            tags: session.tags.clone(),
            source_identity: session.source_identity.clone(),
        }
    }

    fn account(&mut self, id: &str) -> Result<&mut Account, Error> {
        self.accounts
            .get_mut(id)
            .ok_or_else(|| missing(format!("account `{id}`")))
    }

    fn role_mut(&mut self, account: &str, role: &str) -> Result<&mut Role, Error> {
        let found = self.account(account)?.roles.get_mut(role);
        found.ok_or_else(|| missing(format!("role `{role}` in account `{account}`")))
    }

    fn key_mut(&mut self, access_key_id: &str) -> Result<&mut Key, Error> {
        self.keys
            .get_mut(access_key_id)
            .ok_or_else(|| missing(format!("access key `{access_key_id}`")))
    }
}

fn set(rights: &mut Rights, name: &str, policy: Option<Policy>) -> Result<(), Error> {
    let policies = Arc::make_mut(&mut rights.policies);
    match policy {
        Some(policy) => policies.insert(name, policy),
        None if policies.remove(name) => {}
        None => return Err(missing(format!("policy `{name}`"))),
    }
    Ok(())
}

fn twice(what: String) -> Error {
    Error::new(ErrorKind::Seed, format!("{what} is there twice"))
}

fn missing(what: String) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no {what}"))
}
