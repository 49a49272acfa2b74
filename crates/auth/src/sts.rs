//! The port to STS: the three calls that this crate needs, in its own words. Knows nothing of the SDK.

mod answer;
#[cfg(feature = "aws")]
mod aws;
mod paced;
mod request;

pub use answer::{AssumedRole, CallerIdentity};
#[cfg(feature = "aws")]
pub use aws::{AwsSts, AwsStsBuilder};
pub use paced::Paced;
pub(crate) use request::CHAINED_MAX;
pub use request::{AssumeRoleRequest, WebIdentityRequest};

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::Error;

/// AWS's Security Token Service, or something that answers like it.
///
/// Implementations make one attempt per call: when to ask again is decided by [`Cached`](crate::Cached), in one place.
/// An error tells denied, throttled and unreachable apart (see [`ErrorKind`](crate::ErrorKind)); use
/// [`ServiceAnswer`](crate::ServiceAnswer) to make one of an answer with a code.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Sts: Debug + Send + Sync + 'static {
    /// Assumes a role: `AssumeRole`, signed with the caller's own credentials.
    ///
    /// # Errors
    ///
    /// [`Denied`](crate::ErrorKind::Denied) where the trust policy, the external ID or the caller's own rights do not
    /// allow it: STS does not say which. A call without effect: nothing lasts but the session.
    ///
    /// # Cancel safety
    ///
    /// Safe: a session that was made and not received expires unused.
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error>;

    /// Assumes a role by the token of a workload: `AssumeRoleWithWebIdentity`, which is not signed.
    ///
    /// # Errors
    ///
    /// [`Denied`](crate::ErrorKind::Denied) where the trust policy does not name the token's issuer or subject;
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated) where the token is expired or malformed.
    ///
    /// # Cancel safety
    ///
    /// Safe: a session that was made and not received expires unused.
    async fn assume_role_with_web_identity(&self, request: &WebIdentityRequest)
    -> Result<AssumedRole, Error>;

    /// Who the caller's own credentials belong to: `GetCallerIdentity`, which AWS allows to everyone.
    ///
    /// # Errors
    ///
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated) where the credentials are unknown, wrong or expired.
    ///
    /// # Cancel safety
    ///
    /// Safe: it only reads.
    async fn caller_identity(&self) -> Result<CallerIdentity, Error>;
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Sts + ?Sized> Sts for Arc<T> {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error> {
        (**self).assume_role(request).await
    }

    async fn assume_role_with_web_identity(
        &self,
        request: &WebIdentityRequest,
    ) -> Result<AssumedRole, Error> {
        (**self).assume_role_with_web_identity(request).await
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        (**self).caller_identity().await
    }
}
