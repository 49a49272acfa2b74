//! A user or a role with all policies that bear on it. Asks nothing itself.

use crate::document::{Effect, ResourceElement};
use crate::{
    ActionMatcher, ActionName, Context, Document, Layer, Layers, PolicySet, Principal, PrincipalKind,
    Request, authorize,
};

/// A user or a role of an account.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) principal: Principal,
    pub(super) layers: Layers,
    pub(super) trust: Option<PolicySet>,
    /// ARNs of managed policies of the account's own that are attached.
    pub(super) own_policies: Vec<String>,
    /// ARNs of the groups of a user.
    pub(super) groups: Vec<String>,
    /// Whether a role is that of an instance profile.
    pub(super) has_instance_profile: bool,
}

impl Member {
    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.principal.as_str()
    }

    /// The principal.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The policies that bear on it.
    #[must_use]
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The trust policy of a role.
    #[must_use]
    pub fn trust(&self) -> Option<&PolicySet> {
        self.trust.as_ref()
    }

    pub(super) fn is_role(&self) -> bool {
        self.principal.kind() == PrincipalKind::Role
    }

    /// All but the policy of a resource.
    pub(super) fn put_within(&mut self, around: &Layers) {
        let mut layers = around.without_those_of(&[Layer::Resource, Layer::AccessPoint, Layer::Session]);
        for layer in [Layer::Identity, Layer::Boundary] {
            layers = match self.layers.policies(layer) {
                Some(own) => layers.with(layer, own),
                None => layers.without_those_of(&[layer]),
            };
        }
        self.layers = layers;
    }

    /// Whether some statement of its own policies allows the action on anything.
    pub(super) fn may(&self, action: &ActionName) -> bool {
        let own = self.layers.policies(Layer::Identity);
        own.is_some_and(|set| set.allows_somewhere(action))
    }

    /// Whether it is allowed this without any policy of the resource.
    pub(super) fn can(&self, action: &ActionName, resource: &str, context: &Context) -> bool {
        if !self.may(action) {
            return false;
        }
        let request = Request::new(self.principal.clone(), action.clone(), resource);
        authorize(&self.layers, &request.with_context(context.clone())).is_allowed()
    }

    /// Whether it can assume the role, by both sides.
    pub(super) fn can_assume(&self, assume: &ActionName, role: &Self, context: &Context) -> bool {
        let Some(trust) = &role.trust else {
            return false;
        };
        let layers = self.layers.clone().with(Layer::Resource, trust);
        let request = Request::new(self.principal.clone(), assume.clone(), role.arn());
        authorize(&layers, &request.with_context(context.clone())).is_allowed()
    }

    /// Resources of which its own policies speak with this action, one for each pattern.
    pub(super) fn spoken_of(&self, action: &ActionName) -> Vec<String> {
        let own = self.layers.policies(Layer::Identity);
        let documents = own.into_iter().flat_map(PolicySet::documents);
        let statements = documents.flat_map(|document| document.statements().iter());
        let mut spoken = Vec::new();
        for statement in statements.filter(|statement| statement.effect() == Effect::Allow) {
            if !ActionMatcher::compile(statement.action(), Effect::Allow).matches_lower(action.lower()) {
                continue;
            }
            match statement.resource() {
                Some(ResourceElement::Resource(list)) => {
                    spoken.extend(list.iter().map(|text| match &**text {
                        "*" => "*".to_owned(),
                        text => text.replace(['*', '?'], "x"),
                    }))
                }
                Some(ResourceElement::NotResource(_)) => spoken.push("*".to_owned()),
                None => {}
            }
        }
        spoken
    }

    pub(super) fn set(documents: &[Document]) -> PolicySet {
        PolicySet::compile(documents)
    }
}
