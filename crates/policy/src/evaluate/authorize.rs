//! The order of layers: who must allow, who may deny, and which silence does not matter.
//! Knows statements only through the sets.

use serde::Serialize;
use std::fmt;

use super::element::Grants;
use super::set::Reading;
use super::{Layer, Layers, PolicySet, PrincipalKind, Request, ResourceKind, Rule, StatementRef};
use crate::AccountId;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[expect(
    clippy::exhaustive_enums,
    reason = "AWS's evaluation ends in one of these three"
)]
pub enum Decision {
    /// Something allows it and nothing refuses.
    Allow,
    /// A statement denies it, whatever else allows.
    ExplicitDeny,
    /// Nothing denies it, but an allowance that is needed is missing.
    ImplicitDeny,
}

impl Decision {
    /// Whether the request goes through.
    pub fn is_allowed(self) -> bool {
        self == Self::Allow
    }

    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::ExplicitDeny => "ExplicitDeny",
            Self::ImplicitDeny => "ImplicitDeny",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decider {
    /// This statement of this layer allowed or denied.
    Statement(Layer, StatementRef),
    /// This layer had to allow and did not.
    Missing(Layer),
    /// No policy, but what AWS always decides so.
    Rule(Rule),
}

/// A decision and what it rests on. Borrows layers and request, so that it can be explained afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    pub(super) layers: &'a Layers,
    pub(super) request: &'a Request,
    decision: Decision,
    by: Decider,
}

impl Verdict<'_> {
    /// The answer.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Whether the request goes through.
    pub fn is_allowed(&self) -> bool {
        self.decision.is_allowed()
    }

    /// What the answer rests on.
    pub fn by(&self) -> Decider {
        self.by
    }
}

/// AWS's whole evaluation logic for one request
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>).
///
/// Any denial decides. Then resource and service control policies must let the request pass. Then, within one account,
/// either a resource policy that names the caller or the caller's own policies must allow, within boundary and session
/// policy; across accounts, both sides must. Role trust and key policies must always allow, and so must the policy of the
/// VPC endpoint. A session of `GetFederationToken` that was given no session policy has no permissions but those of
/// resource policies that name it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html>).
///
/// Does not allocate, unless a pattern has both a variable and a wildcard behind it.
pub fn authorize<'a>(layers: &'a Layers, request: &'a Request) -> Verdict<'a> {
    let (decision, by) = match request.behind() {
        None => Question::plain(layers, request).answer(),
        Some(bucket) => through_access_point(layers, request, bucket),
    };
    Verdict {
        layers,
        request,
        decision,
        by,
    }
}

/// The access point and the bucket behind it must both let the request pass, each as if it were the resource; what the
/// caller's own policies allow on the access point they allow for both
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>).
fn through_access_point(layers: &Layers, request: &Request, bucket: &Request) -> (Decision, Decider) {
    let point = Question::on(Leg::AccessPoint, layers, request).answer();
    let bucket = Question::on(Leg::Bucket(bucket), layers, request).answer();
    if point.0 == Decision::ExplicitDeny || (bucket.0 != Decision::ExplicitDeny && !point.0.is_allowed()) {
        point
    } else {
        bucket
    }
}

impl Layers {
    /// Whether a statement of this set would apply to the request if the set were this layer.
    pub(crate) fn has_applying(&self, layer: Layer, set: &PolicySet, request: &Request) -> bool {
        let reading = Question::plain(self, request).reading(layer);
        let applies = |request: &Request| {
            set.denial(request, reading).is_some() || set.allowance(request, reading).is_some()
        };
        match (request.behind(), layer) {
            (Some(bucket), Layer::Resource) => applies(bucket),
            (Some(bucket), Layer::ResourceControl(_) | Layer::VpcEndpoint) => {
                applies(request) || applies(bucket)
            }
            (None, Layer::AccessPoint) => false,
            _ => applies(request),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) layers: &'a Layers,
    pub(super) request: &'a Request,
    leg: Leg<'a>,
}

/// Which of the resources on the way to the data is asked about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leg<'a> {
    /// The one that there is.
    Whole,
    AccessPoint,
    /// The bucket behind an access point, and the request as its owner sees it.
    Bucket(&'a Request),
}

impl<'a> Question<'a> {
    pub(super) fn plain(layers: &'a Layers, request: &'a Request) -> Self {
        Self::on(Leg::Whole, layers, request)
    }

    pub(super) fn on(leg: Leg<'a>, layers: &'a Layers, request: &'a Request) -> Self {
        Self { layers, request, leg }
    }

    /// The request as a layer's statements see it.
    pub(super) fn seen_by(self, layer: Layer) -> &'a Request {
        match (self.leg, layer) {
            (Leg::Bucket(bucket), Layer::Resource | Layer::ResourceControl(_) | Layer::VpcEndpoint) => bucket,
            _ => self.request,
        }
    }

    /// The layer that speaks for the resource, and its policies.
    fn resource(self) -> (Layer, Option<&'a PolicySet>) {
        match self.leg {
            Leg::AccessPoint => (Layer::AccessPoint, self.layers.access_point.as_ref()),
            Leg::Whole | Leg::Bucket(_) => (Layer::Resource, self.layers.resource.as_ref()),
        }
    }

    fn resource_account(self) -> Option<AccountId> {
        match self.leg {
            Leg::AccessPoint => self.request.resource.account(),
            Leg::Whole | Leg::Bucket(_) => self.request.resource_account,
        }
    }

