//! The policies that bear on one request, by layer. Holds them; the order of asking is `authorize`'s.

use super::{PolicySet, Request};
use serde::Serialize;

/// All policies that bear on a request. Layers that do not exist are left out.
///
/// ```
/// use bucketline_policy::{Decision, Document, Layers, PolicySet, Request, authorize};
/// let identity: Document =
///     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#.parse()?;
/// let session: Document =
///     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/f/*"}}"#
///         .parse()?;
/// let (identity, session) = (PolicySet::compile(&[identity]), PolicySet::compile(&[session]));
/// let layers = Layers::new(&identity).session(&session);
/// let request = Request::new(
///     "arn:aws:sts::123456789012:assumed-role/Export/job".parse()?,
///     "s3:PutObject".parse()?,
///     "arn:aws:s3:::b/elsewhere/x",
/// );
/// assert_eq!(authorize(&layers, &request).decision(), Decision::ImplicitDeny);
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    pub(super) identity: &'a PolicySet,
    pub(super) boundary: Option<&'a PolicySet>,
    pub(super) session: Option<&'a PolicySet>,
    pub(super) resource: Option<&'a PolicySet>,
    pub(super) resource_kind: Option<ResourceKind>,
    pub(super) scps: &'a [PolicySet],
    pub(super) rcps: &'a [PolicySet],
}

impl<'a> Layers<'a> {
    /// All identity policies of the caller: attached, inline and, for a user, those of its groups. An empty set for a
    /// caller without any.
    pub fn new(identity: &'a PolicySet) -> Self {
        Self {
            identity,
            boundary: None,
            session: None,
            resource: None,
            resource_kind: None,
            scps: &[],
            rcps: &[],
        }
    }

    /// The caller's permissions boundary.
    #[must_use]
    pub fn boundary(mut self, boundary: &'a PolicySet) -> Self {
        self.boundary = Some(boundary);
        self
    }

    /// The session policies the caller's session was made with, inline and managed together.
    #[must_use]
    pub fn session(mut self, session: &'a PolicySet) -> Self {
        self.session = Some(session);
        self
    }

    /// The policy of the resource: a bucket policy, a role's trust policy, a key policy.
    #[must_use]
    pub fn resource(mut self, resource: &'a PolicySet) -> Self {
        self.resource = Some(resource);
        self
    }

    /// What kind of resource policy is meant, where the request does not tell it ([`ResourceKind::of`]).
    #[must_use]
    pub fn resource_kind(mut self, kind: ResourceKind) -> Self {
        self.resource_kind = Some(kind);
        self
    }

    /// The service control policies over the caller's account, one set per level from the root down. Each level must
    /// allow.
    #[must_use]
    pub fn service_control(mut self, levels: &'a [PolicySet]) -> Self {
        self.scps = levels;
        self
    }

    /// The resource control policies over the resource's account, one set per level from the root down. AWS attaches
    /// `RCPFullAWSAccess` to every level and lets nobody detach it, so only their denials matter.
    #[must_use]
    pub fn resource_control(mut self, levels: &'a [PolicySet]) -> Self {
        self.rcps = levels;
        self
    }

    /// The policies of one layer, if it exists.
    pub fn policies(&self, layer: Layer) -> Option<&'a PolicySet> {
        match layer {
            Layer::ResourceControl(level) => self.rcps.get(level),
            Layer::ServiceControl(level) => self.scps.get(level),
            Layer::Resource => self.resource,
            Layer::Identity => Some(self.identity),
            Layer::Boundary => self.boundary,
            Layer::Session => self.session,
        }
    }
}

/// Kinds of resource policy that AWS treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A bucket policy, or that of any other resource: within one account, an identity policy alone may suffice.
    Bucket,
    /// A role's trust policy: it must allow, always.
    Trust,
    /// A KMS key policy: it must allow, always.
    Key,
}

impl ResourceKind {
    /// What the request's resource is: a role that is to be assumed, a KMS key, or anything else.
    pub fn of(request: &Request) -> Self {
        let field = |index| request.resource.field(index).unwrap_or_default();
        match (field(2), request.action.service()) {
            ("iam", "sts") if field(5).starts_with("role/") => Self::Trust,
            ("kms", "kms") if field(5).starts_with("key/") => Self::Key,
            _ => Self::Bucket,
        }
    }
}

/// One kind of policy in the order in which AWS asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Layer {
    /// A resource control policy at this level, from 0.
    ResourceControl(usize),
    /// A service control policy at this level, from 0.
    ServiceControl(usize),
    /// The policy of the resource.
    Resource,
    /// The caller's own policies.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
}
