//! A session in a customer's role. Knows STS by its port alone, and nothing of caching.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use bucketline_policy::{AccountId, Arn, Document};

use crate::sts::{AssumeRoleRequest, AssumedRole, CHAINED_MAX, Sts};
use crate::{
    Error, ErrorKind, ExternalId, Region, RoleArn, SessionName, SessionPolicy, SessionTag, SourceIdentity,
};

/// What [`AssumeRole::size_used_percent`] holds before the first session.
const UNKNOWN: u32 = u32::MAX;

/// Provides sessions of a role: one `AssumeRole` for each time it is asked. Wrap it in [`Cached`](crate::Cached).
///
/// A role of another account wants an external ID: there is no way to leave it out, since that is how one customer's
/// role comes to serve another (the "confused deputy"). What can be known to be wrong is refused here, before the
/// first call.
///
/// ```
/// use std::sync::Arc;
/// use bucketline_auth::{AssumeRole, Sts, VendorAccount};
///
/// # fn provider(sts: Arc<dyn Sts>) -> Result<AssumeRole, bucketline_auth::Error> {
/// let role = "arn:aws:iam::111122223333:role/export".parse()?;
/// let ours = "999988887777".parse()?;
///
/// Ok(AssumeRole::new(sts, VendorAccount::Is(ours), role, "bl-0192f3b4".parse()?)?
///     .session_name("bucketline-5f1e0c2ab7d94e00a1b2c3d4".parse()?))
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRole {
    sts: Arc<dyn Sts>,
    request: AssumeRoleRequest,
    size_used: Arc<AtomicU32>,
}

impl AssumeRole {
    /// Sessions of a customer's role: one hour each, named `bucketline`, with all that the role may do.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) where the role is in the vendor's own account: a customer who could
    /// name one would be let into the vendor's house.
    pub fn new(
        sts: Arc<dyn Sts>,
        vendor: VendorAccount,
        role: RoleArn,
        external_id: ExternalId,
    ) -> Result<Self, Error> {
        vendor.check(&role)?;
        Ok(Self::with_request(
            sts,
            AssumeRoleRequest::new(role, SessionName::default()).with_external_id(external_id),
        ))
    }

    /// Sessions of a role in the caller's own account, where an external ID protects nobody.
    ///
    /// Never to be made from what a customer typed: whoever names an internal role would be given it.
    #[must_use]
    pub fn within_account(sts: Arc<dyn Sts>, role: RoleArn) -> Self {
        Self::with_request(sts, AssumeRoleRequest::new(role, SessionName::default()))
    }

    fn with_request(sts: Arc<dyn Sts>, request: AssumeRoleRequest) -> Self {
        Self {
            sts,
            request,
            size_used: Arc::new(AtomicU32::new(UNKNOWN)),
        }
    }

    /// The name under which the customer finds the sessions in CloudTrail.
    #[must_use]
    pub fn session_name(mut self, name: SessionName) -> Self {
        self.request = self.request.with_session_name(name);
        self
    }

    /// How long each session lasts: 900 s to 3,600 s, which is AWS's limit where the caller is itself a role's
    /// session, as a service in the cloud is.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) outside that range.
    pub fn duration(self, duration: Duration) -> Result<Self, Error> {
        if duration > CHAINED_MAX {
            return Err(Error::invalid(format!(
                "a session of {} s cannot be had by a caller that is a role's session itself",
                duration.as_secs()
            ))
            .with_subject(format!("role `{}`", self.request.role()))
            .with_remedy("ask for 3,600 s at most; sessions are renewed ahead of their end anyway"));
        }
        self.duration_of_long_lived_caller(duration)
    }

    /// How long each session lasts, for a caller with long-lived credentials: 900 s to 43,200 s, and no longer than the
    /// role's own maximum.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) outside that range.
    pub fn duration_of_long_lived_caller(mut self, duration: Duration) -> Result<Self, Error> {
        self.request = self.request.with_duration(duration)?;
        Ok(self)
    }

    /// Boxes each session in: it may do what this document allows, within what the role may.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) where the document has more than 2,048 characters.
    pub fn session_policy(mut self, document: &Document) -> Result<Self, Error> {
        let policy = SessionPolicy::new(document)
            .map_err(|error| error.with_subject(format!("role `{}`", self.request.role())))?;
        self.request = self.request.with_session_policy(policy);
        Ok(self)
    }

