//! The port to IAM: the few calls that making a grant needs, in this crate's words. Knows nothing of the SDK, and not
//! in which order the calls are made.

mod access_key;
mod aws;
mod names;
mod role;
mod user;

pub use access_key::{AccessKeyInfo, KeyStatus};
pub use aws::AwsIam;
pub use names::{IamName, IamPath};
pub use role::{CreateRole, Role};
pub use user::{CreateUser, User};

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use bucketline_auth::{AccessKey, AccessKeyId, Error};
use bucketline_policy::Document;

/// AWS's Identity and Access Management, or something that answers like it.
///
/// One attempt per call. IAM is eventually consistent: what a call has made may be unseen by the next for seconds, so
/// [`NotFound`](crate::ErrorKind::NotFound) right after a creation says nothing. Of a call that writes, an error's
/// [`effect`](Error::effect) tells whether it may have been carried out all the same: look before asking again.
///
/// # Errors
///
/// Of every call: [`Denied`](crate::ErrorKind::Denied) where the caller's own policies do not allow it,
/// [`Unauthenticated`](crate::ErrorKind::Unauthenticated), [`Throttled`](crate::ErrorKind::Throttled),
/// [`Conflict`](crate::ErrorKind::Conflict) where the same thing is being changed,
/// [`TimedOut`](crate::ErrorKind::TimedOut) and [`Unavailable`](crate::ErrorKind::Unavailable); others as each says.
///
/// # Cancel safety
///
/// A call that writes and is cancelled may have been carried out: look before asking again.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Iam: Debug + Send + Sync + 'static {
    /// A role. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn get_role(&self, name: &IamName) -> Result<Role, Error>;

    /// Makes a role. [`AlreadyExists`](crate::ErrorKind::AlreadyExists) where there is one of that name, whatever its
    /// path; [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where a principal in the trust policy does not exist (yet).
    async fn create_role(&self, role: &CreateRole) -> Result<Role, Error>;

    /// Replaces a role's trust policy.
    async fn update_assume_role_policy(&self, role: &IamName, trust: &Document) -> Result<(), Error>;

    /// An inline policy of a role. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn get_role_policy(&self, role: &IamName, policy: &IamName) -> Result<Document, Error>;

    /// Adds or replaces an inline policy of a role.
    async fn put_role_policy(
        &self,
        role: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error>;

    /// Deletes a role. [`Conflict`](crate::ErrorKind::Conflict) while it has policies.
    async fn delete_role(&self, name: &IamName) -> Result<(), Error>;

    /// Deletes an inline policy of a role. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn delete_role_policy(&self, role: &IamName, policy: &IamName) -> Result<(), Error>;

    /// A user. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn get_user(&self, name: &IamName) -> Result<User, Error>;

    /// Makes a user. [`AlreadyExists`](crate::ErrorKind::AlreadyExists) where there is one of that name.
    async fn create_user(&self, user: &CreateUser) -> Result<User, Error>;

    /// Adds or replaces an inline policy of a user.
    async fn put_user_policy(
        &self,
        user: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error>;

    /// An inline policy of a user. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn get_user_policy(&self, user: &IamName, policy: &IamName) -> Result<Document, Error>;

    /// Deletes an inline policy of a user. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn delete_user_policy(&self, user: &IamName, policy: &IamName) -> Result<(), Error>;

    /// Deletes a user. [`Conflict`](crate::ErrorKind::Conflict) while it has policies, keys or memberships.
    async fn delete_user(&self, name: &IamName) -> Result<(), Error>;

    /// Makes an access key: the only moment at which its secret can be had.
    /// [`LimitExceeded`](crate::ErrorKind::LimitExceeded) where the user has two already.
    async fn create_access_key(&self, user: &IamName) -> Result<AccessKey, Error>;

    /// A user's access keys, without their secrets.
    async fn list_access_keys(&self, user: &IamName) -> Result<Vec<AccessKeyInfo>, Error>;

    /// Switches an access key on or off. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn set_access_key_status(
        &self,
        user: &IamName,
        key: &AccessKeyId,
        status: KeyStatus,
    ) -> Result<(), Error>;

    /// Deletes an access key. [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    async fn delete_access_key(&self, user: &IamName, key: &AccessKeyId) -> Result<(), Error>;
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Iam + ?Sized> Iam for Arc<T> {
    async fn get_role(&self, name: &IamName) -> Result<Role, Error> {
        (**self).get_role(name).await
    }

    async fn create_role(&self, role: &CreateRole) -> Result<Role, Error> {
        (**self).create_role(role).await
    }

    async fn update_assume_role_policy(&self, role: &IamName, trust: &Document) -> Result<(), Error> {
        (**self).update_assume_role_policy(role, trust).await
    }

    async fn get_role_policy(&self, role: &IamName, policy: &IamName) -> Result<Document, Error> {
        (**self).get_role_policy(role, policy).await
    }

    async fn put_role_policy(
        &self,
        role: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error> {
        (**self).put_role_policy(role, policy, document).await
    }

    async fn get_user(&self, name: &IamName) -> Result<User, Error> {
        (**self).get_user(name).await
    }

    async fn create_user(&self, user: &CreateUser) -> Result<User, Error> {
        (**self).create_user(user).await
    }

    async fn put_user_policy(
        &self,
        user: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error> {
        (**self).put_user_policy(user, policy, document).await
    }

    async fn create_access_key(&self, user: &IamName) -> Result<AccessKey, Error> {
        (**self).create_access_key(user).await
    }

    async fn list_access_keys(&self, user: &IamName) -> Result<Vec<AccessKeyInfo>, Error> {
        (**self).list_access_keys(user).await
    }

    async fn delete_access_key(&self, user: &IamName, key: &AccessKeyId) -> Result<(), Error> {
        (**self).delete_access_key(user, key).await
    }

    async fn delete_role(&self, name: &IamName) -> Result<(), Error> {
        (**self).delete_role(name).await
    }

    async fn delete_role_policy(&self, role: &IamName, policy: &IamName) -> Result<(), Error> {
        (**self).delete_role_policy(role, policy).await
    }

    async fn get_user_policy(&self, user: &IamName, policy: &IamName) -> Result<Document, Error> {
        (**self).get_user_policy(user, policy).await
    }

    async fn delete_user_policy(&self, user: &IamName, policy: &IamName) -> Result<(), Error> {
        (**self).delete_user_policy(user, policy).await
    }

    async fn delete_user(&self, name: &IamName) -> Result<(), Error> {
        (**self).delete_user(name).await
    }

    async fn set_access_key_status(
        &self,
        user: &IamName,
        key: &AccessKeyId,
        status: KeyStatus,
    ) -> Result<(), Error> {
        (**self).set_access_key_status(user, key, status).await
    }
}
