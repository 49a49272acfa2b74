//! What one side of a comparison allows: one set alone, or what several layers allow together. Looks for no request.

use crate::document::{Effect, PrincipalElement};
use crate::{Decision, DocumentKind, Layer, Layers, PolicySet, Request, Statement, authorize};

/// What all its parts that must allow do, and none of its parts denies.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    parts: Vec<Part>,
    /// The layers, where another one than those of the parts may allow as well.
    otherwise: Option<Layers>,
    /// Whether the parts say it all.
    pub(super) is_exact: bool,
}

/// One set of policies in its place.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(super) kind: DocumentKind,
    pub(super) set: PolicySet,
    /// Its silence refuses; of others only the denials count.
    pub(super) must_allow: bool,
}

impl Grant {
    /// What a set allows by itself.
    pub(crate) fn alone(kind: DocumentKind, set: &PolicySet) -> Self {
        Self {
            parts: Vec::new(),
            otherwise: None,
            is_exact: true,
        }
        .and(kind, set)
    }

    /// What a user or a session may do in its own account by its own policies, within all layers.
    pub(crate) fn of_caller(layers: &Layers) -> Self {
        let mut grant = Self {
            parts: Vec::new(),
            otherwise: layers.policies(Layer::Resource).map(|_| layers.clone()),
            is_exact: true,
        };
        // Requests through access points are not among those that are compared.
        let asked = layers.iter().filter(|(layer, _)| *layer != Layer::AccessPoint);
        for (layer, set) in asked {
            let kind = if layer.names_principals() {
                DocumentKind::Resource
            } else {
                DocumentKind::Identity
            };
            // A boundary keeps a `NotPrincipal` that denies from sparing anybody; parts know nothing of each other.
            if layer.names_principals() && layers.policies(Layer::Boundary).is_some() {
                let documents = set.documents().iter();
                let mut statements = documents.flat_map(|document| document.statements().iter());
                grant.is_exact &= !statements.any(spares);
            }
            grant.parts.push(Part {
                kind,
                set: set.clone(),
                must_allow: !matches!(layer, Layer::ResourceControl(_) | Layer::Resource),
            });
        }
        grant
    }

    /// What the policies of a resource allow any caller, within what other layers say of the resource.
    pub(crate) fn of_resource(kind: DocumentKind, set: &PolicySet, around: &Layers) -> Self {
        let mut grant = Self::alone(kind, set);
        for (layer, set) in around.iter() {
            if matches!(layer, Layer::ResourceControl(_) | Layer::VpcEndpoint) {
                grant.parts.push(Part {
                    kind: DocumentKind::Resource,
                    set: set.clone(),
                    must_allow: layer == Layer::VpcEndpoint,
                });
            }
        }
        grant
    }

    /// What this set allows too.
    #[must_use]
    pub(crate) fn and(mut self, kind: DocumentKind, set: &PolicySet) -> Self {
        self.parts.push(Part {
            kind,
            set: set.clone(),
            must_allow: true,
        });
        self
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(super) fn sets(&self) -> impl Iterator<Item = &PolicySet> {
        self.parts.iter().map(|part| &part.set)
    }

    /// Whether it is about a caller who has policies of its own.
    pub(super) fn is_of_caller(&self) -> bool {
        self.parts.iter().any(|part| part.kind == DocumentKind::Identity)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        let pairs = self.parts.iter().zip(&other.parts);
        self.parts.len() == other.parts.len()
            && pairs.into_iter().all(|(a, b)| {
                a.kind == b.kind && a.must_allow == b.must_allow && a.set.documents() == b.set.documents()
            })
    }

    pub(super) fn allows(&self, request: &Request) -> bool {
        self.parts.iter().all(|part| {
            let decision = part.set.decide(part.kind, request);
            if part.must_allow {
                decision == Decision::Allow
            } else {
                decision != Decision::ExplicitDeny
            }
        })
    }

    /// Whether it, or the policy of the resource, allows.
    pub(super) fn allows_in_any_way(&self, request: &Request) -> bool {
        let otherwise = self.otherwise.as_ref();
        self.allows(request) || otherwise.is_some_and(|layers| authorize(layers, request).is_allowed())
    }
}

/// Whether the statement denies all but those whom it names.
fn spares(statement: &Statement) -> bool {
    statement.effect() == Effect::Deny && statement.principal().is_some_and(PrincipalElement::is_negated)
}
