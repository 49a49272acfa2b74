//! What is asked: who, which action, on what, in which context. Holds everything pre-cut for matching.

use super::{Context, Principal, Resource};
use crate::{AccountId, ActionName, BucketName};

/// One request to AWS, as policies see it.
///
/// Its context has the keys that AWS derives from caller, action and resource, unless they are given or
/// [`Request::without_identity_keys`] is asked for:
///
/// - `aws:PrincipalArn` (for a session, the role's ARN without its path), `aws:PrincipalAccount`, `aws:PrincipalType`,
///   `aws:userid` (where it follows from the name), `aws:username` (users alone);
/// - `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:PrincipalServiceNamesList`, `aws:ViaAWSService`;
/// - `aws:SecureTransport`, `true`: every client of AWS's speaks TLS unless it is told not to;
/// - `aws:ResourceAccount`, and `aws:RequestedRegion` where the resource's ARN names its region;
/// - `s3:ResourceAccount` for S3, `s3:DataAccessPointArn` and `s3:DataAccessPointAccount` through an access point,
///   `kms:CallerAccount` for KMS.
///
/// All of these are documented as always present
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>). Others that AWS always
/// sends too, such as `aws:CurrentTime` and `aws:SourceIp`, do not follow from the request: nothing is guessed.
///
/// ```
/// use bucketline_policy::Request;
/// let caller = "arn:aws:iam::123456789012:user/ada".parse()?;
/// let request = Request::new(caller, "s3:PutObject".parse()?, "arn:aws:s3:::acme/f");
/// assert_eq!(request.request_context().get("aws:username"), ["ada"]);
/// assert_eq!(request.request_context().get("aws:PrincipalIsAWSService"), ["false"]);
/// let request = request.context("aws:username", "eve").without_identity_keys();
/// assert_eq!(request.request_context().iter().count(), 1);
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) principal: Principal,
    pub(super) action: ActionName,
    pub(super) resource: Resource,
    /// What is matched instead of the resource, where AWS matches something else.
    matched: Option<Resource>,
    pub(super) resource_account: Option<AccountId>,
    given: Context,
    derives_keys: bool,
    pub(super) context: Context,
    /// The bucket behind the access point that the resource names.
    bucket: Option<BucketName>,
    /// The same request as the bucket's owner sees it.
    behind: Option<Box<Self>>,
}

impl Request {
    /// A request with the keys that follow from it. The resource's account is taken from its ARN where that names one.
    pub fn new(principal: Principal, action: ActionName, resource: impl Into<Resource>) -> Self {
        let resource = resource.into();
        let request = Self {
            matched: matched(&principal, &action, &resource),
            resource_account: resource.account(),
            principal,
            action,
            resource,
            given: Context::default(),
            derives_keys: true,
            context: Context::default(),
            bucket: None,
            behind: None,
        };
        request.settled()
    }

    /// The account that owns the resource; needed for bucket and object ARNs, which do not name it. Without it the
    /// resource counts as the caller's own.
    #[must_use]
    pub fn resource_account(mut self, account: AccountId) -> Self {
        self.resource_account = Some(account);
        self.settled()
    }

    /// The bucket behind the access point whose ARN, or an object's below it, is the resource. The bucket's policy is then asked
    /// about the bucket, whose owner is the one of [`Request::resource_account`] if that is given, and all others about the
    /// access point. Without an access point it means nothing.
    #[must_use]
    pub fn in_bucket(mut self, bucket: BucketName) -> Self {
        self.bucket = Some(bucket);
        self.settled()
    }

    /// Adds one value to a context key. A key that is given is not derived.
    #[must_use]
    pub fn context(mut self, key: impl AsRef<str>, value: impl Into<String>) -> Self {
        self.given.push(key.as_ref(), value.into());
        self.settled()
    }

    /// Replaces all keys that were given.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.given = context;
        self.settled()
    }

    /// Leaves the context exactly as it is given: no key is derived from caller, action and resource.
    #[must_use]
    pub fn without_identity_keys(mut self) -> Self {
        self.derives_keys = false;
        self.settled()
    }

    /// The caller.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The action.
    pub fn action(&self) -> &ActionName {
        &self.action
    }

    /// The resource.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The account that owns the resource, if known.
    pub fn account_of_resource(&self) -> Option<AccountId> {
        self.resource_account
    }

    /// The context that policies see: what was given and what was derived.
    pub fn request_context(&self) -> &Context {
        &self.context
    }

    /// The part of the context that was given.
    pub fn given_context(&self) -> &Context {
        &self.given
    }

    /// The bucket behind an access point, where one is given.
    pub fn bucket(&self) -> Option<&BucketName> {
        self.bucket.as_ref()
    }

    /// The same request on the bucket, where it goes through an access point and the bucket is known.
    pub fn behind(&self) -> Option<&Self> {
        self.behind.as_deref()
    }

    /// What `Resource` elements are matched with.
    #[inline]
    pub(super) fn matched_resource(&self) -> &Resource {
        self.matched.as_ref().unwrap_or(&self.resource)
    }

    fn settled(mut self) -> Self {
        self.context = self.given.clone();
        if self.derives_keys {
            self.derive_keys();
        }
        let resource = self
            .bucket
            .as_ref()
            .and_then(|bucket| self.resource.behind(bucket));
        self.behind = resource.map(|resource| {
            Box::new(Self {
                resource,
                bucket: None,
                behind: None,
                ..self.clone()
            })
        });
        self
    }

    fn derive_keys(&mut self) {
        let service = self.action.service();
        let account = self.principal.account();
        let mut derived = self.principal.context_keys();
        derived.push(("aws:securetransport", "true".to_owned()));
        if let Some(owner) = self.resource_account.or(account) {
            derived.push(("aws:resourceaccount", owner.to_string()));
            if service == "s3" {
                derived.push(("s3:resourceaccount", owner.to_string()));
            }
        }
        if let Some(account) = account.filter(|_| service == "kms") {
            derived.push(("kms:calleraccount", account.to_string()));
        }
        let region = self.resource.field(3).filter(|region| !region.is_empty());
        if let Some(region) = region.filter(|region| !region.contains(['*', '?'])) {
            derived.push(("aws:requestedregion", region.to_owned()));
        }
        if let Some(point) = self.resource.access_point().filter(|_| service == "s3") {
            derived.push(("s3:dataaccesspointarn", point.to_owned()));
            derived.extend(
                self.resource
                    .account()
                    .map(|account| ("s3:dataaccesspointaccount", account.to_string())),
            );
        }
        for (key, value) in derived {
            self.context.set_default(key, value);
        }
    }
}

/// Some calls of S3 have no resource, and AWS's own examples grant them on all buckets: their requests are about
/// `arn:aws:s3:::*`
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>, `AllowS3ListRead`).
fn matched(principal: &Principal, action: &ActionName, resource: &Resource) -> Option<Resource> {
    let is_about_all = resource.as_str() == "*"
        && matches!(
            action.lower(),
            "s3:listallmybuckets" | "s3:getaccountpublicaccessblock" | "s3:listaccesspoints"
        );
    is_about_all.then(|| format!("arn:{}:s3:::*", principal.partition()).into())
}
