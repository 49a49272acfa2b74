//! Managed policies: their versions, who has them attached, and whom they bound.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::iam::About;
use super::{Identities, missing};
use crate::authorize::{Policy, Rights};
use crate::error::Error;

/// AWS's own, which every account can attach.
const ADMINISTRATOR: &str = "policy/AdministratorAccess";
const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A managed policy.
#[derive(Debug, Clone)]
pub(crate) struct Managed {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) about: About,
    pub(crate) default: u32,
    pub(crate) versions: BTreeMap<u32, ManagedVersion>,
    /// The number of the next version: those that were deleted are not used again.
    next: u32,
}

/// One version of it.
#[derive(Debug, Clone)]
pub(crate) struct ManagedVersion {
    pub(crate) policy: Policy,
    pub(crate) created: SystemTime,
}

/// A user or role, as far as policies are attached to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder<'a> {
    User(&'a str),
    Role(&'a str),
}

impl Managed {
    fn in_force(&self) -> Option<&Policy> {
        self.versions.get(&self.default).map(|version| &version.policy)
    }
}

impl Identities {
    /// A managed policy by its ARN, as an account sees it.
    pub(crate) fn managed(&self, account: &str, arn: &str) -> Option<&Managed> {
        self.accounts.get(account)?.managed.get(arn)
    }

    /// The managed policies of an account, by ARN.
    pub(crate) fn managed_of(&self, account: &str) -> impl Iterator<Item = (&str, &Managed)> {
        let found = self.accounts.get(account).into_iter();
        found.flat_map(|account| account.managed.iter().map(|(arn, policy)| (arn.as_str(), policy)))
    }

    /// What a managed policy says today, AWS's own among them.
    pub(crate) fn managed_in_force(&self, account: &str, arn: &str) -> Option<Policy> {
        if let Some(found) = self.managed(account, arn) {
            return found.in_force().cloned();
        }
        let (partition, name) = arn.strip_prefix("arn:")?.split_once(":iam::aws:")?;
        (name == ADMINISTRATOR && partition == self.partition(account))
            .then(|| Policy::parse("the policy", ANYTHING).ok())?
    }

    /// Makes a policy; its ARN.
    pub(crate) fn add_managed(
        &mut self,
        account: &str,
        name: &str,
        about: About,
        policy: Policy,
        now: SystemTime,
    ) -> Result<String, Error> {
        let partition = self.partition(account).to_owned();
        let arn = format!("arn:{partition}:iam::{account}:policy{}{name}", about.path);
        let id = self.new_id("ANPA", &arn);
        let first = ManagedVersion { policy, created: now };
        let managed = Managed {
            name: name.to_owned(),
            id,
            about,
            default: 1,
            versions: BTreeMap::from([(1, first)]),
            next: 2,
        };
        self.account(account)?.managed.insert(arn.clone(), managed);
        Ok(arn)
    }

    /// Adds a version; its number.
    pub(crate) fn add_version(
        &mut self,
        account: &str,
        arn: &str,
        policy: Policy,
        as_default: bool,
        now: SystemTime,
    ) -> Result<u32, Error> {
        let managed = self.managed_mut(account, arn)?;
        let number = managed.next;
        managed.next += 1;
        managed
            .versions
            .insert(number, ManagedVersion { policy, created: now });
        if as_default {
            managed.default = number;
            self.spread(account, arn);
        }
        Ok(number)
    }

    /// Puts another version into force.
    pub(crate) fn set_default_version(
        &mut self,
        account: &str,
        arn: &str,
        version: u32,
    ) -> Result<(), Error> {
        self.managed_mut(account, arn)?.default = version;
        self.spread(account, arn);
        Ok(())
    }

    pub(crate) fn remove_version(&mut self, account: &str, arn: &str, version: u32) -> Result<(), Error> {
        self.managed_mut(account, arn)?.versions.remove(&version);
        Ok(())
    }

    pub(crate) fn remove_managed(&mut self, account: &str, arn: &str) -> Result<(), Error> {
        let removed = self.account(account)?.managed.remove(arn);
        removed
            .map(drop)
            .ok_or_else(|| missing(format!("policy `{arn}`")))
    }

    /// How many users and roles have a policy attached, and how many are bounded by it.
    pub(crate) fn uses_of(&self, account: &str, arn: &str) -> (usize, usize) {
        let Some(account) = self.accounts.get(account) else {
            return (0, 0);
        };
        let users = account.users.values().map(|user| &user.rights);
        let roles = account.roles.values().map(|role| &role.rights);
        let mut uses = (0, 0);
        for rights in users.chain(roles) {
            uses.0 += usize::from(rights.policies.attached().any(|attached| attached == arn));
            uses.1 += usize::from(rights.boundary_arn.as_deref() == Some(arn));
        }
        uses
    }

    /// What a user or role is given.
    pub(crate) fn rights_mut(&mut self, account: &str, holder: Holder<'_>) -> Result<&mut Rights, Error> {
        let found = self.account(account)?;
        let rights = match holder {
            Holder::User(name) => found.users.get_mut(name).map(|user| &mut user.rights),
            Holder::Role(name) => found.roles.get_mut(name).map(|role| &mut role.rights),
        };
        rights.ok_or_else(|| missing(format!("{holder:?} in account `{account}`")))
    }

    /// Whoever has the policy, or is bounded by it, has it as it is now.
    fn spread(&mut self, account: &str, arn: &str) {
        let Some(policy) = self.managed_in_force(account, arn) else {
            return;
        };
        let Ok(account) = self.account(account) else {
            return;
        };
        let users = account.users.values_mut().map(|user| &mut user.rights);
        let roles = account.roles.values_mut().map(|role| &mut role.rights);
        for rights in users.chain(roles) {
            if rights.policies.attached().any(|attached| attached == arn) {
                rights.attach(arn, policy.clone());
            }
            if rights.boundary_arn.as_deref() == Some(arn) {
                rights.boundary = Some(policy.clone());
            }
        }
    }

    fn managed_mut(&mut self, account: &str, arn: &str) -> Result<&mut Managed, Error> {
        let found = self.account(account)?.managed.get_mut(arn);
        found.ok_or_else(|| missing(format!("policy `{arn}`")))
    }
}
