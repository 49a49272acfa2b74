//! Statements and policies about everything, for those who compare with it or narrow it. Decides nothing.

use crate::document::{
    ActionElement, Document, Effect, List, PrincipalElement, Principals, ResourceElement, Statement,
};
use crate::evaluate::DocumentKind;

/// A statement about every action on every resource.
pub(crate) fn statement(effect: Effect) -> Statement {
    Statement {
        sid: None,
        effect,
        principal: None,
        action: ActionElement::Action(List::one("*".to_owned())),
        resource: Some(ResourceElement::Resource(List::one("*".to_owned()))),
        condition: None,
    }
}

/// A policy of this kind that allows everybody everything.
pub(crate) fn policy(kind: DocumentKind) -> Document {
    policy_for(kind, &[], &[])
}

/// The same with these actions on these resources; none means all.
pub(crate) fn policy_for(kind: DocumentKind, actions: &[String], resources: &[String]) -> Document {
    let mut allow = statement(Effect::Allow);
    if kind != DocumentKind::Identity {
        allow.principal = Some(PrincipalElement::Principal(Principals::Everyone));
    }
    if !actions.is_empty() {
        allow.action = ActionElement::Action(List::many(actions.iter().cloned()));
    }
    if !resources.is_empty() {
        allow.resource = Some(ResourceElement::Resource(List::many(resources.iter().cloned())));
    } else if kind == DocumentKind::Trust {
        // Trust policies have no resources.
        allow.resource = None;
    }
    Document::new(vec![allow])
}
