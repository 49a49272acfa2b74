//! The elements of a statement, compiled: what each lists, ready to be asked. Knows no layer.

mod action;
mod principal;
mod resource;

pub(crate) use action::ActionMatcher;
pub(super) use principal::Grants;
pub(crate) use principal::PrincipalMatcher;
pub(crate) use resource::{Reach, ResourceMatcher};
