//! The policies that bear on one request, by layer. Holds them; the order of asking is `authorize`'s.

use super::{PolicySet, Request};
use serde::Serialize;

/// All policies that bear on a request. Layers that do not exist are left out. Owned and cheap to clone, so that a service
/// can keep them.
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
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub(super) identity: PolicySet,
    pub(super) boundary: Option<PolicySet>,
    pub(super) session: Option<PolicySet>,
    pub(super) resource: Option<PolicySet>,
    pub(super) resource_kind: Option<ResourceKind>,
    pub(super) vpc_endpoint: Option<PolicySet>,
    pub(super) access_point: Option<PolicySet>,
    pub(super) scps: Box<[PolicySet]>,
    pub(super) rcps: Box<[PolicySet]>,
}

impl Layers {
    /// All identity policies of the caller: attached, inline and, for a user, those of its groups. An empty set for a
    /// caller without any.
    pub fn new(identity: impl Into<PolicySet>) -> Self {
        Self {
            identity: identity.into(),
            ..Self::default()
        }
    }

    /// The caller's permissions boundary.
    #[must_use]
    pub fn boundary(mut self, boundary: impl Into<PolicySet>) -> Self {
        self.boundary = Some(boundary.into());
        self
    }

    /// The session policies the caller's session was made with, inline and managed together.
    #[must_use]
    pub fn session(mut self, session: impl Into<PolicySet>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// The policy of the resource: a bucket policy, a role's trust policy, a key policy.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<PolicySet>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// What kind of resource policy is meant, where the request does not tell it ([`ResourceKind::of`]).
    #[must_use]
    pub fn resource_kind(mut self, kind: ResourceKind) -> Self {
        self.resource_kind = Some(kind);
        self
    }

    /// The policy of the VPC endpoint that the request comes through. It must allow, whoever asks
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
    #[must_use]
    pub fn vpc_endpoint(mut self, policy: impl Into<PolicySet>) -> Self {
        self.vpc_endpoint = Some(policy.into());
        self
    }

    /// The policy of the access point that the request goes through, if its resource is one's ARN and the bucket behind it is
    /// given ([`Request::in_bucket`]): both have to let the request pass
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>).
    #[must_use]
    pub fn access_point(mut self, policy: impl Into<PolicySet>) -> Self {
        self.access_point = Some(policy.into());
        self
    }

    /// The service control policies over the caller's account, one set per level from the root down. Each level must
    /// allow.
    #[must_use]
    pub fn service_control(mut self, levels: impl IntoIterator<Item: Into<PolicySet>>) -> Self {
        self.scps = levels.into_iter().map(Into::into).collect();
        self
    }

    /// The resource control policies over the resource's account, one set per level from the root down. AWS attaches
    /// `RCPFullAWSAccess` to every level and lets nobody detach it, so only their denials matter.
    #[must_use]
    pub fn resource_control(mut self, levels: impl IntoIterator<Item: Into<PolicySet>>) -> Self {
        self.rcps = levels.into_iter().map(Into::into).collect();
        self
    }

    /// What kind of resource policy is meant for this request.
    pub(crate) fn kind_of_resource(&self, request: &Request) -> ResourceKind {
        self.resource_kind.unwrap_or_else(|| ResourceKind::of(request))
    }

    /// The policies of one layer, if it exists.
    pub fn policies(&self, layer: Layer) -> Option<&PolicySet> {
        match layer {
            Layer::ResourceControl(level) => self.rcps.get(level),
            Layer::ServiceControl(level) => self.scps.get(level),
            Layer::VpcEndpoint => self.vpc_endpoint.as_ref(),
            Layer::AccessPoint => self.access_point.as_ref(),
            Layer::Resource => self.resource.as_ref(),
            Layer::Identity => Some(&self.identity),
            Layer::Boundary => self.boundary.as_ref(),
            Layer::Session => self.session.as_ref(),
        }
    }

    /// All layers that exist, in the order in which AWS asks.
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &PolicySet)> {
        let rcps = (0..self.rcps.len()).map(Layer::ResourceControl);
        let scps = (0..self.scps.len()).map(Layer::ServiceControl);
        let others = [
            Layer::VpcEndpoint,
            Layer::AccessPoint,
            Layer::Resource,
            Layer::Identity,
            Layer::Boundary,
            Layer::Session,
        ];
        let all = rcps.chain(scps).chain(others);
        all.filter_map(|layer| Some((layer, self.policies(layer)?)))
    }

    /// The same but for these layers; those of an organization stay.
    pub(crate) fn without_those_of(&self, layers: &[Layer]) -> Self {
        let mut rest = self.clone();
        for layer in layers {
            match layer {
                Layer::VpcEndpoint => rest.vpc_endpoint = None,
                Layer::AccessPoint => rest.access_point = None,
                Layer::Resource => rest.resource = None,
                Layer::Identity => rest.identity = PolicySet::default(),
                Layer::Boundary => rest.boundary = None,
                Layer::Session => rest.session = None,
                Layer::ResourceControl(_) | Layer::ServiceControl(_) => {}
            }
        }
        rest
    }

    /// The same layers with other policies in one of them; a layer of an organization has to exist.
    #[must_use]
    pub fn with(mut self, layer: Layer, policies: impl Into<PolicySet>) -> Self {
        let policies = policies.into();
        match layer {
            Layer::ResourceControl(level) => replace(&mut self.rcps, level, policies),
            Layer::ServiceControl(level) => replace(&mut self.scps, level, policies),
            Layer::VpcEndpoint => self.vpc_endpoint = Some(policies),
            Layer::AccessPoint => self.access_point = Some(policies),
            Layer::Resource => self.resource = Some(policies),
            Layer::Identity => self.identity = policies,
            Layer::Boundary => self.boundary = Some(policies),
            Layer::Session => self.session = Some(policies),
        }
        self
    }
}

fn replace(levels: &mut [PolicySet], level: usize, policies: PolicySet) {
    if let Some(known) = levels.get_mut(level) {
        *known = policies;
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
    /// The policy of the VPC endpoint that the request comes through.
    VpcEndpoint,
    /// The policy of the access point that the request goes through.
    AccessPoint,
    /// The policy of the resource.
    Resource,
    /// The caller's own policies.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
}

impl Layer {
    /// Whether the statements of its policies name principals, as those of the caller's own policies cannot.
    pub fn names_principals(self) -> bool {
        matches!(
            self,
            Self::Resource | Self::AccessPoint | Self::ResourceControl(_) | Self::VpcEndpoint
        )
    }
}
