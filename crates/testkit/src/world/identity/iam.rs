//! What IAM shows and changes of users, roles and keys, and what becomes of policies that name what is no more.

use std::time::{Duration, SystemTime};

use super::{Identities, KeyStatus, missing};
use crate::authorize::{Policy, Rights};
use crate::error::Error;
use crate::ids::Ids;
use crate::world::Secret;

/// What IAM tells of a user or role beside its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(crate) path: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) created: Option<SystemTime>,
}

/// A user, as IAM shows it.
#[derive(Debug, Clone)]
pub(crate) struct UserView {
    pub(crate) arn: String,
    pub(crate) id: String,
    pub(crate) about: About,
    pub(crate) rights: Rights,
}

/// A role, as IAM shows it.
#[derive(Debug, Clone)]
pub(crate) struct RoleRecord {
    pub(crate) arn: String,
    pub(crate) id: String,
    pub(crate) about: About,
    pub(crate) trust: Policy,
    pub(crate) max_session: Duration,
    pub(crate) rights: Rights,
}

/// A user's key, as IAM lists it.
#[derive(Debug, Clone)]
pub(crate) struct KeyView {
    pub(crate) id: String,
    pub(crate) status: KeyStatus,
    pub(crate) created: Option<SystemTime>,
}

impl Identities {
    /// What IAM shows of a user.
    pub(crate) fn user_view(&self, account: &str, user: &str) -> Option<UserView> {
        let found = self.accounts.get(account)?.users.get(user)?;
        Some(UserView {
            arn: found.arn.clone(),
            id: found.id.clone(),
            about: found.about.clone(),
            rights: found.rights.clone(),
        })
    }

    /// What IAM shows of a role.
    pub(crate) fn role_record(&self, account: &str, role: &str) -> Option<RoleRecord> {
        let found = self.accounts.get(account)?.roles.get(role)?;
        Some(RoleRecord {
            arn: found.arn.clone(),
            id: found.id.clone(),
            about: found.about.clone(),
            trust: found.trust.clone(),
            max_session: found.max_session,
            rights: found.rights.clone(),
        })
    }

    /// The users of an account, with their paths.
    pub(crate) fn user_names(&self, account: &str) -> Vec<(String, String)> {
        let found = self.accounts.get(account).into_iter();
        let users = found.flat_map(|account| &account.users);
        users
            .map(|(name, user)| (name.clone(), user.about.path.clone()))
            .collect()
    }

    /// The roles of an account, with their paths.
    pub(crate) fn role_names(&self, account: &str) -> Vec<(String, String)> {
        let found = self.accounts.get(account).into_iter();
        let roles = found.flat_map(|account| &account.roles);
        roles
            .map(|(name, role)| (name.clone(), role.about.path.clone()))
            .collect()
    }

    /// Says of a user what IAM keeps beside its name.
    pub(crate) fn describe_user(&mut self, account: &str, user: &str, about: About) {
        if let Some(found) = self
            .accounts
            .get_mut(account)
            .and_then(|account| account.users.get_mut(user))
        {
            found.about = about;
        }
    }

    /// The same of a role.
    pub(crate) fn describe_role(&mut self, account: &str, role: &str, about: About) {
        if let Ok(found) = self.role_mut(account, role) {
            found.about = about;
        }
    }

    /// A user's keys, by id.
    pub(crate) fn keys_of_user(&self, account: &str, user: &str) -> Vec<KeyView> {
        let keys = self.keys.iter();
        let mut keys: Vec<KeyView> = keys
            .filter(|(_, key)| key.account == account && key.user.as_deref() == Some(user))
            .map(|(id, key)| KeyView {
                id: id.clone(),
                status: key.status,
                created: key.created,
            })
            .collect();
        keys.sort_by(|a, b| a.id.cmp(&b.id));
        keys
    }

    /// Another key for a user.
    pub(crate) fn new_key(
        &mut self,
        account: &str,
        user: &str,
        ids: &Ids,
        now: SystemTime,
    ) -> Result<(String, Secret), Error> {
        let (id, secret) = ids.access_key();
        let secret = Secret::from(secret);
        self.add_key(account, Some(user), &id, secret.clone(), KeyStatus::Active)?;
        self.key_mut(&id)?.created = Some(now);
        Ok((id, secret))
    }

    /// Removes a key.
    pub(crate) fn remove_key(&mut self, access_key_id: &str) {
        self.keys.remove(access_key_id);
    }

    /// Removes a user; policies that named it name its unique id from now on.
    pub(crate) fn remove_user(&mut self, account: &str, user: &str) -> Result<Removed, Error> {
        let removed = self.account(account)?.users.remove(user);
        let user = removed.ok_or_else(|| missing(format!("user `{user}` in account `{account}`")))?;
        Ok(self.orphaned(user.arn, user.id))
    }

    /// Removes a role. Policies that name it by its ARN name its unique id from now on, as AWS's do: a role that is made
    /// anew under the same name is another principal. What was removed, for the policies that are kept elsewhere.
    pub(crate) fn remove_role(&mut self, account: &str, role: &str) -> Result<Removed, Error> {
        let removed = self.account(account)?.roles.remove(role);
        let role = removed.ok_or_else(|| missing(format!("role `{role}` in account `{account}`")))?;
        Ok(self.orphaned(role.arn, role.id))
    }

    fn orphaned(&mut self, arn: String, id: String) -> Removed {
        let removed = Removed { arn, id };
        let trusts = self
            .accounts
            .values_mut()
            .flat_map(|account| account.roles.values_mut());
        let keys = self.kms_keys.values_mut().map(|key| &mut key.policy);
        for policy in trusts.map(|role| &mut role.trust).chain(keys) {
            removed.orphan(policy);
        }
        removed
    }
}

/// A user or role that is no more.
#[derive(Debug, Clone)]
pub(crate) struct Removed {
    arn: String,
    id: String,
}

impl Removed {
    /// Puts the unique id where a policy names the ARN as a principal.
    pub(crate) fn orphan(&self, policy: &mut Policy) {
        if let Some(changed) = policy.with_principal_renamed(&self.arn, &self.id) {
            *policy = changed;
        }
    }
}
