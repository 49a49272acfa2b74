//! An account in a seed, with all that is in it.

use serde::Deserialize;

use super::principal::AccessKey;
#[cfg(feature = "seed-file")]
use super::text::Text;
use super::{Bucket, KmsKey, Role, User};
use crate::error::{Error, ErrorKind};
use crate::world::{self, Identities};

/// An AWS account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    id: String,
    #[serde(default = "aws")]
    partition: String,
    #[serde(default)]
    root_access_keys: Vec<AccessKey>,
    #[serde(default, rename = "user")]
    users: Vec<User>,
    #[serde(default, rename = "role")]
    roles: Vec<Role>,
    #[serde(default, rename = "bucket")]
    buckets: Vec<Bucket>,
    #[serde(default, rename = "kms_key")]
    kms_keys: Vec<KmsKey>,
}

impl Account {
    /// An account with nothing in it. The id is 12 digits.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            partition: aws(),
            root_access_keys: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            buckets: Vec::new(),
            kms_keys: Vec::new(),
        }
    }

    /// Sets the partition: `aws-cn`, `aws-us-gov`, ...; `aws` unless set. All ARNs of the account are of it.
    #[must_use]
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = partition.into();
        self
    }

    /// Gives the root user an access key.
    #[must_use]
    pub fn root_access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.root_access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// Adds a bucket that the account owns.
    #[must_use]
    pub fn bucket(mut self, bucket: Bucket) -> Self {
        self.buckets.push(bucket);
        self
    }

    /// Adds a KMS key; an ARN alone stands for an enabled one.
    #[must_use]
    pub fn kms_key(mut self, key: impl Into<KmsKey>) -> Self {
        self.kms_keys.push(key.into());
        self
    }

    /// Does something with each policy text that the account holds.
    #[cfg(feature = "seed-file")]
    pub(super) fn texts(
        &mut self,
        with: &mut dyn FnMut(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.users.iter_mut().try_for_each(|user| user.texts(with))?;
        self.roles.iter_mut().try_for_each(|role| role.texts(with))?;
        self.kms_keys.iter_mut().try_for_each(|key| key.texts(with))?;
        self.buckets.iter_mut().try_for_each(|bucket| bucket.texts(with))
    }

    pub(super) fn build(
        self,
        identities: &mut Identities,
        buckets: &mut Vec<world::Bucket>,
    ) -> Result<(), Error> {
        let id = self.id;
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::new(
                ErrorKind::Seed,
                format!("account id `{id}` is not 12 digits"),
            ));
        }
        identities.add_account(&id, &self.partition)?;
        for key in self.root_access_keys {
            key.build(&id, None, identities)?;
        }
        for user in self.users {
            user.build(&id, identities)?;
        }
        for role in self.roles {
            role.build(&id, identities)?;
        }
        for key in self.kms_keys {
            key.build(&id, identities)?;
        }
        for bucket in self.buckets {
            buckets.push(bucket.build(&id)?);
        }
        Ok(())
    }
}

fn aws() -> String {
    "aws".into()
}
