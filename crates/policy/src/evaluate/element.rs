//! The elements of a statement, compiled: what each lists, ready to be asked. Knows no layer.

mod action;
mod principal;
mod resource;

pub(super) use action::ActionMatcher;
pub(super) use principal::{Grants, PrincipalMatcher};
pub(super) use resource::ResourceMatcher;
