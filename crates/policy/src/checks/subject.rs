//! What is checked: policies by themselves, or in their place among other layers. Asks nothing itself.

use super::public;
use crate::compare::Grant;
use crate::{Decision, DocumentKind, Layer, Layers, PolicySet, Request};

/// Policies, and the layers around them that are as they are.
#[derive(Clone, Debug)]
pub struct Subject {
    kind: DocumentKind,
    policies: PolicySet,
    around: Option<Layers>,
}

impl Subject {
    /// The policies of one kind by themselves.
    pub fn alone(kind: DocumentKind, policies: impl Into<PolicySet>) -> Self {
        Self {
            kind,
            policies: policies.into(),
            around: None,
        }
    }

    /// The same within other layers, whose own set of this kind does not count. Identity policies are asked for a user or a
    /// session that acts in its own account, within boundary, session policies, service and resource control policies, the
    /// policy of the VPC endpoint and the denials of the resource's policy. Policies of a resource are asked for any caller,
    /// within resource control policies and the policy of the VPC endpoint.
    #[must_use]
    pub fn within(mut self, layers: Layers) -> Self {
        self.around = Some(layers);
        self
    }

    /// What the policies are attached to.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The policies.
    pub fn policies(&self) -> &PolicySet {
        &self.policies
    }

    /// What is allowed where these are the policies.
    pub(super) fn grant(&self, policies: &PolicySet) -> Grant {
        match (&self.around, self.kind) {
            (None, kind) => Grant::alone(kind, policies),
            (Some(layers), DocumentKind::Identity) => {
                Grant::of_caller(&layers.clone().with(Layer::Identity, policies))
            }
            (Some(layers), kind) => Grant::of_resource(kind, policies, layers),
        }
    }

    /// The same as the public meets it.
    pub(super) fn opened(&self, kind: DocumentKind) -> Self {
        let around = self.around.as_ref().map(|layers| {
            let mut open = layers.clone();
            for (layer, set) in layers.iter() {
                open = open.with(layer, public::opened(set));
            }
            open
        });
        Self {
            kind,
            policies: self.policies.clone(),
            around,
        }
    }

    /// Whether these policies in this place allow the request.
    pub(super) fn allows(&self, kind: DocumentKind, policies: &PolicySet, request: &Request) -> bool {
        let around = self.around.iter().flat_map(Layers::iter);
        policies.decide(kind, request) == Decision::Allow
            && around.into_iter().all(|(layer, set)| {
                let decision = || set.decide(DocumentKind::Resource, request);
                match layer {
                    Layer::VpcEndpoint => decision() == Decision::Allow,
                    Layer::ResourceControl(_) => decision() != Decision::ExplicitDeny,
                    _ => true,
                }
            })
    }
}