    /// Bounds each session by managed policies as well: up to 10, of the role's account or AWS's own.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) for more, or for an ARN that is not one of such a policy.
    pub fn policy_arns(mut self, arns: Vec<Arn>) -> Result<Self, Error> {
        self.request = self.request.with_policy_arns(arns)?;
        Ok(self)
    }

    /// Tags each session: up to 50. The customer's trust policy has to allow `sts:TagSession`, else AWS refuses.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) for more, or for two of one key.
    pub fn tags(mut self, tags: Vec<SessionTag>) -> Result<Self, Error> {
        self.request = self.request.with_tags(tags)?;
        Ok(self)
    }

    /// Says who stands behind each session. The customer's trust policy has to allow `sts:SetSourceIdentity`, else AWS
    /// refuses.
    #[must_use]
    pub fn source_identity(mut self, identity: SourceIdentity) -> Self {
        self.request = self.request.with_source_identity(identity);
        self
    }

    /// Refuses a role of another partition than that of the STS that is asked.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig), naming both partitions.
    pub fn region(self, region: &Region) -> Result<Self, Error> {
        self.request.role().check_region(region)?;
        Ok(self)
    }

    /// What is asked of STS.
    #[must_use]
    pub fn request(&self) -> &AssumeRoleRequest {
        &self.request
    }

    /// How much of AWS's limit on a session's size the last session used, in per cent; see
    /// [`AssumedRole::size_used_percent`].
    #[must_use]
    pub fn size_used_percent(&self) -> Option<u32> {
        Some(self.size_used.load(Ordering::Relaxed)).filter(|&percent| percent != UNKNOWN)
    }

    /// A new session.
    ///
    /// # Errors
    ///
    /// Those of [`Sts::assume_role`]; [`Unexpected`](ErrorKind::Unexpected) where the session that came is not one of
    /// the role asked for, or has no expiry.
    ///
    /// # Cancel safety
    ///
    /// Safe: a session that was made and not received expires unused.
    pub async fn session(&self) -> Result<AssumedRole, Error> {
        let assumed = self.sts.assume_role(&self.request).await?;
        self.size_used
            .store(assumed.size_used_percent.unwrap_or(UNKNOWN), Ordering::Relaxed);
        self.check(&assumed)?;
        Ok(assumed)
    }

    /// Something between us and STS that answers with another's session would have us write to a stranger's bucket.
    fn check(&self, assumed: &AssumedRole) -> Result<(), Error> {
        let role = self.request.role();
        let wrong = |what: String| {
            Err(Error::new(ErrorKind::Unexpected, what)
                .with_operation("AssumeRole")
                .with_subject(role.as_str())
                .with_remedy("look at the STS endpoint and at any proxy before it"))
        };
        let of_role = assumed
            .arn
            .resource()
            .strip_prefix("assumed-role/")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(name, _)| name == role.name());
        if !of_role || assumed.arn.account() != Some(role.account()) {
            return wrong(format!(
                "the session that came is `{}`, which is not of this role",
                assumed.arn
            ));
        }
        if assumed.credentials.expiry().is_none() {
            return wrong("the session that came has no expiry".to_owned());
        }
        Ok(())
    }
}

/// The account whose credentials ask for customers' sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a closed set: either the account is known, or it is said that it is not"
)]
pub enum VendorAccount {
    /// This one: a role in it is refused.
    Is(AccountId),
    /// Not known, so that nothing can be compared. Whoever offers roles to be typed in has to know it.
    Unknown,
}

impl VendorAccount {
    fn check(&self, role: &RoleArn) -> Result<(), Error> {
        match self {
            Self::Is(vendor) if role.account() == *vendor => Err(Error::invalid(format!(
                "the role is in the vendor's own account `{vendor}`"
            ))
            .with_subject(format!("role `{role}`"))
            .with_remedy("ask the customer for the ARN of a role in their account")),
            _ => Ok(()),
        }
    }
}

impl ProvideCredentials for AssumeRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            Ok(self.session().await.map_err(CredentialsError::from)?.credentials)
        })
    }
}