    fn answer(self) -> (Decision, Decider) {
        if let Some((decision, rule)) = Rule::before_policies(self.request) {
            return (decision, Decider::Rule(rule));
        }
        for (layer, set) in self.asked() {
            if layer == Layer::Resource && Rule::outranks_bucket_policy(self.request) {
                continue;
            }
            if let Some(statement) = set.denial(self.seen_by(layer), self.reading(layer)) {
                return (Decision::ExplicitDeny, Decider::Statement(layer, statement));
            }
        }
        for (layer, set) in self.asked() {
            let must_allow = matches!(layer, Layer::ServiceControl(_) | Layer::VpcEndpoint);
            if must_allow && set.allowance(self.seen_by(layer), self.reading(layer)).is_none() {
                return (Decision::ImplicitDeny, Decider::Missing(layer));
            }
        }
        let (layer, policies) = self.resource();
        let (grants, by_resource) = match policies {
            Some(set) => set.grants(self.seen_by(layer), self.reading(layer)),
            None => (Grants::NONE, None),
        };
        let resource = by_resource.map(|statement| Decider::Statement(layer, statement));
        if self.resource_must_allow() && resource.is_none() {
            return (Decision::ImplicitDeny, Decider::Missing(layer));
        }
        if !self.caller_has_policies() {
            // Services, providers and anonymous callers: the resource's word is the only one.
            return match resource {
                Some(by) => (Decision::Allow, by),
                None => (Decision::ImplicitDeny, Decider::Missing(layer)),
            };
        }
        self.caller_side(grants, resource)
    }

    /// The caller's own policies, after the resource has spoken.
    fn caller_side(self, grants: Grants, resource: Option<Decider>) -> (Decision, Decider) {
        let mut by = resource.unwrap_or(Decider::Rule(Rule::RootUser));
        for layer in [Layer::Identity, Layer::Boundary, Layer::Session] {
            if self.is_same_account() && self.silence_is_no_matter(layer, grants) {
                continue;
            }
            let Some(set) = self.set_of_caller(layer) else {
                if layer == Layer::Session && self.request.principal().kind() == PrincipalKind::FederatedUser
                {
                    return (Decision::ImplicitDeny, Decider::Missing(layer));
                }
                continue;
            };
            match set.allowance(self.request, self.reading(layer)) {
                Some(statement) if layer == Layer::Identity => by = Decider::Statement(layer, statement),
                Some(_) => {}
                None => return (Decision::ImplicitDeny, Decider::Missing(layer)),
            }
        }
        (Decision::Allow, by)
    }

    /// The layers that bear on this request, in AWS's order.
    pub(super) fn asked(self) -> impl Iterator<Item = (Layer, &'a PolicySet)> {
        let layers = self.layers;
        let caller = self.request.principal();
        let organization_applies = !caller.is_service_linked();
        let rcps: &[PolicySet] = if organization_applies { &layers.rcps } else { &[] };
        let scps: &[PolicySet] = if organization_applies && self.caller_has_policies() {
            &layers.scps
        } else {
            &[]
        };
        let rcps = rcps
            .iter()
            .enumerate()
            .map(|(level, set)| (Layer::ResourceControl(level), set));
        let scps = scps
            .iter()
            .enumerate()
            .map(|(level, set)| (Layer::ServiceControl(level), set));
        let endpoint = layers.vpc_endpoint.as_ref().map(|set| (Layer::VpcEndpoint, set));
        let (layer, policies) = self.resource();
        let resource = policies.map(|set| (layer, set));
        let own = [Layer::Identity, Layer::Boundary, Layer::Session];
        let own = own
            .into_iter()
            .filter_map(move |layer| Some((layer, self.set_of_caller(layer)?)));
        rcps.chain(scps).chain(endpoint).chain(resource).chain(own)
    }

    fn set_of_caller(self, layer: Layer) -> Option<&'a PolicySet> {
        let is_root = self.request.principal().kind() == PrincipalKind::Root;
        match layer {
            _ if !self.caller_has_policies() => None,
            // The root user needs no policy, and none can be attached to it.
            Layer::Identity if is_root => None,
            Layer::Identity => Some(&self.layers.identity),
            Layer::Boundary => self.layers.boundary.as_ref(),
            Layer::Session => self.layers.session.as_ref(),
            _ => None,
        }
    }

    fn caller_has_policies(self) -> bool {
        self.request.principal().account().is_some()
    }

    pub(super) fn reading(self, layer: Layer) -> Reading {
        Reading {
            attached_to_resource: layer.names_principals(),
            caller_has_boundary: self.layers.boundary.is_some(),
        }
    }

    fn is_same_account(self) -> bool {
        match (self.request.principal().account(), self.resource_account()) {
            (Some(caller), Some(owner)) => caller == owner,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn resource_must_allow(self) -> bool {
        let kind = self
            .layers
            .resource_kind
            .filter(|_| matches!(self.leg, Leg::Whole))
            .unwrap_or_else(|| ResourceKind::of(self.request));
        !self.is_same_account() || matches!(kind, ResourceKind::Trust | ResourceKind::Key)
    }

    /// Within one account, a resource policy that names the caller directly makes up for silence elsewhere. How much of
    /// it depends on the name that was used; an account's name only hands the question on to the caller's own policies.
    fn silence_is_no_matter(self, layer: Layer, grants: Grants) -> bool {
        let everywhere = Grants::SESSION.with(Grants::EVERYONE);
        match layer {
            Layer::Identity => grants.meets(everywhere.with(Grants::USER).with(Grants::ROLE)),
            // A user with a session policy is a federated session of that user, which keeps its limits.
            Layer::Boundary | Layer::Session if self.layers.session.is_none() => {
                grants.meets(everywhere.with(Grants::USER))
            }
            Layer::Boundary | Layer::Session => grants.meets(everywhere),
            _ => false,
        }
    }
}
